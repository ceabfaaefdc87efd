package io.larch.engine.mvcc;

import io.larch.engine.memory.Slab;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What changes about versions while their records do not: where the record lies now, and which
 * version of the key came before. A slot of 32 bytes each, named by an id.
 *
 * <pre>
 *   0               8                                            16         20     24       28
 *   +---------------+--------------------------------------------+----------+------+--------+---
 *   | main revision | superseded 1 | depth 23 | place of record 40 | previous | jump | newest |
 *   +---------------+--------------------------------------------+----------+------+--------+---
 * </pre>
 *
 * A key's newest version has the same id all the time; what it replaces gets another one, which no
 * other slot knew until then. The jump leads to a version further back, so that the one of an old
 * revision is found in O(log n) steps (skew-binary jump pointers, Myers 1983); depth counts the
 * versions of a key.
 *
 * <p>Ids of versions that were freed are used again, and older ones are freed before newer ones of
 * the same key without a word to these. So an id that a version remembers is good only if its slot
 * has the same newest one and a revision that is not above the version's own: of the same key, only
 * what has come since can have taken the slot, be it the version itself.
 */
final class Versions implements AutoCloseable {
    static final int SLOT_LENGTH = 32;

    private static final int SLOTS_PER_CHUNK = 4096;
    private static final int REVISION_OFFSET = 0;
    private static final int PLACE_OFFSET = 8;
    private static final int PREVIOUS_OFFSET = 16;
    private static final int JUMP_OFFSET = 20;
    private static final int NEWEST_OFFSET = 24;
    private static final long FREE_REVISION = Long.MAX_VALUE;
    private static final long PLACE_MASK = (1L << RevisionLog.PLACE_BITS) - 1;
    private static final int DEPTH_MASK = (1 << Long.SIZE - 1 - RevisionLog.PLACE_BITS) - 1;
    private static final long SUPERSEDED = Long.MIN_VALUE;
    private static final long NOWHERE = PLACE_MASK;

    private final Slab slots = new Slab(SLOT_LENGTH, SLOTS_PER_CHUNK, PREVIOUS_OFFSET, blank());

    private static UnsafeBuffer blank() {
        final UnsafeBuffer blank = new UnsafeBuffer(new byte[SLOT_LENGTH]);
        blank.putLong(REVISION_OFFSET, FREE_REVISION);
        blank.putLong(PLACE_OFFSET, NOWHERE);
        return blank;
    }

    /** An id for the newest version of a new key, of which {@link #set} tells the rest. */
    int allocate() {
        return slots.allocate();
    }

    /**
     * Tells what a key's newest version is.
     *
     * @param previousId what the one before is named now, 0 for none.
     */
    void set(final int id, final long revision, final long place, final int previousId) {
        final UnsafeBuffer buffer = slots.buffer(id);
        final int offset = slots.offset(id);
        buffer.putLong(offset + REVISION_OFFSET, revision);
        buffer.putLong(offset + PLACE_OFFSET, place);
        link(id, previousId, id);
    }

    /**
     * Tells which version of its key is before one, and which is the newest. Those before it have
     * been told.
     *
     * @param previousId 0 for none.
     */
    void link(final int id, final int previousId, final int newestId) {
        int depth = 0;
        int jump = 0;
        if (previousId != 0) {
            final int first = jumpOrSelf(previousId);
            final int second = jumpOrSelf(first);
            final int depthOfPrevious = depth(previousId);
            final int depthOfFirst = depth(first);
            // Two jumps of the same length make one twice as long, and one more.
            final boolean isSameLength =
                    (depthOfPrevious - depthOfFirst & DEPTH_MASK)
                            == (depthOfFirst - depth(second) & DEPTH_MASK);
            jump = isSameLength ? second : previousId;
            depth = depthOfPrevious + 1 & DEPTH_MASK;
        }
        final UnsafeBuffer buffer = slots.buffer(id);
        final int offset = slots.offset(id);
        final long superseded = id == newestId ? 0 : SUPERSEDED;
        buffer.putLong(
                offset + PLACE_OFFSET,
                superseded | (long) depth << RevisionLog.PLACE_BITS | place(id));
        buffer.putInt(offset + PREVIOUS_OFFSET, previousId);
        buffer.putInt(offset + JUMP_OFFSET, jump);
        buffer.putInt(offset + NEWEST_OFFSET, newestId);
    }

    /**
     * Gives what a key's newest version is to another id, so that its own is free for the one that
     * replaces it.
     *
     * @return the other id.
     */
    int supersede(final int newestId) {
        final int id = slots.allocate();
        final UnsafeBuffer buffer = slots.buffer(id);
        final int offset = slots.offset(id);
        buffer.putBytes(offset, slots.buffer(newestId), slots.offset(newestId), SLOT_LENGTH);
        buffer.putLong(offset + PLACE_OFFSET, buffer.getLong(offset + PLACE_OFFSET) | SUPERSEDED);
        return id;
    }

    private int jumpOrSelf(final int id) {
        final int jump = slots.buffer(id).getInt(slots.offset(id) + JUMP_OFFSET);
        return isBefore(jump, id) ? jump : id;
    }

    /** Whether a version that another one remembers is still there. */
    private boolean isBefore(final int id, final int later) {
        return id != 0
                && id != later
                && newest(id) == newest(later)
                && revision(id) <= revision(later);
    }

    private int newest(final int id) {
        return slots.buffer(id).getInt(slots.offset(id) + NEWEST_OFFSET);
    }

    private int depth(final int id) {
        final long word = slots.buffer(id).getLong(slots.offset(id) + PLACE_OFFSET);
        return (int) (word >>> RevisionLog.PLACE_BITS) & DEPTH_MASK;
    }

    /**
     * What the slot of a version remembers as the one to jump to: to be read ahead only, since that
     * may be gone.
     */
    int remembered(final int id) {
        return slots.buffer(id).getInt(slots.offset(id) + JUMP_OFFSET);
    }

    /** The main revision that made it. */
    long revision(final int id) {
        return slots.buffer(id).getLong(slots.offset(id) + REVISION_OFFSET);
    }

    /** Where its record lies. */
    long place(final int id) {
        return slots.buffer(id).getLong(slots.offset(id) + PLACE_OFFSET) & PLACE_MASK;
    }

    /** Its record has been copied. */
    void move(final int id, final long place) {
        final UnsafeBuffer buffer = slots.buffer(id);
        final int offset = slots.offset(id) + PLACE_OFFSET;
        buffer.putLong(offset, buffer.getLong(offset) & ~PLACE_MASK | place);
    }

    /** Whether the key has a newer version. */
    boolean isSuperseded(final int id) {
        return slots.buffer(id).getLong(slots.offset(id) + PLACE_OFFSET) < 0;
    }

    /** Whether a record at a place is the one that the version is in. */
    boolean isAt(final int id, final long place) {
        return place(id) == place;
    }

    /** The version of the key before this one; 0 if there was none, or it has been freed. */
    int previous(final int id) {
        final int previous = slots.buffer(id).getInt(slots.offset(id) + PREVIOUS_OFFSET);
        return isBefore(previous, id) ? previous : 0;
    }

    /** The newest version up to a revision, of a key that a newer or the same one is of; or 0. */
    int at(final int newestId, final long revision) {
        int id = newestId;
        while (id != 0 && revision(id) > revision) {
            final int jump = slots.buffer(id).getInt(slots.offset(id) + JUMP_OFFSET);
            final boolean isGood = isBefore(jump, id) && revision(jump) > revision;
            id = isGood ? jump : previous(id);
        }
        return id;
    }

    void free(final int id) {
        final UnsafeBuffer buffer = slots.buffer(id);
        final int offset = slots.offset(id);
        buffer.putLong(offset + REVISION_OFFSET, FREE_REVISION);
        buffer.putLong(offset + PLACE_OFFSET, NOWHERE);
        buffer.putInt(offset + NEWEST_OFFSET, 0);
        slots.free(id);
    }

    /** How many there are. */
    long count() {
        return slots.slots();
    }

    long allocatedBytes() {
        return slots.allocatedBytes();
    }

    @Override
    public void close() {
        slots.close();
    }
}
