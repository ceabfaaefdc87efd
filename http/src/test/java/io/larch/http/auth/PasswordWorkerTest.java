package io.larch.http.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PasswordWorkerTest {
    private static final long WORK_NANOS = 50;

    private final List<String> done = new ArrayList<>();
    private long nowNanos;

    private PasswordWorker.Work work(final String name, final boolean isRight) {
        return () -> {
            nowNanos += WORK_NANOS;
            done.add(name);
            return isRight;
        };
    }

    /** Four times as long as it takes passes from one guess to the next. */
    @Test
    void shouldLetWhoGuessesRest() {
        final PasswordWorker worker = PasswordWorker.stepped(() -> nowNanos);
        worker.offer("guesser", work("g1", false));
        worker.offer("guesser", work("g2", false));
        worker.offer("other", work("o1", true));
        worker.offer("other", work("o2", true));
        assertTrue(worker.runNext());
        assertTrue(worker.runNext());
        assertTrue(worker.runNext());
        assertFalse(worker.runNext());
        assertEquals(List.of("g1", "o1", "o2"), done);
        nowNanos = 4 * WORK_NANOS - 1;
        assertFalse(worker.runNext());
        nowNanos = 4 * WORK_NANOS;
        assertTrue(worker.runNext());
        assertEquals(0, worker.waiting());
    }

    @Test
    void shouldGoOnBehindAFault() {
        final PasswordWorker worker = PasswordWorker.stepped(() -> nowNanos);
        worker.offer(
                "a",
                () -> {
                    throw new IllegalStateException("expected");
                });
        worker.offer("a", work("a2", true));
        assertTrue(worker.runNext());
        assertTrue(worker.runNext());
        assertEquals(List.of("a2"), done);
    }

    @Test
    @Timeout(30)
    void shouldWorkOnThreadsOfItsOwnUntilItIsClosed() throws InterruptedException {
        final PasswordWorker worker = new PasswordWorker(System::nanoTime);
        final CountDownLatch all = new CountDownLatch(3);
        final Thread[] threads = new Thread[1];
        for (int i = 0; i < 3; i++) {
            worker.offer(
                    "a",
                    () -> {
                        threads[0] = Thread.currentThread();
                        all.countDown();
                        return false;
                    });
        }
        assertTrue(all.await(20, TimeUnit.SECONDS));
        assertEquals(Thread.MIN_PRIORITY, threads[0].getPriority());
        assertTrue(threads[0].isDaemon());
        worker.close();
        threads[0].join();
        assertFalse(worker.offer("a", () -> true));
    }
}
