package io.larch.engine.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryIndexTest {
    private record Entry(long term, long position) {}

    private final EntryIndex index = new EntryIndex();

    /** Adds, truncations, compactions and resets, as a follower's log may see them. */
    @ParameterizedTest
    @ValueSource(ints = {3, 50, 2_000})
    void shouldSayWhatAMapSays(final int most) {
        final Random random = new Random(most);
        final TreeMap<Long, Entry> entries = new TreeMap<>();
        long base = 0;
        long baseTerm = 0;
        long last = 0;
        long term = 1;
        long position = 0;
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    final long through = base + random.nextInt((int) (last - base) + 1);
                    baseTerm = through == base ? baseTerm : entries.get(through).term;
                    base = through;
                    entries.headMap(base, true).clear();
                    index.compact(through);
                }
                case 1 -> {
                    final long from = base + 1 + random.nextInt((int) (last - base) + 1);
                    if (from <= last) {
                        final long before =
                                from - 1 == base ? baseTerm : entries.get(from - 1).term;
                        entries.tailMap(from, true).clear();
                        last = from - 1;
                        index.truncateFrom(from, before);
                        term += random.nextInt(2);
                    }
                }
                case 2 -> {
                    if (random.nextInt(50) == 0) {
                        base = last + random.nextInt(most);
                        baseTerm = term;
                        last = base;
                        entries.clear();
                        index.reset(base, baseTerm);
                    }
                    term += random.nextInt(3);
                }
                default -> {
                    for (int i = random.nextInt(most); i >= 0; i--) {
                        position += 8L * (1 + random.nextInt(40));
                        entries.put(++last, new Entry(term, position));
                        index.add(term, position);
                    }
                }
            }
            assertEquals(base, index.baseIndex());
            assertEquals(baseTerm, index.baseTerm());
            assertEquals(last, index.lastIndex());
            assertEquals(entries.isEmpty(), index.isEmpty());
            assertEquals(-1, index.term(last + 1));
            assertEquals(baseTerm, index.term(base));
            if (base > 0) {
                assertEquals(-1, index.term(base - 1));
            }
            for (int i = 0; i < 5 && last > base; i++) {
                check(base + 1 + random.nextInt((int) (last - base)), entries);
            }
            if (step % 500 == 0) {
                for (final long each : entries.keySet()) {
                    check(each, entries);
                }
            }
            if (last - base > 20L * most) {
                index.compact(last - most);
                base = last - most;
                baseTerm = entries.get(base).term;
                entries.headMap(base, true).clear();
            }
        }
    }

    private void check(final long each, final TreeMap<Long, Entry> entries) {
        assertEquals(entries.get(each).term, index.term(each));
        assertEquals(entries.get(each).position, index.position(each));
    }

    @Test
    void shouldTellPositionsFarApart() {
        final long far = 255L * (WalContext.MAX_BODY_LENGTH + 64L);
        index.reset(255, 1);
        index.add(1, 1L << 40);
        index.add(1, (1L << 40) + far);

        assertEquals(1L << 40, index.position(256));
        assertEquals((1L << 40) + far, index.position(257));
        assertTrue(far > 1L << 31);
        assertThrows(IllegalStateException.class, () -> index.add(1, (1L << 40) + (8L << 32)));
    }

    @Test
    void shouldMoveItsBaseBelowThatOfBefore() {
        index.reset(100, 3);
        index.add(4, 800);
        index.truncateFrom(90, 2);

        assertEquals(89, index.baseIndex());
        assertEquals(2, index.term(89));
        assertTrue(index.isEmpty());
        index.add(5, 1_600);
        assertEquals(5, index.term(90));
        assertEquals(1_600, index.position(90));
    }
}
