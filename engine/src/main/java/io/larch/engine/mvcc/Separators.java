package io.larch.engine.mvcc;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keys that part the children of inner nodes: as short as they can be, each in memory of its own,
 * since nodes have no room for them.
 */
final class Separators {
    private static final int LENGTH_BYTES = Integer.BYTES;

    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private long allocatedBytes;

    /**
     * Makes one of the beginning of a key.
     *
     * @return its address.
     */
    long add(final UnsafeBuffer key, final int length) {
        final long address = UnsafeApi.allocateMemory(LENGTH_BYTES + length);
        UnsafeApi.putInt(address, length);
        bytes.wrap(address + LENGTH_BYTES, length);
        bytes.putBytes(0, key, 0, length);
        allocatedBytes += LENGTH_BYTES + length;
        return address;
    }

    /**
     * Points a buffer at one.
     *
     * @return the buffer.
     */
    UnsafeBuffer wrap(final long address, final UnsafeBuffer key) {
        key.wrap(address + LENGTH_BYTES, UnsafeApi.getInt(address));
        return key;
    }

    void free(final long address) {
        allocatedBytes -= LENGTH_BYTES + UnsafeApi.getInt(address);
        UnsafeApi.freeMemory(address);
    }

    long allocatedBytes() {
        return allocatedBytes;
    }
}
