package io.larch.tools.system;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Counts acknowledged writes of several threads up to a number at which the server is to be killed.
 */
final class AckCount {
    private final CountDownLatch latch;

    AckCount(final int count) {
        latch = new CountDownLatch(count);
    }

    void increment() {
        latch.countDown();
    }

    /** Wait for the number; false when it is not reached in a minute. */
    boolean await() throws InterruptedException {
        return latch.await(60, TimeUnit.SECONDS);
    }
}
