package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IdPoolTest {
    @Test
    void shouldAlwaysGiveTheLowestFreeId() {
        final IdPool pool = new IdPool();
        final TreeSet<Integer> free = new TreeSet<>();
        final TreeSet<Integer> used = new TreeSet<>();
        for (int id = 1; id <= 20_000; id++) {
            free.add(id);
        }
        final Random random = new Random(4);
        for (int step = 0; step < 100_000; step++) {
            if (used.size() < 9_000 && random.nextInt(5) > 1 || used.isEmpty()) {
                final int id = pool.allocate();
                assertEquals(free.pollFirst(), id);
                used.add(id);
            } else {
                final Integer id = used.ceiling(1 + random.nextInt(used.last()));
                pool.free(id);
                used.remove(id);
                free.add(id);
            }
        }
        int at = 0;
        for (final int id : used) {
            at = pool.nextUsed(at + 1);
            assertEquals(id, at);
        }
        assertEquals(0, pool.nextUsed(at + 1));
    }
}
