package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    private final SideBySide work = new SideBySide();

    @Test
    void shouldWaitForAll() throws IOException {
        final CountDownLatch latch = new CountDownLatch(1);
        final Future<Integer> first =
                work.start(
                        () -> {
                            latch.await();
                            return 1;
                        });
        final Future<Integer> second =
                work.start(
                        () -> {
                            latch.countDown();
                            return 2;
                        });
        work.await();
        assertEquals(3, SideBySide.result(first) + SideBySide.result(second));
    }

    @Test
    void shouldEndWhenOneFails() {
        final IOException failure = new IOException("x");
        final CountDownLatch never = new CountDownLatch(1);
        work.start(
                () -> {
                    never.await();
                    return 1;
                });
        work.start(
                () -> {
                    throw failure;
                });
        assertSame(failure, assertThrows(IOException.class, work::await));
        never.countDown();
    }
}
