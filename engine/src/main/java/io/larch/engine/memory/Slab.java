package io.larch.engine.memory;

import java.util.Arrays;
import java.util.BitSet;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Slots of one length off the heap, named by ids from 1, in chunks of memory that come as they are
 * needed and go when nothing is left in them. Gives out slots of the first chunk that has any. A
 * slot stays where it is until it is freed.
 *
 * <p>Not threadsafe.
 */
public final class Slab implements AutoCloseable {
    private static final int NONE = -1;

    private final int slotLength;
    private final int chunkShift;
    private final int slotMask;
    private final int linkOffset;
    private final UnsafeBuffer vacant;
    private final BitSet withRoom = new BitSet();

    /** Where slots are looked for: aligned to cache lines. Below, the memory that this is in. */
    private UnsafeBuffer[] chunks = new UnsafeBuffer[0];

    private long[] memory = new long[0];

    /** Of each chunk: slots in use, the first free one, and the first never used. */
    private int[] used = new int[0];

    private int[] free = new int[0];
    private int[] fresh = new int[0];

    /** No chunk before it has room. */
    private int lowest;

    private long slots;
    private long allocatedBytes;

    /**
     * @param linkOffset of 4 bytes in a slot that are the slab's while it is free; the rest of a
     *     free slot stays as it is.
     * @param blank what a slot that was never used begins with, repeated in every slot of a new
     *     chunk, or null; also what may be read where a chunk has gone.
     */
    public Slab(
            final int slotLength,
            final int slotsPerChunk,
            final int linkOffset,
            final UnsafeBuffer blank) {
        this.slotLength = slotLength;
        this.chunkShift = Integer.numberOfTrailingZeros(slotsPerChunk);
        this.slotMask = slotsPerChunk - 1;
        this.linkOffset = linkOffset;
        this.vacant = blank == null ? null : vacant(blank);
    }

    private UnsafeBuffer vacant(final UnsafeBuffer blank) {
        final UnsafeBuffer chunk =
                new UnsafeBuffer(UnsafeApi.allocateMemory(chunkLength()), chunkLength());
        for (int slot = 0; slot <= slotMask; slot++) {
            chunk.putBytes(slot * slotLength, blank, 0, slotLength);
        }
        return chunk;
    }

    private int chunkLength() {
        return slotLength * (slotMask + 1);
    }

    /** Slots in use. */
    public long slots() {
        return slots;
    }

    public long allocatedBytes() {
        return allocatedBytes + (vacant == null ? 0 : chunkLength());
    }

    /** The buffer that a slot lies in. */
    public UnsafeBuffer buffer(final int id) {
        return chunks[id >>> chunkShift];
    }

    /** Where a slot lies. */
    public long address(final int id) {
        return chunks[id >>> chunkShift].addressOffset() + (long) (id & slotMask) * slotLength;
    }

    /** How long each slot is, in bytes. */
    public int slotLength() {
        return slotLength;
    }

    /** Where in its buffer a slot begins. */
    public int offset(final int id) {
        return (id & slotMask) * slotLength;
    }

    /** Takes a slot, which holds what was in it; its id is from 1 on. */
    public int allocate() {
        int chunk = withRoom.nextSetBit(lowest);
        if (chunk < 0) {
            chunk = addChunk();
        }
        lowest = chunk;
        final int slot;
        if (free[chunk] != NONE) {
            slot = free[chunk];
            free[chunk] = chunks[chunk].getInt(slot * slotLength + linkOffset);
        } else {
            slot = fresh[chunk]++;
        }
        used[chunk]++;
        slots++;
        if (free[chunk] == NONE && fresh[chunk] > slotMask) {
            withRoom.clear(chunk);
        }
        return (chunk << chunkShift) + slot;
    }

    public void free(final int id) {
        final int chunk = id >>> chunkShift;
        final int slot = id & slotMask;
        chunks[chunk].putInt(slot * slotLength + linkOffset, free[chunk]);
        free[chunk] = slot;
        withRoom.set(chunk);
        lowest = Math.min(lowest, chunk);
        slots--;
        if (--used[chunk] == 0 && isRoomElsewhere(chunk)) {
            release(chunk);
        }
    }

    /** So that a slot that comes and goes does not take a chunk with it each time. */
    private boolean isRoomElsewhere(final int chunk) {
        final int first = withRoom.nextSetBit(lowest);
        return first != chunk || withRoom.nextSetBit(first + 1) >= 0;
    }

    private void release(final int chunk) {
        UnsafeApi.freeMemory(memory[chunk]);
        memory[chunk] = 0;
        allocatedBytes -= chunkLength();
        chunks[chunk] = vacant;
        withRoom.clear(chunk);
    }

    private int addChunk() {
        int chunk = 0;
        while (chunk < memory.length && memory[chunk] != 0) {
            chunk++;
        }
        if (chunk == memory.length) {
            grow();
        }
        memory[chunk] = UnsafeApi.allocateMemory(chunkLength() + BitUtil.CACHE_LINE_LENGTH);
        final long aligned = BitUtil.align(memory[chunk], (long) BitUtil.CACHE_LINE_LENGTH);
        chunks[chunk] = new UnsafeBuffer(aligned, chunkLength());
        if (vacant != null) {
            chunks[chunk].putBytes(0, vacant, 0, chunkLength());
        }
        allocatedBytes += chunkLength();
        used[chunk] = 0;
        free[chunk] = NONE;
        // There is no slot 0.
        fresh[chunk] = chunk == 0 ? 1 : 0;
        withRoom.set(chunk);
        return chunk;
    }

    private void grow() {
        final int length = Math.max(8, chunks.length * 2);
        if ((long) length << chunkShift > 1L << 31) {
            throw new IllegalStateException("too many slots: " + slots);
        }
        chunks = Arrays.copyOf(chunks, length);
        memory = Arrays.copyOf(memory, length);
        used = Arrays.copyOf(used, length);
        free = Arrays.copyOf(free, length);
        fresh = Arrays.copyOf(fresh, length);
    }

    @Override
    public void close() {
        for (final long each : memory) {
            if (each != 0) {
                UnsafeApi.freeMemory(each);
            }
        }
        Arrays.fill(memory, 0);
        Arrays.fill(chunks, null);
        withRoom.clear();
        allocatedBytes = 0;
        slots = 0;
        if (vacant != null) {
            UnsafeApi.freeMemory(vacant.addressOffset());
        }
    }
}
