package io.larch.engine.archive;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files that do not change any more: by one more name for them where that can be, else by a
 * copy. What has its name in the archive is whole and durable, and is never replaced. Of the file
 * that still grows there is a copy of its beginning.
 *
 * <p>Files are named by any thread, which waits for nothing. What cannot be kept now is tried
 * again, and waits until then; whoever owns the file says when it has waited long enough ({@link
 * #giveUp}). Files that are still waiting at the end are named again by the next start.
 */
public final class Archive implements AutoCloseable {
    /** Files of one kind that are kept back for the archive at most. */
    public static final int MAX_HELD = 16;

    /** Behind the name of a copy that is not whole yet. */
    static final String PART_SUFFIX = ".part";

    /** Behind the name of a copy of a file's beginning, while there is more to come. */
    public static final String TAIL_SUFFIX = ".tail";

    private static final Logger LOGGER = LoggerFactory.getLogger(Archive.class);
    private static final long RETRY_MS = 1_000;
    private static final long END_MS = 2_000;

    private final Directory target;
    private final FileCopy copies = new FileCopy();

    /** Names and where the files are, in the order in which they came. Guarded by this. */
    private final Map<String, Directory> waiting = new LinkedHashMap<>();

    /** The newest, until it is there. Guarded by this. */
    private Tail tail;

    private Retention retention;
    private Runnable onSettled = () -> {};
    private Thread thread;
    private boolean isFailing;
    private volatile boolean closed;
    private long kept;
    private long failures;
    private long lost;

    private record Tail(Directory files, String name, long bytes, long length) {}

    /**
     * What has become of files.
     *
     * @param kept files, those that were there already included.
     * @param waiting to be kept.
     * @param failures tries that failed.
     * @param lost files that waited too long, or that were gone first.
     */
    public record Counts(long kept, long waiting, long failures, long lost) {}

    /**
     * @param target made when the first file comes.
     */
    public Archive(final Directory target) {
        this.target = target;
    }

    /** Called by the archive's thread when files do not wait any more. Set before the start. */
    public void onSettled(final Runnable action) {
        onSettled = action;
    }

    /** Starts the archive's thread; without it {@link #doWork} is called by a test. */
    public void start() {
        thread = new Thread(this::run, "larch-archive");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Has a file kept.
     *
     * @param files where it is; its name is the same in the archive.
     */
    public synchronized void keep(final Directory files, final String name) {
        waiting.put(name, files);
        notifyAll();
    }

    /**
     * Has the beginning of a file kept that grows still, under its name with {@link #TAIL_SUFFIX}
     * behind it, in place of what was kept of it before. It goes when the whole file is there. What
     * is named before it is kept takes its place.
     *
     * @param bytes how much is written, which does not change any more.
     * @param length of the copy; there are zeros behind the bytes.
     */
    public synchronized void keepTail(
            final Directory files, final String name, final long bytes, final long length) {
        tail = new Tail(files, name, bytes, length);
        notifyAll();
    }

    /** Lets files go that are not needed any more. Before the start. */
    public void retain(final Retention newRetention) {
        retention = newRetention;
    }

    /** Whether a file waits to be kept: its owner leaves it as it is. */
    public synchronized boolean isWaiting(final String name) {
        return waiting.containsKey(name);
    }

    /** The owner of a file cannot wait for the archive any longer: it will be missing there. */
    public void giveUp(final String name, final String reason) {
        synchronized (this) {
            if (waiting.remove(name) == null) {
                return;
            }
            lost++;
        }
        LOGGER.error("{} is missing in the archive {}: {}", name, target.describe(), reason);
    }

    public synchronized Counts counts() {
        return new Counts(kept, waiting.size(), failures, lost);
    }

    /**
     * Tries each of the files that wait, once.
     *
     * @return how many do not wait any more.
     */
    public int doWork() {
        final List<Map.Entry<String, Directory>> files;
        synchronized (this) {
            files = new ArrayList<>(waiting.entrySet().stream().map(Map.Entry::copyOf).toList());
        }
        int settled = 0;
        boolean hasFailed = !keepTail();
        for (final Map.Entry<String, Directory> file : files) {
            if (closed) {
                return settled;
            }
            if (isWaiting(file.getKey())) {
                final boolean isDone = settle(file.getValue(), file.getKey());
                settled += isDone ? 1 : 0;
                hasFailed |= !isDone;
            }
        }
        if (isFailing && !hasFailed && settled > 0) {
            isFailing = false;
            LOGGER.info("{} takes files again", target.describe());
        }
        if (settled > 0) {
            onSettled.run();
        }
        if (retention != null && settled > 0) {
            letGo();
        }
        return settled;
    }

    /** Whether none waits any more. */
    private boolean keepTail() {
        final Tail newest;
        synchronized (this) {
            newest = tail;
            tail = null;
        }
        if (newest == null || isWaiting(newest.name)) {
            return true;
        }
        try {
            target.prepare();
            if (!target.list().contains(newest.name)) {
                FileCopy.checkRoom(target, newest.bytes);
                try (DiskFile from = newest.files.open(newest.name)) {
                    copy(from, newest.name + TAIL_SUFFIX, newest.bytes, newest.length);
                }
                target.sync();
            }
            return true;
        } catch (final IOException | RuntimeException e) {
            if (closed || isGone(newest.files, newest.name)) {
                return true;
            }
            synchronized (this) {
                tail = tail == null ? newest : tail;
            }
            failed(newest.name + TAIL_SUFFIX, e);
            return false;
        }
    }

    private void letGo() {
        try {
            retention.apply(target);
        } catch (final IOException | RuntimeException e) {
            LOGGER.error(
                    "could not let go of old files in {}: {}", target.describe(), e.toString());
        }
    }

    private boolean settle(final Directory files, final String name) {
        try {
            put(files, name);
            synchronized (this) {
                kept += waiting.remove(name) == null ? 0 : 1;
            }
            return true;
        } catch (final IOException | RuntimeException e) {
            // Of whatever kind: the thread has other files, and this one another time.
            return !closed && failed(files, name, e);
        }
    }

    /** Whether the file does not wait any more. */
    private boolean failed(final Directory files, final String name, final Exception e) {
        if (isGone(files, name)) {
            giveUp(name, "newer ones took its place while it waited");
            return true;
        }
        failed(name, e);
        return false;
    }

    private void failed(final String name, final Exception e) {
        synchronized (this) {
            failures++;
        }
        if (!isFailing) {
            isFailing = true;
            LOGGER.error(
                    "could not keep {} in {}; it stays, and is tried again: {}",
                    name,
                    target.describe(),
                    e.toString());
        }
    }

    private static boolean isGone(final Directory files, final String name) {
        try {
            return !files.list().contains(name);
        } catch (final IOException | RuntimeException e) {
            return e instanceof NoSuchFileException;
        }
    }

    private void put(final Directory files, final String name) throws IOException {
        target.prepare();
        if (!target.link(files, name)) {
            if (target.list().contains(name)) {
                checkSame(files, name);
            } else {
                copy(files, name);
            }
        }
        target.sync();
        // Behind that: there is one of both always.
        target.delete(name + TAIL_SUFFIX);
    }

    /** A crash may have come between keeping a file and forgetting it. */
    private void checkSame(final Directory files, final String name) throws IOException {
        try (DiskFile mine = files.open(name);
                DiskFile there = target.open(name)) {
            if (!copies.isSame(mine, there)) {
                throw new IOException("there is another file of this name");
            }
        }
    }

    private void copy(final Directory files, final String name) throws IOException {
        try (DiskFile from = files.open(name)) {
            final long length = from.length();
            FileCopy.checkRoom(target, length);
            copy(from, name, length, length);
        }
    }

    private void copy(final DiskFile from, final String name, final long bytes, final long length)
            throws IOException {
        final String part = name + PART_SUFFIX;
        target.delete(part);
        try (DiskFile to = target.create(part)) {
            copies.copy(from, to, bytes, length);
        } catch (final IOException e) {
            deleteQuietly(part);
            throw e;
        }
        target.rename(part, name);
    }

    private void deleteQuietly(final String name) {
        try {
            target.delete(name);
        } catch (final IOException e) {
            LOGGER.debug("delete failed", e);
        }
    }

    /** That nothing can be kept is told at the start, and not when the first segment is full. */
    void lookAtTarget() {
        final String probe = "probe" + PART_SUFFIX;
        try {
            target.prepare();
            target.delete(probe);
            target.create(probe).close();
            target.delete(probe);
            LOGGER.info("segments and snapshots are kept in {}", target.describe());
        } catch (final IOException e) {
            synchronized (this) {
                failures++;
            }
            isFailing = true;
            LOGGER.error(
                    "nothing can be kept in {} now; files wait, and are tried again: {}",
                    target.describe(),
                    e.toString());
        }
    }

    private void run() {
        lookAtTarget();
        while (!closed) {
            final int settled = doWork();
            synchronized (this) {
                try {
                    if (!closed && waiting.isEmpty() && tail == null) {
                        wait();
                    } else if (!closed && settled == 0) {
                        wait(RETRY_MS);
                    }
                } catch (final InterruptedException e) {
                    LOGGER.debug("interrupted", e);
                }
            }
        }
    }

    /** Ends the thread; a disk that does not answer is not waited for. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            copies.stop();
            notifyAll();
        }
        if (thread != null) {
            try {
                thread.join(END_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
