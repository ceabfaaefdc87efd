package io.larch.engine.mvcc;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All records in order of revisions, in segments that are only appended to; see {@link
 * RecordLayout}. A record is named by its place: which segment, and where in it.
 *
 * <p>Compaction frees segments of which nothing is alive and replaces those of which little is by
 * new ones at the same point of the order.
 */
final class RevisionLog implements AutoCloseable {
    /** Length of a segment; one record that is longer has a segment of its own. */
    static final int SEGMENT_LENGTH = 8 * 1024 * 1024;

    private static final int OFFSET_BITS = 21;
    private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;

    /** Bits that a place may take. */
    static final int PLACE_BITS = 40;

    private static final int MAX_SEGMENTS = 1 << PLACE_BITS - OFFSET_BITS;

    private final SegmentMemory memory;
    private final int segmentLength;

    /** By slot, with gaps, and in order. */
    private Segment[] bySlot = new Segment[8];

    private Segment[] ordered = new Segment[8];
    private int count;
    private Segment tail;
    private long liveBytes;
    private long allocatedBytes;
    private int layout;
    private long markedRevision = Long.MIN_VALUE;
    private long mark;

    RevisionLog(final SegmentMemory memory, final int segmentLength) {
        this.memory = memory;
        this.segmentLength = segmentLength;
    }

    /** Appends a put. */
    long append(
            final long revision,
            final int sub,
            final int versionId,
            final DirectBuffer key,
            final long createRevision,
            final long version,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long lease) {
        final int keyLength = key.capacity();
        final int length =
                KeyValueBytes.length(
                        keyLength, createRevision, revision, version, valueLength, lease);
        final int offset = begin(length, versionId, RecordLayout.change(sub, false));
        KeyValueBytes.put(
                tail.buffer(),
                RecordLayout.bodyOffset(offset),
                key,
                createRevision,
                revision,
                version,
                value,
                valueOffset,
                valueLength,
                lease);
        return end(tail, offset, revision);
    }

    /** Appends a deletion. */
    long appendTombstone(
            final long revision, final int sub, final int versionId, final DirectBuffer key) {
        final int keyLength = key.capacity();
        final int length = KeyValueBytes.length(keyLength, 0, revision, 0, 0, 0);
        final int offset = begin(length, versionId, RecordLayout.change(sub, true));
        KeyValueBytes.putTombstone(tail.buffer(), RecordLayout.bodyOffset(offset), key, revision);
        return end(tail, offset, revision);
    }

    /**
     * Makes room at the end for a record whose body the caller fills, then {@link #appended}.
     *
     * @return where in {@link #tail} it begins.
     */
    int begin(final int bodyLength, final int versionId, final int change) {
        final long length = RecordLayout.length(bodyLength);
        if (tail == null || !tail.hasRoom(length)) {
            tail = addSegment(count, (int) Math.max(segmentLength, length));
        }
        final int offset = tail.used();
        RecordLayout.putHeader(tail.buffer(), offset, bodyLength, versionId, change);
        return offset;
    }

    /**
     * Waits, if {@link #begin} would make a segment for such a record, until its memory is at hand.
     */
    void awaitRoom(final int bodyLength) {
        final long length = RecordLayout.length(bodyLength);
        if (tail == null || !tail.hasRoom(length)) {
            memory.await((int) Math.max(segmentLength, length));
        }
    }

    /** The segment that grows. */
    Segment tail() {
        return tail;
    }

    /**
     * The record begun last is whole.
     *
     * @return its place.
     */
    long appended(final long revision) {
        return end(tail, tail.used(), revision);
    }

    private long end(final Segment segment, final int offset, final long revision) {
        final int length = RecordLayout.recordLength(segment.buffer(), offset);
        segment.appended(length, revision);
        liveBytes += length;
        final long place = place(segment, offset);
        if (revision != markedRevision) {
            markedRevision = revision;
            mark = place;
        }
        return place;
    }

    /** Of the newest record. */
    long markedRevision() {
        return markedRevision;
    }

    /** The place of the first record of the {@link #markedRevision}. */
    long mark() {
        return mark;
    }

    static long place(final Segment segment, final int offset) {
        return (long) segment.slot() << OFFSET_BITS | offset / RecordLayout.ALIGNMENT;
    }

    /** The segment that a place is in. */
    Segment segmentOf(final long place) {
        return bySlot[(int) (place >>> OFFSET_BITS)];
    }

    /** The buffer that a record lies in. */
    UnsafeBuffer buffer(final long place) {
        return bySlot[(int) (place >>> OFFSET_BITS)].buffer();
    }

    /** Where in its buffer a record begins. */
    static int offset(final long place) {
        return ((int) place & OFFSET_MASK) * RecordLayout.ALIGNMENT;
    }

    /** The record is dead: nobody will ask for it any more. */
    void free(final long place) {
        final Segment segment = segmentOf(place);
        final int length = RecordLayout.recordLength(segment.buffer(), offset(place));
        segment.died(length);
        liveBytes -= length;
    }

    /** Bytes of all records that are alive. */
    long liveBytes() {
        return liveBytes;
    }

    long allocatedBytes() {
        return allocatedBytes;
    }

    int segmentLength() {
        return segmentLength;
    }

    /** How many segments there are. */
    int segmentCount() {
        return count;
    }

    /** A segment by its place in the order of revisions. */
    Segment segment(final int index) {
        return ordered[index];
    }

    /** Changes whenever records have moved or segments have gone: old positions are void then. */
    int layout() {
        return layout;
    }

    /**
     * The last segment that begins at or before a point in time, or the first; null without any.
     */
    Segment seek(final long revision, final int sub) {
        int low = 0;
        int high = count - 1;
        int found = 0;
        while (low <= high) {
            final int middle = low + high >>> 1;
            if (ordered[middle].beginsAfter(revision, sub)) {
                high = middle - 1;
            } else {
                found = middle;
                low = middle + 1;
            }
        }
        return count == 0 ? null : ordered[found];
    }

    /** Copies a record to the end of another segment; its old place is void. */
    long move(final Segment from, final int offset, final Segment to) {
        final int length = RecordLayout.recordLength(from.buffer(), offset);
        final int target = to.used();
        to.buffer().putBytes(target, from.buffer(), offset, length);
        to.appended(length, RecordLayout.revision(from.buffer(), offset));
        from.died(length);
        changeLayout(from);
        return place(to, target);
    }

    /** Gives a segment's memory back, in which nothing is alive. */
    void remove(final Segment segment) {
        System.arraycopy(
                ordered,
                segment.index() + 1,
                ordered,
                segment.index(),
                count - segment.index() - 1);
        ordered[--count] = null;
        renumber(segment.index());
        bySlot[segment.slot()] = null;
        allocatedBytes -= segment.capacity();
        segment.freed();
        memory.free(segment.buffer());
        if (segment == tail) {
            tail = null;
        }
        changeLayout(segment);
    }

    private void changeLayout(final Segment segment) {
        layout++;
        if (mark >>> OFFSET_BITS == segment.slot()) {
            markedRevision = Long.MIN_VALUE;
        }
    }

    /** Makes a segment at a point of the order. */
    Segment addSegment(final int index, final int length) {
        final Segment segment = new Segment(memory.allocate(length), freeSlot());
        bySlot[segment.slot()] = segment;
        if (count == ordered.length) {
            ordered = Arrays.copyOf(ordered, count * 2);
        }
        System.arraycopy(ordered, index, ordered, index + 1, count - index);
        ordered[index] = segment;
        count++;
        renumber(index);
        allocatedBytes += length;
        return segment;
    }

    private void renumber(final int from) {
        for (int i = from; i < count; i++) {
            ordered[i].index(i);
        }
    }

    private int freeSlot() {
        int slot = 0;
        while (slot < bySlot.length && bySlot[slot] != null) {
            slot++;
        }
        if (slot == MAX_SEGMENTS) {
            throw new IllegalStateException("too many segments: " + count);
        }
        if (slot == bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, slot * 2);
        }
        return slot;
    }

    @Override
    public void close() {
        while (count > 0) {
            remove(ordered[count - 1]);
        }
    }
}
