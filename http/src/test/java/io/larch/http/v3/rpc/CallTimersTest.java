package io.larch.http.v3.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTimersTest {
    private final List<Throwable> faults = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final CallTimers timers = new CallTimers(() -> {}, faults::add);

    @Test
    void shouldTellThoseWhoseTimeIsOverInTheirOrder() {
        timers.set(30, 0, () -> told.add("c"));
        timers.set(10, 0, () -> told.add("a"));
        final long cleared = timers.set(15, 0, () -> told.add("cleared"));
        timers.set(20, 0, () -> told.add("b"));
        timers.set(20, 0, () -> told.add("b too"));
        timers.clear(cleared);
        timers.clear(CallTimers.NONE);

        timers.expire(9);
        assertEquals(List.of(), told);
        timers.expire(20);
        assertEquals(List.of("a", "b", "b too"), told);
        timers.expire(1_000);
        assertEquals(List.of("a", "b", "b too", "c"), told);
        assertTrue(timers.isEmpty());
        timers.clear(cleared);
    }

    @Test
    void shouldTellTheOthersWhenOneThrows() {
        timers.set(
                1,
                0,
                () -> {
                    throw new IllegalStateException("injected");
                });
        timers.set(2, 0, () -> told.add("other"));

        timers.expire(5);

        assertEquals(List.of("other"), told);
        assertEquals(1, faults.size());
        assertTrue(timers.isEmpty());
    }

    @Test
    void shouldLetThemSetAndClearTimers() {
        final long[] other = new long[1];
        timers.set(
                1,
                0,
                () -> {
                    timers.clear(other[0]);
                    timers.set(1, 5, () -> told.add("again"));
                });
        other[0] = timers.set(2, 0, () -> told.add("cleared"));

        timers.expire(5);
        assertEquals(List.of(), told, "not within the same call: it might never end");
        timers.expire(5);

        assertEquals(List.of("again"), told);
    }

    @Test
    void shouldTakeNoMoreMemoryForManyOfOneTick() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 10_000; i++) {
            timers.set(1_000_000, 0, () -> {});
        }

        final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 5 << 20, () -> "allocated: " + bytes);
    }

    @Test
    void shouldForgetClearedOnesLongBeforeTheirTime() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 100_000; i++) {
            timers.clear(timers.set(1_000_000_000, i, () -> {}));
        }

        // What is kept is kept in an array that had to grow with it.
        final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 100_000 * 60L, () -> "allocated: " + bytes);
        assertTrue(timers.isEmpty());
    }
}
