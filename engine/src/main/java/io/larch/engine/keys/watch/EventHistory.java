package io.larch.engine.keys.watch;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The last events, one slot for each index, outside the heap. Bounded by count and by bytes; the
 * oldest go first. Depends on nothing but the events put in, so that every member keeps the same
 * window. Takes as much memory as the events that it holds, but for the rest of a block.
 *
 * <p>Indexes are store indexes: {@code oldestIndex() <= kept < nextIndex()}.
 */
public final class EventHistory implements AutoCloseable {
    private final int capacity;
    private final long capacityBytes;
    private final long[] addresses;
    private final int[] lengths;
    private final long[] signatures;
    private final EventBlocks blocks = new EventBlocks();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private long oldestIndex = 1;
    private long nextIndex = 1;
    private long usedBytes;
    private EvictionObserver evictionObserver = EvictionObserver.NONE;

    /** Is told of an event that is about to go. */
    public interface EvictionObserver {
        EvictionObserver NONE = index -> {};

        void beforeEviction(long index);
    }

    public EventHistory(final int capacity, final long capacityBytes) {
        this.capacity = capacity;
        this.capacityBytes = capacityBytes;
        addresses = new long[capacity];
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
            final int oldest = slot(oldestIndex);
            usedBytes -= lengths[oldest];
            blocks.free(addresses[oldest], lengths[oldest]);
            oldestIndex++;
        }
        if (length > capacityBytes) {
            oldestIndex = ++nextIndex;
            return;
        }
        // Before it counts: where there is no memory, nothing is freed twice.
        final long address = blocks.allocate(length);
        final int slot = slot(nextIndex++);
        addresses[slot] = address;
        lengths[slot] = length;
        signatures[slot] = KeySignature.ofEvent(event, offset, length);
        usedBytes += length;
        target.wrap(address, length);
        target.putBytes(0, event, offset, length);
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

    /** An event's bytes from offset 0, valid until the next call and until the event goes. */
    public DirectBuffer event(final long index) {
        final int slot = slot(index);
        view.wrap(addresses[slot], lengths[slot]);
        return view;
    }

    /** Bytes of memory that events are kept in, their own and what lies between them. */
    long allocatedBytes() {
        return blocks.allocatedBytes();
    }

    @Override
    public void close() {
        while (oldestIndex < nextIndex) {
            final int oldest = slot(oldestIndex++);
            blocks.free(addresses[oldest], lengths[oldest]);
        }
        blocks.close();
    }

    private int slot(final long index) {
        return (int) Long.remainderUnsigned(index, capacity);
    }
}
