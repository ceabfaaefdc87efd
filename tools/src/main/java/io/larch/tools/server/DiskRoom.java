package io.larch.tools.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How much room the file systems of a member's directories have, as lines for {@code /metrics}. A
 * thread of its own asks the system every few seconds, since one that hangs would hold up whoever
 * asks; from then on nothing is told. Lines may be asked for by any thread, which never waits.
 */
final class DiskRoom implements Supplier<String>, AutoCloseable {
    private static final long INTERVAL_MS = 5_000;
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path data;
    private final Path wal;
    private final LongSupplier nanos;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Look last;

    /** What was seen, and when. */
    private record Look(String lines, long nanos) {}

    /**
     * @param wal of the log; told by itself where it is on another file system than the data.
     * @param nanos a clock that never goes back.
     */
    DiskRoom(final Path data, final Path wal, final LongSupplier nanos) {
        this.data = data;
        this.wal = wal;
        this.nanos = nanos;
    }

    /** Looks for the first time, and begins to look again and again. */
    DiskRoom start() {
        look();
        final Thread thread = new Thread(this::run, "larch-disk-room");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!end.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where one cannot be asked nothing is told. */
    void look() {
        try {
            final Map<String, File> directories = new LinkedHashMap<>();
            directories.put("data", data.toFile());
            if (!fileSystem(wal).equals(fileSystem(data))) {
                directories.put("wal", wal.toFile());
            }
            last = new Look(lines(directories), nanos.getAsLong());
        } catch (final IOException e) {
            last = null;
        }
    }

    /**
     * The device. Not by Files.getFileStore, which reads the table of all mounts, and finds nothing
     * there where the root has been changed.
     */
    private static Object fileSystem(final Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:dev");
    }

    private static String lines(final Map<String, File> directories) throws IOException {
        final StringBuilder free = new StringBuilder("# TYPE larch_disk_free_bytes gauge\n");
        final StringBuilder total = new StringBuilder("# TYPE larch_disk_total_bytes gauge\n");
        for (final Map.Entry<String, File> each : directories.entrySet()) {
            final long totalBytes = each.getValue().getTotalSpace();
            if (totalBytes == 0) {
                throw new IOException("not known of " + each.getValue());
            }
            final String labels = "{directory=\"" + each.getKey() + "\"} ";
            free.append("larch_disk_free_bytes").append(labels);
            free.append(each.getValue().getUsableSpace()).append('\n');
            total.append("larch_disk_total_bytes").append(labels).append(totalBytes).append('\n');
        }
        return free.append(total).toString();
    }

    @Override
    public String get() {
        final Look seen = last;
        return seen == null || nanos.getAsLong() - seen.nanos() > STALE_NANOS ? "" : seen.lines();
    }

    @Override
    public void close() {
        end.countDown();
    }
}
