package io.larch.http.auth;

import io.larch.http.metrics.PasswordFigures;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where passwords are hashed and compared: threads of their own, of low priority, so that no event
 * loop and no engine ever waits for bcrypt. On machines with few processors it is one. Each client
 * has its turn; one whose password was wrong rests three times as long as finding out has taken, so
 * that a single guesser costs a quarter of a processor at most.
 *
 * <p>For all threads. They are started with the first work.
 */
public final class PasswordWorker implements AutoCloseable, PasswordFigures {
    /** Of one client, by address. */
    static final int PER_CLIENT = 64;

    /** Of all. */
    static final int CAPACITY = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PasswordWorker.class);
    private static final int RESTS = 3;
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int PROCESSORS_PER_THREAD = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition hasWork = lock.newCondition();
    private final FairQueue<Queued> queue = new FairQueue<>(PER_CLIENT, CAPACITY);
    private final LongSupplier monotonicNanos;
    private final int threadCount;
    private final LongAdder done = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private boolean isStarted;
    private boolean isClosed;

    /** A piece of work. Runs on a thread of the worker. */
    @FunctionalInterface
    interface Work {
        /** False: a password was wrong, its client has to rest. */
        boolean run();
    }

    private record Queued(Object client, Work work) {}

    public PasswordWorker(final LongSupplier monotonicNanos) {
        this(
                monotonicNanos,
                Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD));
    }

    /** One without threads, whose owner calls {@link #runNext}. */
    public static PasswordWorker stepped(final LongSupplier monotonicNanos) {
        return new PasswordWorker(monotonicNanos, 0);
    }

    private PasswordWorker(final LongSupplier monotonicNanos, final int threadCount) {
        this.monotonicNanos = monotonicNanos;
        this.threadCount = threadCount;
    }

    /**
     * Takes a piece of work.
     *
     * @param client by which turns are given; compared with equals.
     * @return false when there is too much of it.
     */
    boolean offer(final Object client, final Work work) {
        lock.lock();
        try {
            if (isClosed || !queue.offer(client, new Queued(client, work))) {
                return false;
            }
            start();
            hasWork.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long done() {
        return done.sum();
    }

    @Override
    public long busyNanos() {
        return busyNanos.sum();
    }

    @Override
    public int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        if (isStarted) {
            return;
        }
        isStarted = true;
        for (int i = 0; i < threadCount; i++) {
            final Thread thread = new Thread(this::run, "larch-passwords");
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
    }

    private void run() {
        try {
            Queued next = take();
            while (next != null) {
                run(next);
                next = take();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Does one piece of work on the calling thread.
     *
     * @return false when there is none that may be done now.
     */
    public boolean runNext() {
        final Queued next;
        lock.lock();
        try {
            next = queue.poll(monotonicNanos.getAsLong());
        } finally {
            lock.unlock();
        }
        if (next != null) {
            run(next);
        }
        return next != null;
    }

    private void run(final Queued next) {
        final long startNanos = monotonicNanos.getAsLong();
        boolean isRight = true;
        try {
            isRight = next.work().run();
        } catch (final RuntimeException | Error e) {
            // Not the exception's text, which may hold what it was given.
            LOG.error("a password could not be checked: {}", e.getClass().getName());
        }
        final long nowNanos = monotonicNanos.getAsLong();
        done.increment();
        busyNanos.add(nowNanos - startNanos);
        if (!isRight) {
            rest(next.client(), nowNanos + RESTS * (nowNanos - startNanos));
        }
    }

    private void rest(final Object client, final long untilNanos) {
        lock.lock();
        try {
            queue.rest(client, untilNanos);
        } finally {
            lock.unlock();
        }
    }

    /** The next piece; null when it is closed. */
    private Queued take() throws InterruptedException {
        lock.lock();
        try {
            while (!isClosed) {
                final long nowNanos = monotonicNanos.getAsLong();
                final Queued next = queue.poll(nowNanos);
                if (next != null) {
                    return next;
                }
                hasWork.awaitNanos(Math.max(1, queue.waitNanos(nowNanos, MAX_WAIT_NANOS)));
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads; what waits is not done. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            hasWork.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
