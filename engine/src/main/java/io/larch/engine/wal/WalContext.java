package io.larch.engine.wal;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import java.nio.file.Path;

/** Configuration of a {@link WriteAheadLog}: set once, then only read. */
public final class WalContext {
    /** Largest body an entry may have. */
    public static final int MAX_BODY_LENGTH = 16 * 1024 * 1024;

    static final int MIN_SEGMENT_LENGTH = 4096;
    static final int MAX_SEGMENT_LENGTH = 1 << 30;

    private Path directory;
    private Directory files;
    private AppendPath appendPath = AppendPath.WRITE;
    private int segmentLengthBytes = 64 * 1024 * 1024;
    private int firstSegmentLengthBytes = 8 * 1024 * 1024;
    private int stagingLengthBytes = 1024 * 1024;
    private int maxWals = 5;
    private boolean walsAsNeeded;
    private boolean ownThreads = true;
    private Runnable onDurable = () -> {};

    /** {@code <data-dir>/member/wal}; made with its parents when missing. */
    public WalContext directory(final Path directory) {
        this.directory = directory;
        return this;
    }

    public Path directory() {
        return directory;
    }

    /** The file system; by default the real one at {@link #directory()}. */
    public WalContext files(final Directory files) {
        this.files = files;
        return this;
    }

    public Directory files() {
        return files;
    }

    /** {@code --wal-append}. */
    public WalContext appendPath(final AppendPath appendPath) {
        this.appendPath = appendPath;
        return this;
    }

    public AppendPath appendPath() {
        return appendPath;
    }

    /** Bytes preallocated per segment, a multiple of 4096. */
    public WalContext segmentLengthBytes(final int segmentLengthBytes) {
        this.segmentLengthBytes = segmentLengthBytes;
        return this;
    }

    public int segmentLengthBytes() {
        return segmentLengthBytes;
    }

    /** Bytes of the very first segment, which a new member has to wait for; at most the others'. */
    public WalContext firstSegmentLengthBytes(final int firstSegmentLengthBytes) {
        this.firstSegmentLengthBytes = firstSegmentLengthBytes;
        return this;
    }

    public int firstSegmentLengthBytes() {
        return firstSegmentLengthBytes;
    }

    /** Bytes of records held in memory before they are written without being asked. */
    public WalContext stagingLengthBytes(final int stagingLengthBytes) {
        this.stagingLengthBytes = stagingLengthBytes;
        return this;
    }

    public int stagingLengthBytes() {
        return stagingLengthBytes;
    }

    /**
     * {@code --max-wals}: segments kept on disk, those waiting for reuse included; 0 = no limit.
     */
    public WalContext maxWals(final int maxWals) {
        this.maxWals = maxWals;
        return this;
    }

    public int maxWals() {
        return maxWals;
    }

    /**
     * Whether as many are kept as the log had before it was compacted last, if these are more; for
     * who has not said how many.
     */
    public WalContext walsAsNeeded(final boolean walsAsNeeded) {
        this.walsAsNeeded = walsAsNeeded;
        return this;
    }

    public boolean walsAsNeeded() {
        return walsAsNeeded;
    }

    /** Whether the log starts threads; without them a test calls their steps itself. */
    public WalContext ownThreads(final boolean ownThreads) {
        this.ownThreads = ownThreads;
        return this;
    }

    public boolean ownThreads() {
        return ownThreads;
    }

    /**
     * Called by the sync thread after a requested sync moved {@link
     * WriteAheadLog#durablePosition()} or failed: wake the engine. Must not block. Null: nobody has
     * to be woken.
     */
    public WalContext onDurable(final Runnable onDurable) {
        this.onDurable = onDurable == null ? () -> {} : onDurable;
        return this;
    }

    public Runnable onDurable() {
        return onDurable;
    }

    /** Fills in defaults and checks the values. */
    void conclude() {
        if (files == null) {
            if (directory == null) {
                throw new IllegalArgumentException("no directory for the write-ahead log");
            }
            files = new LocalDirectory(directory);
        }
        checkSegmentLength(segmentLengthBytes);
        firstSegmentLengthBytes = Math.min(firstSegmentLengthBytes, segmentLengthBytes);
        checkSegmentLength(firstSegmentLengthBytes);
        if (stagingLengthBytes < MIN_SEGMENT_LENGTH) {
            throw new IllegalArgumentException("stagingLengthBytes: " + stagingLengthBytes);
        }
        if (maxWals < 0) {
            throw new IllegalArgumentException("--max-wals must not be negative: " + maxWals);
        }
    }

    private static void checkSegmentLength(final int length) {
        if (length < MIN_SEGMENT_LENGTH
                || length > MAX_SEGMENT_LENGTH
                || length % MIN_SEGMENT_LENGTH != 0) {
            throw new IllegalArgumentException(
                    "length of a WAL segment must be a multiple of "
                            + MIN_SEGMENT_LENGTH
                            + " up to "
                            + MAX_SEGMENT_LENGTH
                            + ": "
                            + length);
        }
    }
}
