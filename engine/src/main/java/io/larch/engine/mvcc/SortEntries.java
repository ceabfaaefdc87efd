package io.larch.engine.mvcc;

import org.agrona.UnsafeApi;

/**
 * Versions that are being put in order, 16 bytes each, off the heap; there may be more than a
 * buffer can hold. Indexes are not checked against {@link #reserve}.
 *
 * <pre>
 *   0      8
 *   +------+-----------------------------------------------
 *   | head | id, 31 bits | deletion, 1 bit | hash, 32 bits     of the latter as one number
 *   +------+-----------------------------------------------
 * </pre>
 */
final class SortEntries implements AutoCloseable {
    private static final int SHIFT = 4;
    private static final int VERSION_OFFSET = 8;
    private static final int ID_SHIFT = 33;
    private static final int DELETION_SHIFT = 32;
    private static final long HASH_MASK = 0xffffffffL;

    private static final long FIRST_CAPACITY = 1024;

    private long address;
    private long capacity;

    /** Makes room for so many, and for more, so that it is cheap to ask for one more each time. */
    void reserve(final long count) {
        if (count > capacity) {
            final long wanted =
                    Math.max(count, Math.max(FIRST_CAPACITY, capacity + (capacity >> 1)));
            address = UnsafeApi.reallocateMemory(address, wanted << SHIFT);
            capacity = wanted;
        }
    }

    void set(final long index, final int id, final boolean isDeletion, final int hash) {
        final long version =
                (long) id << ID_SHIFT | (isDeletion ? 1L : 0L) << DELETION_SHIFT | hash & HASH_MASK;
        UnsafeApi.putLong(address + (index << SHIFT) + VERSION_OFFSET, version);
    }

    /** What the entry is put in order by. */
    long head(final long index) {
        return UnsafeApi.getLong(address + (index << SHIFT));
    }

    void head(final long index, final long head) {
        UnsafeApi.putLong(address + (index << SHIFT), head);
    }

    int id(final long index) {
        return (int) (version(index) >>> ID_SHIFT);
    }

    boolean isDeletion(final long index) {
        return (version(index) >>> DELETION_SHIFT & 1) != 0;
    }

    /** Of the key. */
    int hash(final long index) {
        return (int) version(index);
    }

    private long version(final long index) {
        return UnsafeApi.getLong(address + (index << SHIFT) + VERSION_OFFSET);
    }

    /** Copies an entry of others. */
    void copy(final long index, final SortEntries from, final long fromIndex) {
        final long source = from.address + (fromIndex << SHIFT);
        final long target = address + (index << SHIFT);
        UnsafeApi.putLong(target, UnsafeApi.getLong(source));
        UnsafeApi.putLong(target + VERSION_OFFSET, UnsafeApi.getLong(source + VERSION_OFFSET));
    }

    /** Copies entries of others from the same places. */
    void copyAll(final SortEntries from, final long index, final long count) {
        final long offset = index << SHIFT;
        UnsafeApi.copyMemory(from.address + offset, address + offset, count << SHIFT);
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(address);
        address = 0;
        capacity = 0;
    }
}
