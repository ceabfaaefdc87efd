package io.larch.engine.store;

import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;

/**
 * Names and values too large for a map's record, each in a block of its own outside the heap. A
 * record keeps the block's slot number.
 */
final class LargePayloads implements AutoCloseable {
    private static final int INITIAL_SLOTS = 64;

    private final IntArrayList freeSlots = new IntArrayList();
    private long[] addresses = new long[INITIAL_SLOTS];
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
            }
            slot = slotCount++;
        } else {
            slot = freeSlots.popInt();
        }
        addresses[slot] = UnsafeApi.allocateMemory(length);
        return slot;
    }

    long address(final int slot) {
        return addresses[slot];
    }

    void free(final int slot) {
        UnsafeApi.freeMemory(addresses[slot]);
        addresses[slot] = 0;
        freeSlots.addInt(slot);
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
