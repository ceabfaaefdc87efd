package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TtlKeyHeapTest {
    @Test
    void shouldKeepTheEarliestOnTopWhateverIsPutAndRemoved() {
        final TtlKeyHeap heap = new TtlKeyHeap();
        final TreeMap<Long, Integer> expected = new TreeMap<>();
        final long[] keys = new long[500];
        final Random random = new Random(9);
        for (int step = 1; step < 50_000; step++) {
            final int id = 1 + random.nextInt(keys.length - 1);
            expected.remove(keys[id]);
            if (random.nextInt(3) == 0) {
                heap.remove(id);
                keys[id] = 0;
            } else {
                final long expiration = random.nextInt(50);
                keys[id] = expiration * 1_000_000 + step;
                expected.put(keys[id], id);
                heap.put(id, expiration, step);
            }
            assertEquals(expected.size(), heap.size());
            if (!expected.isEmpty()) {
                assertEquals(expected.firstEntry().getValue(), heap.topId());
                assertEquals(expected.firstKey() / 1_000_000, heap.topExpirationNanos());
            }
        }
    }
}
