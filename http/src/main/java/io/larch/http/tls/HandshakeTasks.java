package io.larch.http.tls;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where signing and the checks of certificates run: a millisecond each, which an event loop has not
 * got. Their threads give way to the event loops where the Java machine heeds priorities, as {@code
 * larchd} makes it. There are threads only while there is work. What waits is bounded by the
 * handshakes that may be open, each of which has one task at a time.
 */
public final class HandshakeTasks implements Executor, AutoCloseable {
    private static final int IDLE_SECONDS = 10;

    /** Below all that serve who is connected, and above the comparing of passwords. */
    private static final int PRIORITY = Thread.MIN_PRIORITY + 2;

    private final ThreadPoolExecutor threads;

    /**
     * @param processors of the machine; half of them may be used.
     */
    public HandshakeTasks(final int processors) {
        final int count = Math.max(1, processors / 2);
        threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        HandshakeTasks::thread);
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(final Runnable work) {
        final Thread thread = new Thread(work, "larch-tls");
        thread.setDaemon(true);
        thread.setPriority(PRIORITY);
        return thread;
    }

    @Override
    public void execute(final Runnable task) {
        threads.execute(task);
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
