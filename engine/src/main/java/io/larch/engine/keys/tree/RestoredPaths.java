package io.larch.engine.keys.tree;

import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * The ids of the nodes that a snapshot brought, by their paths. A snapshot tells how many there
 * are, so they get a table of that size at once, which takes a tenth of the time that a map takes
 * that can grow. A path is compared with the records of the node and those above it, so no key is
 * kept; a node that was cut off is not found. New paths do not come here: the table only gets
 * emptier, and its memory goes with the last node. Hashes are what no client can choose ({@link
 * PathHash}), or else a run of slots could be as long as the table.
 *
 * <p>Open addressing with linear probing; a removal moves what stands behind it (Knuth, The Art of
 * Computer Programming, vol. 3, 6.4, algorithm R). A slot is 8 bytes, zeros when it is empty. Off
 * the heap; not threadsafe.
 *
 * <pre>
 *   0         4         8
 *   +---------+---------+
 *   | id      | hash    |
 *   +---------+---------+
 * </pre>
 */
final class RestoredPaths implements AutoCloseable {
    private static final int SLOT_SHIFT = 3;

    /** The most that a table whose slots are found by the upper bits of a hash can have. */
    private static final int MAX_BITS = 31;

    private final NodeRecords nodes;
    private final NodeFlyweight node = new NodeFlyweight();
    private long address;
    private long mask;
    private int homeShift;
    private long count;

    RestoredPaths(final NodeRecords nodes) {
        this.nodes = nodes;
    }

    /** Makes room for so many paths, of which none is there yet. */
    void open(final long paths) {
        close();
        final long slots = BitUtil.findNextPositivePowerOfTwo(Math.max(2, paths + paths / 2));
        homeShift = Integer.SIZE - Long.numberOfTrailingZeros(slots);
        if (homeShift < Integer.SIZE - MAX_BITS) {
            throw new IllegalStateException("too many paths: " + paths);
        }
        mask = slots - 1;
        address = UnsafeApi.allocateMemory(slots << SLOT_SHIFT);
        UnsafeApi.setMemory(address, slots << SLOT_SHIFT, (byte) 0);
    }

    /** How many there are. */
    long count() {
        return count;
    }

    /** Adds the hash of a path that is not there, of those that room was made for. */
    void add(final int hash, final int id) {
        long slot = home(hash);
        while (id(slot) != 0) {
            slot = slot + 1 & mask;
        }
        set(slot, id, hash);
        count++;
    }

    /**
     * @return the id of a node that is there and hangs together with the key's anchor; 0 if there
     *     is none here.
     */
    int get(final PathKey key, final int hash) {
        if (count == 0 || !key.isPath()) {
            return 0;
        }
        long slot = home(hash);
        while (true) {
            final int id = id(slot);
            if (id == 0) {
                return 0;
            }
            if (hash(slot) == hash && key.leadsTo(id, nodes, node)) {
                return id;
            }
            slot = slot + 1 & mask;
        }
    }

    /**
     * Removes a path by the node it led to, be it cut off by now.
     *
     * @return false if that is not here.
     */
    boolean remove(final int hash, final int id) {
        if (count == 0) {
            return false;
        }
        long slot = home(hash);
        while (id(slot) != id || hash(slot) != hash) {
            if (id(slot) == 0) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        vacate(slot);
        if (--count == 0) {
            close();
        }
        return true;
    }

    /** What stands behind a slot, up to an empty one, is to be found without a gap before it. */
    private void vacate(final long slot) {
        long gap = slot;
        long next = slot + 1 & mask;
        while (id(next) != 0) {
            final long fromHome = next - home(hash(next)) & mask;
            if (fromHome >= (next - gap & mask)) {
                set(gap, id(next), hash(next));
                gap = next;
            }
            next = next + 1 & mask;
        }
        set(gap, 0, 0);
    }

    private long home(final int hash) {
        return Integer.toUnsignedLong(hash) >>> homeShift;
    }

    private int id(final long slot) {
        return UnsafeApi.getInt(address + (slot << SLOT_SHIFT));
    }

    private int hash(final long slot) {
        return UnsafeApi.getInt(address + (slot << SLOT_SHIFT) + Integer.BYTES);
    }

    private void set(final long slot, final int id, final int hash) {
        UnsafeApi.putInt(address + (slot << SLOT_SHIFT), id);
        UnsafeApi.putInt(address + (slot << SLOT_SHIFT) + Integer.BYTES, hash);
    }

    @Override
    public void close() {
        if (address != 0) {
            UnsafeApi.freeMemory(address);
            address = 0;
        }
        count = 0;
    }
}
