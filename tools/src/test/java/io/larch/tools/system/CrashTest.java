package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was acknowledged before a kill -9 is there after it; what was not is there as it was sent,
 * or not at all.
 */
@Tag("slow")
class CrashTest {
    private static final int ROUNDS = 5;
    private static final int WRITERS = 4;

    @RegisterExtension final Servers servers = new Servers();

    @ParameterizedTest
    @ValueSource(strings = {"10000", "200"})
    void shouldKeepEveryAcknowledgedWriteWhenKilled(final String snapshotCount) throws Exception {
        final Random random = new Random(20261121);
        final ServerProcess server = servers.larch("--snapshot-count", snapshotCount);
        final List<CrashWriter> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new CrashWriter(server.url(), i));
        }
        long lastIndex = 0;

        for (int round = 0; round < ROUNDS; round++) {
            server.start();
            lastIndex = check(server, writers, lastIndex);
            writeUntilKilled(server, writers, 100 + random.nextInt(300));
        }
        server.start();
        check(server, writers, lastIndex);
    }

    private static void writeUntilKilled(
            final ServerProcess server, final List<CrashWriter> writers, final int acknowledgements)
            throws InterruptedException {
        final AckCount count = new AckCount(acknowledgements);
        final List<Thread> threads = new ArrayList<>();
        for (final CrashWriter writer : writers) {
            final Thread thread = new Thread(() -> writer.run(count), "writer");
            thread.start();
            threads.add(thread);
        }
        final boolean isReached = count.await();
        server.kill();
        for (final Thread thread : threads) {
            thread.join();
        }
        assertTrue(isReached, "server does not take writes");
    }

    private static long check(
            final ServerProcess server, final List<CrashWriter> writers, final long lastIndex)
            throws IOException {
        final Keys keys = new Keys(server);
        final long index = keys.indexOfPut("/check", "value=1");
        assertTrue(index > lastIndex, "index " + index + " after " + lastIndex);

        for (final CrashWriter writer : writers) {
            final Map<String, Object> found =
                    children(keys.get(writer.directory() + "?quorum=true&recursive=true").text());
            for (final Map.Entry<String, Long> write : writer.acknowledged().entrySet()) {
                final Object node = found.remove(write.getKey());
                assertNotNull(node, () -> "lost: " + write);
                assertEquals(write.getValue(), JsonTree.at(node, "modifiedIndex"), write::toString);
                assertEquals(CrashWriter.valueOf(write.getKey()), JsonTree.at(node, "value"));
                assertTrue(write.getValue() < index);
            }
            for (final Map.Entry<String, Object> node : found.entrySet()) {
                assertTrue(writer.isUnanswered(node.getKey()), () -> "never sent: " + node);
                assertEquals(
                        CrashWriter.valueOf(node.getKey()), JsonTree.at(node.getValue(), "value"));
            }
            final Object counter =
                    JsonTree.parse(keys.get(writer.counterKey() + "?quorum=true").text());
            if (writer.counter() > 0) {
                final long value = Long.parseLong((String) JsonTree.at(counter, "node", "value"));
                assertTrue(
                        value == writer.counter() || value == writer.sentCounter(),
                        () -> "counter " + value + " after " + writer.counter() + " acknowledged");
            }
        }
        return index;
    }

    private static Map<String, Object> children(final String listing) {
        final Map<String, Object> byKey = new HashMap<>();
        final Object nodes = JsonTree.at(JsonTree.parse(listing), "node", "nodes");
        if (nodes instanceof List<?> list) {
            list.forEach(node -> byKey.put((String) JsonTree.at(node, "key"), node));
        }
        return byKey;
    }
}
