package io.larch.engine.keys.watch;

import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * Memory outside the heap for what is freed in the order in which it was allocated. Lies in blocks,
 * which are used again from the first on, so that what comes and goes stays in few pages; what is
 * long has memory of its own. Called on one thread.
 */
final class EventBlocks implements AutoCloseable {
    static final int BLOCK_LENGTH = 256 * 1024;

    /** What is longer has memory of its own: no block loses more than this at its end. */
    static final int LONGEST_SHARED = BLOCK_LENGTH / 8;

    /** Blocks in use, the oldest first, as a ring; its length is a power of two. */
    private long[] blocks = new long[8];

    /** How much of each lives. */
    private int[] live = new int[8];

    private int first;
    private int count;
    private int end = BLOCK_LENGTH;
    private long spare;
    private long longBytes;

    /**
     * Memory of a length in bytes, from 0; holds what was in it.
     *
     * @return its address, 0 if the length is 0.
     */
    long allocate(final int length) {
        if (length == 0) {
            return 0;
        }
        if (length > LONGEST_SHARED) {
            final long address = UnsafeApi.allocateMemory(length);
            longBytes += length;
            return address;
        }
        if (count == 0 || end + length > BLOCK_LENGTH) {
            add();
        }
        final int last = first + count - 1 & blocks.length - 1;
        final long address = blocks[last] + end;
        end += length;
        live[last]++;
        return address;
    }

    /** Frees the oldest that is not freed yet among those that share blocks, or a long one. */
    void free(final long address, final int length) {
        if (length > LONGEST_SHARED) {
            UnsafeApi.freeMemory(address);
            longBytes -= length;
        } else if (length > 0 && --live[first] == 0) {
            release();
        }
    }

    long allocatedBytes() {
        return longBytes + (long) BLOCK_LENGTH * (count + (spare == 0 ? 0 : 1));
    }

    private void add() {
        if (count == blocks.length) {
            grow();
        }
        final int last = first + count & blocks.length - 1;
        blocks[last] = spare == 0 ? UnsafeApi.allocateMemory(BLOCK_LENGTH) : spare;
        live[last] = 0;
        spare = 0;
        end = 0;
        count++;
    }

    private void grow() {
        final int length = blocks.length;
        final long[] ordered = Arrays.copyOf(blocks, length * 2);
        final int[] counts = Arrays.copyOf(live, length * 2);
        for (int i = 0; i < length; i++) {
            ordered[i] = blocks[first + i & length - 1];
            counts[i] = live[first + i & length - 1];
        }
        blocks = ordered;
        live = counts;
        first = 0;
    }

    private void release() {
        if (spare == 0) {
            spare = blocks[first];
        } else {
            UnsafeApi.freeMemory(blocks[first]);
        }
        first = first + 1 & blocks.length - 1;
        count--;
    }

    /** Gives everything back but what is long and was not freed. */
    @Override
    public void close() {
        while (count > 0) {
            release();
        }
        if (spare != 0) {
            UnsafeApi.freeMemory(spare);
            spare = 0;
        }
    }
}
