package io.larch.engine.snapshot;

import io.larch.engine.archive.Archive;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.member.FeatureLevel;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Configuration of the snapshots of a member: set once, then only read. */
public final class SnapshotContext {
    /** Largest record of a snapshot. */
    public static final int MAX_RECORD_LENGTH = 16 * 1024 * 1024;

    private Path directory;
    private Directory files;
    private int maxSnapshots = 5;
    private int chunkLengthBytes = 256 * 1024;
    private int chunkCount = 8;
    private Archive archive;
    private Runnable onProgress = () -> {};
    private Executor executor;
    private int featureLevel = FeatureLevel.CURRENT;

    /** {@code <data-dir>/member/snap}; made with its parents when missing. */
    public SnapshotContext directory(final Path directory) {
        this.directory = directory;
        return this;
    }

    public Path directory() {
        return directory;
    }

    /** How files are written; by default the real file system at {@link #directory()}. */
    public SnapshotContext files(final Directory files) {
        this.files = files;
        return this;
    }

    public Directory files() {
        return files == null ? new LocalDirectory(directory) : files;
    }

    /** {@code --max-snapshots}: files kept; 0 = no limit. */
    public SnapshotContext maxSnapshots(final int maxSnapshots) {
        this.maxSnapshots = maxSnapshots;
        return this;
    }

    public int maxSnapshots() {
        return maxSnapshots;
    }

    /** What this build understands, to be told when a snapshot holds more. */
    public SnapshotContext featureLevel(final int featureLevel) {
        this.featureLevel = featureLevel;
        return this;
    }

    public int featureLevel() {
        return featureLevel;
    }

    /** Where snapshots are kept beside, from now on; null: nowhere. */
    public SnapshotContext archive(final Archive archive) {
        this.archive = archive;
        return this;
    }

    /** A snapshot has got its name. */
    void archive(final String name) {
        if (archive != null) {
            archive.keep(files(), name);
        }
    }

    /** Bytes written and checked at once; a larger record gets a chunk of its own. */
    public SnapshotContext chunkLengthBytes(final int chunkLengthBytes) {
        this.chunkLengthBytes = chunkLengthBytes;
        return this;
    }

    public int chunkLengthBytes() {
        return chunkLengthBytes;
    }

    /** Chunks in flight between the engine and the writer. */
    public SnapshotContext chunkCount(final int chunkCount) {
        this.chunkCount = chunkCount;
        return this;
    }

    public int chunkCount() {
        return chunkCount;
    }

    /**
     * Where files are written; it must run its tasks one after the other, though not on one thread.
     * By default a thread that ends when there is nothing to write.
     */
    public SnapshotContext executor(final Executor executor) {
        this.executor = executor;
        return this;
    }

    public Executor executor() {
        if (executor == null) {
            executor = newWriter();
        }
        return executor;
    }

    private static Executor newWriter() {
        final ThreadPoolExecutor writer =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> {
                            final Thread thread = new Thread(task, "larch-snapshot");
                            thread.setDaemon(true);
                            return thread;
                        });
        writer.allowCoreThreadTimeOut(true);
        return writer;
    }

    /**
     * Called by the writer's thread when there is room again, and when the snapshot is done or
     * failed: wake the engine. Must not block. Null: nobody has to be woken.
     */
    public SnapshotContext onProgress(final Runnable onProgress) {
        this.onProgress = onProgress == null ? () -> {} : onProgress;
        return this;
    }

    public Runnable onProgress() {
        return onProgress;
    }
}
