package io.larch.engine.keys.tree;

import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;

/**
 * Names and values too large for a map's record, each in a block of its own outside the heap. A
 * record keeps the block's slot number; the block lasts as long as a record that keeps it does, be
 * it the node's or one of {@link PastRecords}. Its bytes never change.
 */
final class LargePayloads implements AutoCloseable {
    private static final int INITIAL_SLOTS = 64;

    private final IntArrayList freeSlots = new IntArrayList();
    private long[] addresses = new long[INITIAL_SLOTS];
    private int[] holders = new int[INITIAL_SLOTS];
    private int slotCount;

    /**
     * Takes a block.
     *
     * @return its slot.
     */
    int allocate(final int length) {
        final int slot;
        if (freeSlots.isEmpty()) {
            if (slotCount == addresses.length) {
                addresses = java.util.Arrays.copyOf(addresses, slotCount * 2);
                holders = java.util.Arrays.copyOf(holders, slotCount * 2);
            }
            slot = slotCount++;
        } else {
            slot = freeSlots.popInt();
        }
        addresses[slot] = UnsafeApi.allocateMemory(length);
        holders[slot] = 1;
        return slot;
    }

    long address(final int slot) {
        return addresses[slot];
    }

    /** One more record keeps the block. */
    void retain(final int slot) {
        holders[slot]++;
    }

    /** A record keeps the block no more; the last one gives it back. */
    void free(final int slot) {
        if (--holders[slot] == 0) {
            UnsafeApi.freeMemory(addresses[slot]);
            addresses[slot] = 0;
            freeSlots.addInt(slot);
        }
    }

    @Override
    public void close() {
        for (int slot = 0; slot < slotCount; slot++) {
            if (addresses[slot] != 0) {
                UnsafeApi.freeMemory(addresses[slot]);
                addresses[slot] = 0;
            }
        }
    }
}
