package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LongRingTest {
    private final LongRing ring = new LongRing();

    @Test
    void shouldHoldWhatADequeHolds() {
        final Deque<Long> model = new ArrayDeque<>();
        final SplittableRandom random = new SplittableRandom(11);
        for (int step = 0; step < 100_000; step++) {
            final int action = random.nextInt(100);
            if (action < (step / 1000 % 2 == 0 ? 60 : 30) || model.isEmpty()) {
                ring.add(step);
                model.addLast((long) step);
            } else if (action < 90) {
                assertEquals(model.removeFirst(), ring.removeFirst());
            } else if (action < 99 || step % 10 != 0) {
                assertEquals(model.removeLast(), ring.removeLast());
            } else {
                ring.clear();
                model.clear();
            }
            check(model);
        }
    }

    private void check(final Deque<Long> model) {
        assertEquals(model.size(), ring.count());
        assertEquals(model.isEmpty(), ring.isEmpty());
        if (!model.isEmpty()) {
            assertEquals(model.peekFirst(), ring.first());
            assertEquals(model.peekLast(), ring.last());
        }
    }

    @Test
    void shouldTellEachByItsPlace() {
        for (int i = 0; i < 100; i++) {
            ring.add(i);
            ring.add(i);
            ring.removeFirst();
        }
        assertTrue(ring.count() == 100);
        for (int i = 0; i < 100; i++) {
            assertEquals(50 + i / 2, ring.get(i));
        }
    }
}
