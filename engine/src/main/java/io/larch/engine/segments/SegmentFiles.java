package io.larch.engine.segments;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.disk.NoRoomException;
import io.larch.engine.mvcc.NativeMemory;
import io.larch.engine.mvcc.SegmentMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments in memory of the process up to a budget, and in mapped files beyond it, whose pages the
 * kernel may write out when it wants the memory for something else.
 *
 * <p>What holds:
 *
 * <ol>
 *   <li><b>Scratch.</b> A file has no name any more when a segment comes to lie in it, so nothing
 *       is left of a process that was killed, but for one file that was just being made; that one
 *       goes at the next start.
 *   <li><b>Nobody waits for the disk in {@link #allocate}.</b> Files are made ahead, filled and
 *       mapped by another thread; if none is ready the segment lies in memory. Who fills a store
 *       has the time to wait, and does ({@link #await}).
 *   <li><b>A full disk is no end.</b> Segments lie in memory then, whatever the budget; so they do
 *       when the log and snapshots, which share the disk, would have too little room left.
 *   <li><b>A file has its room before it is used</b>, so that a later write to a mapping does not
 *       find the disk full.
 *   <li><b>Space comes back</b> with each segment that is freed, and with the last one also what
 *       was made ahead.
 * </ol>
 *
 * <p>All stores of a member share one. Segments longer than usual, of one record each, lie in
 * memory always. A disk that cannot be read ends the member, as it does everywhere. Called by any
 * thread.
 */
public final class SegmentFiles implements SegmentMemory {
    /** Of the file in the making. */
    static final String NAME = "history.scratch";

    /** Files that are made ahead. */
    static final int AHEAD = 4;

    /** Room on the disk that is for others. */
    static final long LEFT_TO_OTHERS = 1L << 30;

    private static final int PAGE = 4096;
    private static final int ZEROS_LENGTH = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private final Directory directory;
    private final long budgetBytes;
    private final int fileLength;
    private final Executor disk;

    /** Only of who makes files; null before the first. */
    private ByteBuffer zeros;

    private final Deque<Mapped> ready = new ArrayDeque<>();

    /** Those that segments lie in, by their addresses. */
    private final Long2ObjectHashMap<Mapped> used = new Long2ObjectHashMap<>();

    private int inTheMaking;
    private long memoryBytes;

    /** Whether there are segments, or somebody who waits to make one. */
    private boolean isInUse;

    private boolean isPrepared;
    private boolean isRefused;

    /** A file without a name, and its mapping. */
    private record Mapped(DiskFile file, ByteBuffer mapping) {
        void free() {
            file.unmap(mapping);
        }
    }

    /**
     * @param budgetBytes what may lie in memory.
     * @param fileLength of all files; segments up to this length may lie in them.
     * @param disk does what waits for the disk, one after the other.
     */
    public SegmentFiles(
            final Directory directory,
            final long budgetBytes,
            final int fileLength,
            final Executor disk) {
        this.directory = directory;
        this.budgetBytes = budgetBytes;
        this.fileLength = fileLength;
        this.disk = disk;
        removeLeft();
    }

    /**
     * Files in a directory, which need not be there yet.
     *
     * @param budgetBytes what may lie in memory.
     */
    public static SegmentFiles in(final Path directory, final long budgetBytes) {
        final ThreadPoolExecutor thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        // One task for each segment that is freed, and few others.
                        new LinkedBlockingQueue<>(),
                        task -> {
                            final Thread made = new Thread(task, "larch-segments");
                            made.setDaemon(true);
                            return made;
                        });
        thread.allowCoreThreadTimeOut(true);
        return new SegmentFiles(
                new LocalDirectory(directory), budgetBytes, SegmentMemory.USUAL_LENGTH, thread);
    }

    /** What a process was making that was killed. Whoever makes one now does not miss its name. */
    private void removeLeft() {
        try {
            directory.delete(NAME);
        } catch (final IOException e) {
            LOG.warn("cannot delete {}/{}", directory.describe(), NAME, e);
        }
    }

    @Override
    public synchronized UnsafeBuffer allocate(final int length) {
        isInUse = true;
        final boolean isBeyond = memoryBytes + length > budgetBytes && length <= fileLength;
        final Mapped file = isBeyond ? ready.poll() : null;
        if (file == null) {
            memoryBytes += length;
        }
        makeAhead();
        if (file == null) {
            return NativeMemory.INSTANCE.allocate(length);
        }
        final UnsafeBuffer segment = new UnsafeBuffer(file.mapping, 0, length);
        used.put(segment.addressOffset(), file);
        return segment;
    }

    /** Has files made when memory is nearly used up. */
    private void makeAhead() {
        if (memoryBytes + (long) AHEAD * fileLength <= budgetBytes) {
            return;
        }
        for (int missing = AHEAD - ready.size() - inTheMaking; missing > 0; missing--) {
            inTheMaking++;
            disk.execute(this::make);
        }
    }

    @Override
    public synchronized void await(final int length) {
        isInUse = true;
        if (memoryBytes + length <= budgetBytes || length > fileLength) {
            return;
        }
        if (ready.isEmpty()) {
            makeAhead();
        }
        boolean isInterrupted = false;
        while (ready.isEmpty() && inTheMaking > 0) {
            try {
                wait();
            } catch (final InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void make() {
        Mapped made = null;
        try {
            made = isWanted() ? create() : null;
        } catch (final IOException | OutOfMemoryError e) {
            // Of direct memory or of mappings: the segments are no reason to end.
            refused(e);
        } finally {
            made(made);
        }
    }

    private synchronized boolean isWanted() {
        return isInUse;
    }

    private synchronized void made(final Mapped made) {
        inTheMaking--;
        if (made != null && isInUse) {
            ready.add(made);
        } else if (made != null) {
            made.free();
        }
        notifyAll();
    }

    private Mapped create() throws IOException {
        if (!isPrepared) {
            directory.prepare();
            isPrepared = true;
        }
        if (directory.usableBytes() - LEFT_TO_OTHERS < fileLength) {
            throw new NoRoomException("too little room is left");
        }
        directory.delete(NAME);
        final Mapped made;
        try (DiskFile file = directory.create(NAME)) {
            fill(file);
            made = new Mapped(file, file.map(true, fileLength));
        } finally {
            directory.delete(NAME);
        }
        // So that the store does not stop at each page that it comes to.
        for (int i = 0; i < fileLength; i += PAGE) {
            made.mapping.put(i, (byte) 0);
        }
        if (isRefused) {
            isRefused = false;
            LOG.info("history of v3 keys beyond --mvcc-memory lies in files again");
        }
        return made;
    }

    private void fill(final DiskFile file) throws IOException {
        if (zeros == null) {
            zeros = ByteBuffer.allocateDirect(Math.min(ZEROS_LENGTH, fileLength));
        }
        long at = 0;
        while (at < fileLength) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), fileLength - at));
            at += file.write(zeros, at);
        }
    }

    /** Told once, until it works again. */
    private void refused(final Throwable e) {
        if (!isRefused) {
            isRefused = true;
            LOG.warn(
                    "history of v3 keys beyond --mvcc-memory stays in memory: no file in {} ({})",
                    directory.describe(),
                    e.toString());
        }
    }

    @Override
    public synchronized void free(final UnsafeBuffer segment) {
        final Mapped file = used.remove(segment.addressOffset());
        if (file == null) {
            memoryBytes -= segment.capacity();
            NativeMemory.INSTANCE.free(segment);
        } else {
            segment.wrap(0, 0);
            disk.execute(file::free);
        }
        if (memoryBytes == 0 && used.isEmpty()) {
            isInUse = false;
            ready.forEach(each -> disk.execute(each::free));
            ready.clear();
        }
    }

    /** Whether a file is being made. */
    synchronized boolean isMaking() {
        return inTheMaking > 0;
    }

    /** Bytes of segments in memory. */
    public synchronized long memoryBytes() {
        return memoryBytes;
    }

    /** Bytes of files that segments lie in. */
    public synchronized long mappedBytes() {
        return (long) used.size() * fileLength;
    }
}
