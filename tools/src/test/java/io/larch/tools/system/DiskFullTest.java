package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On a disk without room a member refuses writes, serves reads, and goes on when there is room. */
@Tag("slow")
class DiskFullTest {
    private static final long MIB = 1024 * 1024;
    private static final int VALUE_LENGTH = 20_000;

    /** The first two segments of the log, 8 and 64 MiB, and some snapshots. */
    private static final long DISK_BYTES = 120 * MIB;

    /** More writes than the first segment has room for. */
    private static final int MANY = 1000;

    @RegisterExtension final Servers servers = new Servers();

    private final Map<String, String> acknowledged = new LinkedHashMap<>();
    private Keys keys;

    /** Writes until one is refused; returns the refusal. */
    private HttpReply fill() throws IOException {
        for (int i = 0; i < MANY; i++) {
            final HttpReply refusal = put();
            if (refusal != null) {
                return refusal;
            }
        }
        throw new AssertionError("the disk does not fill");
    }

    /** Puts one new key; returns what was said if it was refused. */
    private HttpReply put() throws IOException {
        final String key = "/d/" + acknowledged.size();
        final String value = (key + ".").repeat(VALUE_LENGTH).substring(0, VALUE_LENGTH);
        final HttpReply reply = keys.put(key, "value=" + value);
        if (reply.status() != 201) {
            return reply;
        }
        acknowledged.put(key, value);
        return null;
    }

    private void assertFull(final HttpReply refusal) throws IOException {
        assertEquals(500, refusal.status(), refusal::toString);
        assertEquals(
                "{\"errorCode\":300,\"message\":\"Raft Internal Error\","
                        + "\"cause\":\"etcdserver: no space left for the write-ahead log\",\"index\":0}\n",
                refusal.text());
        assertEquals(503, keys.health());
        assertNothingLost();
    }

    private void assertNothingLost() throws IOException {
        for (final Map.Entry<String, String> write : acknowledged.entrySet()) {
            final HttpReply reply = keys.get(write.getKey() + "?quorum=true");
            assertEquals(200, reply.status(), write::getKey);
            assertEquals(
                    write.getValue(), JsonTree.at(JsonTree.parse(reply.text()), "node", "value"));
        }
    }

    private void assertWritesGoOn() throws IOException {
        final int before = acknowledged.size();
        keys.await("writes stay refused", () -> put() == null);
        for (int i = 0; i < 100; i++) {
            assertEquals(null, put());
        }
        assertTrue(acknowledged.size() > before + 100);
        assertEquals(200, keys.health());
    }

    /** In a language in which the system does not say "No space left", where there is one. */
    @Test
    void shouldRefuseWritesServeReadsAndGoOnWhenThereIsRoom(@TempDir final Path locales)
            throws Exception {
        final Command.Result german =
                Command.run(
                        Map.of(),
                        List.of(
                                "localedef",
                                "-i",
                                "de_DE",
                                "-f",
                                "UTF-8",
                                locales.resolve("de_DE.UTF-8").toString()));
        assertTrue(german.status() == 0 || !Servers.arePeersRequired(), german::output);
        final List<String> language = List.of("LOCPATH=" + locales, "LC_ALL=de_DE.UTF-8");
        try (SmallDisk disk = SmallDisk.ofBytes(DISK_BYTES)) {
            final ServerProcess server = servers.larchOn(disk, language).start();
            keys = new Keys(server);
            disk.fillUpTo(20 * MIB);

            assertFull(fill());
            assertEquals(500, keys.delete("/d/0").status());
            disk.clear();
            assertWritesGoOn();
            assertNothingLost();

            server.kill();
            server.start();
            assertNothingLost();
            server.close();
        }
    }

    @Test
    void shouldStartOnAFullDiskWithAllThatWasAcknowledged() throws IOException {
        try (SmallDisk disk = SmallDisk.ofBytes(DISK_BYTES)) {
            final ServerProcess server = servers.larchOn(disk, "--snapshot-count", "50").start();
            keys = new Keys(server);
            disk.fillUpTo(3 * MIB);
            fill();
            disk.fillUpTo(0);

            server.kill();
            server.startFull();
            assertFull(refused());

            disk.clear();
            assertWritesGoOn();
            server.kill();
            server.start();
            assertNothingLost();
            server.close();
        }
    }

    /** The refusal of a member that was started anew, which has to find out first. */
    private HttpReply refused() throws IOException {
        final HttpReply[] refusal = new HttpReply[1];
        keys.await(
                "the disk does not fill",
                () -> {
                    refusal[0] = put();
                    return refusal[0] != null;
                });
        return refusal[0];
    }
}
