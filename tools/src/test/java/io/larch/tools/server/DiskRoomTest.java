package io.larch.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
    private final AtomicLong nanos = new AtomicLong();

    @TempDir private Path directory;

    private static List<String> names(final DiskRoom room) {
        return room.get()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    private DiskRoom look(final Path data, final Path wal) {
        final DiskRoom room = new DiskRoom(data, wal, nanos::get);
        room.look();
        return room;
    }

    @Test
    void shouldTellWhatIsFreeOfHowMuch() throws IOException {
        final DiskRoom room = look(directory, directory);

        assertEquals(
                List.of(
                        "larch_disk_free_bytes{directory=\"data\"}",
                        "larch_disk_total_bytes{directory=\"data\"}"),
                names(room));
        final long total = Files.getFileStore(directory).getTotalSpace();
        assertTrue(room.get().endsWith(" " + total + "\n"), room.get());
    }

    @Test
    void shouldTellOfTheLogsDiskWhereItIsAnother() throws IOException {
        final Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isDirectory(memory)
                        && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
                "needs another file system");

        assertEquals(
                List.of(
                        "larch_disk_free_bytes{directory=\"data\"}",
                        "larch_disk_free_bytes{directory=\"wal\"}",
                        "larch_disk_total_bytes{directory=\"data\"}",
                        "larch_disk_total_bytes{directory=\"wal\"}"),
                names(look(directory, memory)));
    }

    /** A figure of yesterday would keep the alarm silent. */
    @Test
    void shouldNotTellWhatMayNoLongerBeSo() {
        final DiskRoom room = look(directory, directory);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
        assertEquals("", room.get());

        room.look();
        assertEquals(2, names(room).size());
        assertEquals("", look(directory.resolve("gone"), directory).get());
    }
}
