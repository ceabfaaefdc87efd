package io.larch.engine.wal;

import io.larch.engine.archive.Archive;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.NoRoomException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.BitUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files for segments: prepares the next one ahead of time, and takes back those that compaction
 * freed.
 *
 * <p>A new file is prepared by writing zeros to all of it, 4 KB at a time, and syncing it. So a
 * full disk shows here and not under a mapping, a sync of the log never has to sync a length, and
 * behind the last record there is nothing but zeros. The size of the writes matters: a store
 * through a mapping dirties as much as was written at once.
 *
 * <p>One that is used again has its length, and blocks on the disk. It is not written to but for
 * the checksums of what it holds ({@link FormerSectors}), a hundredth of its length: else each byte
 * of a busy log would be written twice.
 *
 * <p>Its state is guarded by its monitor, which is held for moments only; the files are worked on
 * outside, by the pool's thread, or by the engine's when it cannot wait for that.
 */
final class SegmentPool {
    private static final Logger LOGGER = LoggerFactory.getLogger(SegmentPool.class);
    private static final String PREFIX = "spare-";
    private static final String SUFFIX = ".tmp";
    private static final long PAUSE_MS = 2;

    private static final long RETRY_INTERVAL_MS = 1000;
    private static final long MAX_RETRY_INTERVAL_MS = 16_000;

    private final Directory files;
    private final int segmentLength;
    private final int maxWals;
    private final boolean asNeeded;
    private final ReleasedSegments released = new ReleasedSegments();
    private final Deque<Unprepared> spares = new ArrayDeque<>();
    private Spare ready;
    private boolean wanted;
    private boolean working;

    /** The engine is waiting for what the thread prepares. */
    private boolean urgent;

    private boolean closed;
    private boolean recyclingFailed;
    private int liveSegments;

    /**
     * Of the log before compaction took something out the last time; after more of them, one less
     * each time.
     */
    private int formerLiveSegments;

    private long nextNumber;
    private Thread thread;
    private volatile IOException failure;

    /** A segment was given back since the last try: that may be room enough. */
    private volatile boolean hasMadeRoom;

    /** Longer each time that zeros were written for nothing, which is how quotas show. */
    private volatile long retryIntervalMs = RETRY_INTERVAL_MS;

    private enum Origin {
        NEW,

        /** Left by an earlier run, in whatever state. */
        FOUND,

        /** Part of the log until now: durable, and with all its blocks. */
        LOG
    }

    private record Unprepared(String name, Origin origin) {}

    /**
     * A file that is not part of the log yet.
     *
     * @param length bytes that are for records.
     */
    record Spare(String name, DiskFile file, int length) {}

    /**
     * @param maxWals most files that are kept, those of the log included; 0: all.
     * @param asNeeded whether as many are kept as the log had before it was compacted last, if
     *     these are more; and of those of a time that needed more one less with each compaction.
     */
    SegmentPool(
            final Directory files,
            final int segmentLength,
            final int maxWals,
            final boolean asNeeded) {
        this.files = files;
        this.segmentLength = segmentLength;
        this.maxWals = maxWals;
        this.asNeeded = asNeeded;
    }

    /** Takes over a file of an earlier run that never became part of the log. */
    void adopt(final String name) throws IOException {
        final long length;
        try (DiskFile file = files.open(name)) {
            length = file.length();
        }
        if (length == FormerSectors.fileLength(segmentLength) && hasRoomForSpare()) {
            spares.addLast(new Unprepared(name, Origin.FOUND));
        } else {
            files.delete(name);
        }
        nextNumber = Math.max(nextNumber, numberOf(name) + 1);
    }

    static boolean isSpareName(final String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX) && numberOf(name) >= 0;
    }

    private static long numberOf(final String name) {
        try {
            return Long.parseLong(
                    name.substring(PREFIX.length(), name.length() - SUFFIX.length()), 16);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    void start() {
        thread = new Thread(this::run, "larch-wal-pool");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks for the next segment to be prepared. Cheap to repeat. */
    void want() {
        if (!wanted) {
            synchronized (this) {
                wanted = true;
                notifyAll();
            }
        }
    }

    /** Why the next segment could not be prepared at the last try, or null. */
    IOException failure() {
        return failure;
    }

    synchronized void liveSegments(final int count) {
        if (count < liveSegments) {
            formerLiveSegments = Math.max(liveSegments, formerLiveSegments - 1);
        }
        liveSegments = count;
    }

    /** Segments that are released wait for the archive, and are not used again. */
    synchronized void archive(final Archive archive) {
        released.archive(archive);
        archive.onSettled(this::look);
    }

    private synchronized void look() {
        notifyAll();
    }

    /** Takes back a segment that nobody reads any more and that is not mapped. */
    synchronized void release(final WalSegment segment) {
        released.add(segment);
        notifyAll();
    }

    /**
     * Hands out a file of at least so many bytes: the prepared one, or one made now.
     *
     * @throws IOException when there is no room; nothing is left behind.
     */
    Spare take(final int minLength) throws IOException {
        if (minLength > segmentLength) {
            return prepare(
                    new Unprepared(newName(), Origin.NEW),
                    BitUtil.align(minLength, ZeroFill.BLOCK_LENGTH));
        }
        synchronized (this) {
            urgent = true;
            notifyAll();
            awaitIdle();
            urgent = false;
            wanted = false;
            if (ready != null) {
                final Spare spare = ready;
                ready = null;
                return spare;
            }
            working = true;
        }
        try {
            // What compaction gave back may be all the room there is.
            while (recycleNext()) {
                continue;
            }
            return prepareNext();
        } catch (final IOException e) {
            // Who asks for segments are those who write, and they are refused from now on: so the
            // thread must find out by itself when there is room again.
            synchronized (this) {
                wanted = true;
            }
            throw e;
        } finally {
            synchronized (this) {
                working = false;
                notifyAll();
            }
        }
    }

    /** A new file of exactly this length, for the first segment. */
    Spare create(final int length) throws IOException {
        return prepare(new Unprepared(newName(), Origin.NEW), length);
    }

    /** One piece of work of the pool's thread: returns how much was done. */
    int doWork() {
        final boolean prepare;
        synchronized (this) {
            prepare = !isRecycling();
            if (working || prepare && (!wanted || ready != null)) {
                return 0;
            }
            working = true;
        }
        Spare prepared = null;
        try {
            if (!prepare) {
                recycleNext();
            } else {
                prepared = prepareNext();
            }
        } catch (final IOException e) {
            // Told and remembered where it happened; the thread tries again later.
            return 0;
        } finally {
            synchronized (this) {
                if (prepared != null) {
                    ready = prepared;
                }
                working = false;
                notifyAll();
            }
        }
        return 1;
    }

    /** Ends the thread. What is prepared stays on disk and is found again by the next open. */
    void close() {
        final boolean wasInterrupted = Thread.interrupted();
        final Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
            notifyAll();
        }
        boolean interrupted = wasInterrupted;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        // What the thread had not come to.
        while (recycleNext()) {
            continue;
        }
        for (final WalSegment segment : released.all()) {
            closeQuietly(segment.file());
        }
        if (ready != null) {
            closeQuietly(ready.file());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives one released segment back to the disk or to the spares; false when there is none. */
    private boolean recycleNext() {
        final WalSegment segment;
        synchronized (this) {
            segment = recyclingFailed ? null : released.poll(hasNoRoom());
        }
        if (segment == null) {
            return false;
        }
        try {
            recycle(segment);
            hasMadeRoom = true;
        } catch (final IOException e) {
            // It stays where it is, and so do those behind it: a gap in the sequence would be taken
            // for damage. The next open reads them again as part of the log.
            recyclingFailed = true;
            LOGGER.warn("could not reuse a segment of the write-ahead log", e);
        }
        return true;
    }

    private boolean isRecycling() {
        return !recyclingFailed && !released.isEmpty(hasNoRoom());
    }

    private boolean hasNoRoom() {
        return failure instanceof NoRoomException && !hasMadeRoom;
    }

    private void run() {
        while (true) {
            synchronized (this) {
                if (closed) {
                    return;
                }
            }
            if (doWork() > 0) {
                continue;
            }
            synchronized (this) {
                try {
                    final boolean preparing = wanted && ready == null;
                    final boolean recycling = isRecycling();
                    if (!closed && !recycling && preparing && failure != null) {
                        wait(retryIntervalMs);
                    } else if (!closed && !recycling && !preparing) {
                        wait();
                    }
                } catch (final InterruptedException e) {
                    LOGGER.debug("interrupted", e);
                }
            }
        }
    }

    private void awaitIdle() {
        boolean interrupted = false;
        while (working) {
            try {
                wait();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Spare prepareNext() throws IOException {
        final Unprepared next;
        synchronized (this) {
            next = spares.poll();
        }
        return prepare(next == null ? new Unprepared(newName(), Origin.NEW) : next, segmentLength);
    }

    private Spare prepare(final Unprepared unprepared, final int length) throws IOException {
        final String name = unprepared.name;
        final boolean isNew = unprepared.origin == Origin.NEW;
        final long fileLength = FormerSectors.fileLength(length);
        DiskFile file = null;
        try {
            if (isNew) {
                checkRoom(fileLength);
            }
            file = isNew ? files.create(name) : files.open(name);
            if (unprepared.origin == Origin.LOG) {
                FormerSectors.writeDown(file, length, this::giveWay);
            } else {
                ZeroFill.zero(file, 0, fileLength, this::giveWay);
            }
            file.force(true);
            failure = null;
            retryIntervalMs = RETRY_INTERVAL_MS;
            return new Spare(name, file, length);
        } catch (final IOException e) {
            if (file != null) {
                closeQuietly(file);
                retryIntervalMs = Math.min(2 * retryIntervalMs, MAX_RETRY_INTERVAL_MS);
            }
            final IOException told = isClosed() ? e : told(e, name);
            deleteQuietly(name);
            if (failure == null && !isClosed()) {
                LOGGER.error(
                        told instanceof NoRoomException
                                ? "no room for the next segment in {}"
                                : "could not prepare the next segment in {}",
                        files.describe(),
                        e);
            }
            hasMadeRoom = false;
            failure = told;
            throw told;
        }
    }

    /** The error, as one that says so if it is a lack of room. */
    private IOException told(final IOException e, final String name) {
        return !(e instanceof NoRoomException) && files.isNoRoom(e, name)
                ? new NoRoomException(e.getMessage(), e)
                : e;
    }

    /** Else each try would fill what room there is, and then give it back. */
    private void checkRoom(final long length) throws IOException {
        final long usableBytes = files.usableBytes();
        if (usableBytes < length) {
            throw new NoRoomException(
                    "No space left for " + length + " bytes: " + usableBytes + " are usable");
        }
    }

    private void recycle(final WalSegment segment) throws IOException {
        final boolean mayKeep;
        synchronized (this) {
            mayKeep =
                    segment.length() == segmentLength
                            && hasRoomForSpare()
                            && !released.areArchived();
        }
        // Of an archive that is not told of any more, or of somebody's copy.
        final boolean keep = mayKeep && !files.isLinked(segment.currentName());
        segment.file().close();
        // Oldest first and each for itself, so that a crash leaves no gap in the sequence; and a
        // file is not written to before it has lost its place in the log for good.
        if (keep) {
            final String name = newName();
            files.rename(segment.currentName(), name);
            files.sync();
            synchronized (this) {
                spares.addFirst(new Unprepared(name, Origin.LOG));
            }
        } else {
            files.delete(segment.currentName());
            files.sync();
        }
    }

    /**
     * One file for the next segment is always kept, and where nobody has said how many, those that
     * the log will need if it grows as it did before: to make them anew is to fill them with zeros.
     */
    private boolean hasRoomForSpare() {
        final int waiting = spares.size() + (ready == null ? 0 : 1);
        final int most = asNeeded ? Math.max(maxWals, formerLiveSegments) : maxWals;
        return maxWals == 0 || waiting == 0 || liveSegments + waiting < most;
    }

    private synchronized String newName() {
        return String.format("%s%016x%s", PREFIX, nextNumber++, SUFFIX);
    }

    /**
     * Lets the syncs of the log come through: brings a portion of zeros to the disk before there
     * are many of them, and pauses. Not when somebody waits for the file; and gives up when the log
     * is closed.
     */
    private void giveWay(final DiskFile file) throws IOException {
        if (Thread.currentThread() != thread) {
            return;
        }
        synchronized (this) {
            if (closed) {
                throw new IOException("the log is being closed");
            }
            if (urgent) {
                return;
            }
        }
        file.force(false);
        synchronized (this) {
            if (!urgent && !closed) {
                try {
                    wait(PAUSE_MS);
                } catch (final InterruptedException e) {
                    LOGGER.debug("interrupted", e);
                }
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private static void closeQuietly(final DiskFile file) {
        try {
            file.close();
        } catch (final IOException e) {
            LOGGER.debug("close failed", e);
        }
    }

    private void deleteQuietly(final String name) {
        try {
            files.delete(name);
        } catch (final IOException e) {
            LOGGER.debug("delete failed", e);
        }
    }
}
