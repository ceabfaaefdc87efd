package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.JsonTree;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A client that watches and does not read gets what was kept for it and then the end of its stream.
 * Nobody else notices.
 */
@Tag("slow")
@Isolated("who takes nothing for half a minute is told no more: all must be written before")
class SlowConsumerTest {
    private static final int SLOW_CLIENTS = 40;
    private static final int EVENTS = 3_000;
    private static final int VALUE_LENGTH = 10_000;

    /** A third of what would wait in memory if all was kept for all. */
    private static final long MEMORY_LIMIT_BYTES = 900L << 20;

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldEndTheStreamOfAClientThatDoesNotRead() throws IOException {
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        final List<HttpConnection> slow = new ArrayList<>();
        try (HttpConnection good = keys.watch("/s", "&recursive=true&stream=true");
                HttpConnection elsewhere = keys.watch("/quiet", "&stream=true")) {
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                slow.add(keys.watchWithoutRoom("/s", "&recursive=true&stream=true"));
            }
            final long firstIndex = keys.indexOfPut("/quiet", "value=before") + 1;

            writeAndRead(server, good, firstIndex);
            keys.put("/quiet", "value=after");

            assertTrue(
                    server.residentBytes() < MEMORY_LIMIT_BYTES,
                    "resident bytes: " + server.residentBytes());
            // Their watches are gone, whether or not they ever read.
            keys.awaitWatchers(2);
            for (final HttpConnection connection : slow) {
                final long lastIndex = readToTheEnd(connection, firstIndex);
                assertTrue(lastIndex < firstIndex + EVENTS - 1, "all was kept");
                assertTrue(lastIndex > firstIndex + 100, "next to nothing was kept");
            }
            assertEquals("before", value(elsewhere.readChunk()));
            assertEquals("after", value(elsewhere.readChunk()));
        } finally {
            for (final HttpConnection connection : slow) {
                connection.close();
            }
        }
    }

    /** Writes, and sees each write at once on a watch whose client reads. */
    private static void writeAndRead(
            final ServerProcess server, final HttpConnection good, final long firstIndex)
            throws IOException {
        final String form = "value=" + "x".repeat(VALUE_LENGTH);
        try (HttpConnection writer = new HttpConnection(server.url(), 20_000)) {
            for (int i = 0; i < EVENTS; i++) {
                writer.sendRequest("PUT", "/v2/keys/s/" + i, form, java.util.Map.of());
                assertEquals(201, writer.readReply(false).status());
                assertEquals(firstIndex + i, index(good.readChunk()));
            }
        }
    }

    /** Reads whole events without a gap until the stream ends; returns the last one's index. */
    private static long readToTheEnd(final HttpConnection connection, final long firstIndex)
            throws IOException {
        long expected = firstIndex;
        try {
            for (String event = connection.readChunk();
                    event != null;
                    event = connection.readChunk()) {
                assertEquals(expected, index(event));
                expected++;
            }
        } catch (final EOFException closed) {
            assertTrue(closed.getMessage().endsWith("after: "), closed.getMessage());
        }
        return expected - 1;
    }

    private static long index(final String event) {
        return (long) JsonTree.at(JsonTree.parse(event), "node", "modifiedIndex");
    }

    private static Object value(final String event) {
        return JsonTree.at(JsonTree.parse(event), "node", "value");
    }
}
