package io.larch.engine.keys.tree;

import io.larch.engine.memory.Slab;
import java.util.Arrays;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Node id to node record. Ids are dense, so a table by id tells where a record lies: in one of some
 * slabs, whose lengths are near enough to each other that little is wasted. A record stays in place
 * until it is replaced by one of another length, or removed.
 *
 * <p>An entry of the table is 4 bytes: the slab in the upper five bits, below them the slot there,
 * from 1 on; 0 where there is no node. Owned by the engine thread; all lies off the heap.
 */
final class NodeTable implements AutoCloseable {
    /** Longest record; what is larger keeps its payload outside. */
    static final int MAX_RECORD_LENGTH = 1024;

    private static final int SLAB_SHIFT = 27;
    private static final int SLOT_MASK = (1 << SLAB_SHIFT) - 1;

    /** Records of a slab's chunk: 40 to 128 KB. */
    private static final int SHORT_RECORDS_PER_CHUNK = 512;

    private static final int LONG_RECORDS_PER_CHUNK = 128;
    private static final int SHORT_RECORD = 256;

    private static final int PAGE_SHIFT = 14;
    private static final int PAGE_MASK = (1 << PAGE_SHIFT) - 1;
    private static final int PAGE_LENGTH = Integer.BYTES << PAGE_SHIFT;

    private static final int UNIT = 16;

    /** The slab for records of a length, in units, rounded up. */
    private static final byte[] SLABS = new byte[MAX_RECORD_LENGTH / UNIT + 1];

    private static final int[] LENGTHS = lengths();

    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[MAX_RECORD_LENGTH]);
    private final Slab[] slabs = new Slab[LENGTHS.length];
    private final LargePayloads payloads;

    /** Of the table's pages. */
    private long[] pages = new long[16];

    NodeTable(final LargePayloads payloads) {
        this.payloads = payloads;
        for (int i = 0; i < slabs.length; i++) {
            slabs[i] =
                    new Slab(
                            LENGTHS[i],
                            LENGTHS[i] <= SHORT_RECORD
                                    ? SHORT_RECORDS_PER_CHUNK
                                    : LONG_RECORDS_PER_CHUNK,
                            0,
                            null);
        }
    }

    /** Every 16 bytes up to 256, every 32 up to 512, every 64 up to the longest. */
    private static int[] lengths() {
        final int[] lengths = new int[SLABS.length];
        int count = 0;
        int length = (NodeFlyweight.HEADER_LENGTH + UNIT - 1) / UNIT * UNIT;
        int from = 0;
        while (length <= MAX_RECORD_LENGTH) {
            for (; from <= length / UNIT; from++) {
                SLABS[from] = (byte) count;
            }
            lengths[count++] = length;
            length +=
                    length < SHORT_RECORD ? UNIT : length < 2 * SHORT_RECORD ? 2 * UNIT : 4 * UNIT;
        }
        return Arrays.copyOf(lengths, count);
    }

    /** Points the view at a node. */
    boolean find(final int id, final NodeFlyweight node) {
        final int entry = entry(id);
        if (entry == 0) {
            return false;
        }
        final Slab slab = slabs[entry >>> SLAB_SHIFT];
        node.wrap(slab.address(entry & SLOT_MASK), slab.slotLength(), payloads);
        return true;
    }

    /** Points the view at a node that must be there. */
    void get(final int id, final NodeFlyweight node) {
        if (!find(id, node)) {
            throw new IllegalStateException("node " + id + " is linked but not there");
        }
    }

    /** Memory for a record to be put, {@link #MAX_RECORD_LENGTH} bytes. */
    UnsafeBuffer scratch() {
        return scratch;
    }

    /** Puts the first bytes of the scratch memory. */
    void put(final int id, final int length) {
        final int slab = SLABS[(length + UNIT - 1) / UNIT];
        final int old = entry(id);
        final int entry;
        if (old != 0 && old >>> SLAB_SHIFT == slab) {
            entry = old;
        } else {
            entry = slab << SLAB_SHIFT | slot(slab);
            free(old);
            entry(id, entry);
        }
        UnsafeApi.copyMemory(
                scratch.byteArray(),
                scratch.addressOffset(),
                null,
                slabs[slab].address(entry & SLOT_MASK),
                length);
    }

    void remove(final int id) {
        free(entry(id));
        entry(id, 0);
    }

    private int slot(final int slab) {
        final int slot = slabs[slab].allocate();
        if (slot > SLOT_MASK) {
            throw new IllegalStateException("too many nodes of " + LENGTHS[slab] + " bytes");
        }
        return slot;
    }

    private void free(final int entry) {
        if (entry != 0) {
            slabs[entry >>> SLAB_SHIFT].free(entry & SLOT_MASK);
        }
    }

    private int entry(final int id) {
        final int page = id >>> PAGE_SHIFT;
        return page >= pages.length || pages[page] == 0
                ? 0
                : UnsafeApi.getInt(pages[page] + (long) (id & PAGE_MASK) * Integer.BYTES);
    }

    private void entry(final int id, final int entry) {
        final int page = id >>> PAGE_SHIFT;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length * 2));
        }
        if (pages[page] == 0) {
            pages[page] = UnsafeApi.allocateMemory(PAGE_LENGTH);
            UnsafeApi.setMemory(pages[page], PAGE_LENGTH, (byte) 0);
        }
        UnsafeApi.putInt(pages[page] + (long) (id & PAGE_MASK) * Integer.BYTES, entry);
    }

    long allocatedBytes() {
        long bytes = 0;
        for (final long page : pages) {
            bytes += page == 0 ? 0 : PAGE_LENGTH;
        }
        for (final Slab slab : slabs) {
            bytes += slab.allocatedBytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (final Slab slab : slabs) {
            slab.close();
        }
        for (int i = 0; i < pages.length; i++) {
            if (pages[i] != 0) {
                UnsafeApi.freeMemory(pages[i]);
                pages[i] = 0;
            }
        }
    }
}
