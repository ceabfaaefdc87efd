package io.larch.engine.keys.watch;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The last events, one slot for each index, in a ring outside the heap. Bounded by count and by
 * bytes; the oldest go first. Depends on nothing but the events put in, so that every member keeps
 * the same window. Pages of the ring become resident as they are first written.
 *
 * <p>Indexes are store indexes: {@code oldestIndex() <= kept < nextIndex()}.
 */
public final class EventHistory implements AutoCloseable {
    private final int capacity;
    private final long capacityBytes;
    private final long memory;
    private final long[] positions;
    private final int[] lengths;
    private final long[] signatures;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private UnsafeBuffer straightened = new UnsafeBuffer(new byte[4096]);
    private long oldestIndex = 1;
    private long nextIndex = 1;
    private long nextPosition;
    private long usedBytes;
    private EvictionObserver evictionObserver = EvictionObserver.NONE;
    private boolean isClosed;

    /** Is told of an event that is about to go. */
    public interface EvictionObserver {
        EvictionObserver NONE = index -> {};

        void beforeEviction(long index);
    }

    public EventHistory(final int capacity, final long capacityBytes) {
        this.capacity = capacity;
        this.capacityBytes = capacityBytes;
        memory = UnsafeApi.allocateMemory(capacityBytes);
        positions = new long[capacity];
        lengths = new int[capacity];
        signatures = new long[capacity];
    }

    public long oldestIndex() {
        return oldestIndex;
    }

    public long nextIndex() {
        return nextIndex;
    }

    public void onEviction(final EvictionObserver observer) {
        evictionObserver = observer;
    }

    /** Starts an empty history at an index other than 1. */
    public void startAt(final long index) {
        if (oldestIndex != nextIndex) {
            throw new IllegalStateException("the history is not empty");
        }
        oldestIndex = index;
        nextIndex = index;
    }

    /** Takes the event of the next index; length 0 for one that no watch may see. */
    public void append(final DirectBuffer event, final int offset, final int length) {
        while (oldestIndex < nextIndex
                && (nextIndex - oldestIndex == capacity || usedBytes + length > capacityBytes)) {
            evictionObserver.beforeEviction(oldestIndex);
            usedBytes -= lengths[slot(oldestIndex)];
            oldestIndex++;
        }
        final long index = nextIndex++;
        if (length > capacityBytes) {
            oldestIndex = nextIndex;
            return;
        }
        final int slot = slot(index);
        positions[slot] = nextPosition;
        lengths[slot] = length;
        signatures[slot] = KeySignature.ofEvent(event, offset, length);
        usedBytes += length;
        final int untilEnd = (int) Math.min(length, capacityBytes - nextPosition);
        copyIn(event, offset, nextPosition, untilEnd);
        copyIn(event, offset + untilEnd, 0, length - untilEnd);
        nextPosition = (nextPosition + length) % capacityBytes;
    }

    public int length(final long index) {
        return lengths[slot(index)];
    }

    /**
     * The first event from an index on that may concern those with the given {@link KeySignature}.
     *
     * @return its index, {@link #nextIndex()} if there is none.
     */
    long nextCandidate(final long from, final long wanted) {
        int slot = slot(from);
        for (long index = from; index < nextIndex; index++) {
            if ((signatures[slot] & wanted) == wanted && lengths[slot] > 0) {
                return index;
            }
            if (++slot == capacity) {
                slot = 0;
            }
        }
        return nextIndex;
    }

    /** An event's bytes from offset 0, valid until the next call. */
    public DirectBuffer event(final long index) {
        final int slot = slot(index);
        final long position = positions[slot];
        final int length = lengths[slot];
        final int untilEnd = (int) Math.min(length, capacityBytes - position);
        if (untilEnd == length) {
            view.wrap(memory + position, length);
            return view;
        }
        if (straightened.capacity() < length) {
            straightened = new UnsafeBuffer(new byte[length]);
        }
        target.wrap(memory + position, untilEnd);
        straightened.putBytes(0, target, 0, untilEnd);
        target.wrap(memory, length - untilEnd);
        straightened.putBytes(untilEnd, target, 0, length - untilEnd);
        view.wrap(straightened, 0, length);
        return view;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            UnsafeApi.freeMemory(memory);
        }
    }

    private void copyIn(
            final DirectBuffer event, final int offset, final long position, final int length) {
        if (length > 0) {
            target.wrap(memory + position, length);
            target.putBytes(0, event, offset, length);
        }
    }

    private int slot(final long index) {
        return (int) Long.remainderUnsigned(index, capacity);
    }
}
