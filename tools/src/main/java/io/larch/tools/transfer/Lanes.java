package io.larch.tools.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that write. What belongs to one path is done in the order in which it came; nothing is
 * said of two paths, unless {@link #drain} was called in between. Who gives out work waits while
 * there is much of it. Owned by one thread.
 */
final class Lanes implements Closeable {
    private static final int WORK_PER_LANE = 32;

    private final List<ThreadPoolExecutor> lanes = new ArrayList<>();
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    /** Something to write. */
    interface Work {
        void run() throws IOException;
    }

    Lanes(final int count) {
        for (int i = 0; i < count; i++) {
            final ThreadPoolExecutor lane =
                    new ThreadPoolExecutor(
                            1,
                            1,
                            0,
                            TimeUnit.SECONDS,
                            new ArrayBlockingQueue<>(WORK_PER_LANE),
                            task -> {
                                final Thread thread = new Thread(task, "transfer-lane");
                                thread.setDaemon(true);
                                return thread;
                            },
                            Lanes::await);
            lanes.add(lane);
        }
    }

    /** A full lane lets whoever has more work for it wait. */
    private static void await(final Runnable work, final ThreadPoolExecutor lane) {
        try {
            lane.getQueue().put(work);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Does something soon.
     *
     * @throws IOException the first that failed before; what was given out since is not done.
     */
    void submit(final String path, final Work work) throws IOException {
        check();
        lanes.get(Math.floorMod(path.hashCode(), lanes.size())).execute(() -> run(work));
    }

    private void run(final Work work) {
        if (failure.get() != null) {
            return;
        }
        try {
            work.run();
        } catch (final IOException e) {
            failure.compareAndSet(null, e);
        } catch (final RuntimeException e) {
            failure.compareAndSet(null, new IOException(e));
        }
    }

    /** Waits until all that was given out is done. */
    void drain() throws IOException {
        final List<Future<?>> ends = new ArrayList<>();
        for (final ThreadPoolExecutor lane : lanes) {
            ends.add(lane.submit(() -> {}));
        }
        try {
            for (final Future<?> end : ends) {
                end.get();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (final ExecutionException e) {
            throw new IOException(e.getCause());
        }
        check();
    }

    private void check() throws IOException {
        final IOException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** What is being written is waited for, for a moment; the rest is left. */
    @Override
    public void close() {
        lanes.forEach(ThreadPoolExecutor::shutdownNow);
        try {
            for (final ThreadPoolExecutor lane : lanes) {
                lane.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
