package io.larch.engine.keys.watch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.keys.StoreContext;
import java.util.ArrayDeque;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class EventHistoryTest {
    private static final int CAPACITY = 2000;
    private static final long CAPACITY_BYTES = 4L << 20;

    private final ArrayDeque<byte[]> kept = new ArrayDeque<>();
    private long keptBytes;

    @Test
    void shouldKeepTheLastEventsWithinBothBounds() {
        for (int seed = 1; seed <= 6; seed++) {
            final Random random = new Random(seed);
            kept.clear();
            keptBytes = 0;
            final int usual = 1 << random.nextInt(13);
            try (EventHistory history = new EventHistory(CAPACITY, CAPACITY_BYTES)) {
                for (int i = 0; i < 4500; i++) {
                    append(history, event(random, usual));
                    if (i % 500 == 0) {
                        assertHolds(history);
                    }
                }
                assertHolds(history);
            }
        }
    }

    @Test
    void shouldTakeNoMoreMemoryThanItsEventsHoweverManyCameBefore() {
        final StoreContext context = new StoreContext();
        try (EventHistory history =
                new EventHistory(context.eventHistoryCapacity(), context.eventHistoryBytes())) {
            final UnsafeBuffer event = new UnsafeBuffer(ofNoInterest(new byte[400]));
            for (int i = 0; i < 300_000; i++) {
                history.append(event, 0, event.capacity());
            }
            final long held = context.eventHistoryCapacity() * (long) event.capacity();
            assertTrue(
                    history.allocatedBytes() < held * 9 / 8, () -> "" + history.allocatedBytes());
        }
    }

    @Test
    void shouldGiveBackWhatItTook() {
        final EventHistory history = new EventHistory(CAPACITY, CAPACITY_BYTES);
        for (int i = 0; i < 3 * CAPACITY; i++) {
            append(
                    history,
                    ofNoInterest(new byte[i % 2 == 0 ? 700 : EventBlocks.LONGEST_SHARED + 1]));
        }
        history.close();
        assertEquals(0, history.allocatedBytes());
        history.close();
    }

    private static byte[] event(final Random random, final int usual) {
        final int kind = random.nextInt(100);
        final int length;
        if (kind == 0) {
            length = 0;
        } else if (kind == 1) {
            length = EventFlyweight.HEADER_LENGTH + random.nextInt(EventBlocks.BLOCK_LENGTH * 2);
        } else if (kind == 2 && random.nextInt(10) == 0) {
            length = (int) CAPACITY_BYTES + random.nextInt(2);
        } else {
            length = EventFlyweight.HEADER_LENGTH + random.nextInt(usual);
        }
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ofNoInterest(bytes);
    }

    /** Of a refresh, into which nobody looks. */
    private static byte[] ofNoInterest(final byte[] event) {
        if (event.length > 0) {
            event[EventFlyweight.FLAGS_OFFSET] = EventFlyweight.REFRESH;
        }
        return event;
    }

    private void append(final EventHistory history, final byte[] event) {
        while (!kept.isEmpty()
                && (kept.size() == CAPACITY || keptBytes + event.length > CAPACITY_BYTES)) {
            keptBytes -= kept.remove().length;
        }
        if (event.length <= CAPACITY_BYTES) {
            kept.add(event);
            keptBytes += event.length;
        }
        history.append(new UnsafeBuffer(event), 0, event.length);
    }

    private void assertHolds(final EventHistory history) {
        assertEquals(kept.size(), history.nextIndex() - history.oldestIndex());
        long index = history.oldestIndex();
        for (final byte[] expected : kept) {
            assertEquals(expected.length, history.length(index));
            final DirectBuffer event = history.event(index++);
            final byte[] actual = new byte[event.capacity()];
            event.getBytes(0, actual);
            assertArrayEquals(expected, actual);
        }
        assertTrue(history.allocatedBytes() <= keptBytes * 8 / 7 + 2L * EventBlocks.BLOCK_LENGTH);
    }
}
