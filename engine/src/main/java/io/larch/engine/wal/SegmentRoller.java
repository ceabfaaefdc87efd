package io.larch.engine.wal;

import static io.larch.engine.wal.WalRecordFlyweight.alignedLength;

import io.larch.engine.disk.NoRoomException;
import java.io.IOException;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The segment that is written, and the step to the next one. Each begins with all that is needed to
 * go on from it: identity, hard state, and index and term of the entry in front. Owned by the
 * engine's thread.
 */
final class SegmentRoller {
    private static final DirectBuffer EMPTY = new UnsafeBuffer(new byte[0]);
    private static final int MAX_RESERVE = 16 * 1024;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer segmentBody =
            new UnsafeBuffer(new byte[WalRecordFlyweight.SEGMENT_BODY_LENGTH]);
    private final UnsafeBuffer votedForBody =
            new UnsafeBuffer(new byte[WalRecordFlyweight.HARD_STATE_BODY_LENGTH]);
    private final SegmentPool pool;
    private final WalSyncer syncer;
    private final LiveSegments segments;
    private final RecordAppender appender;
    private final WalState state;
    private final EntryIndex entries;
    private final int segmentLength;
    private final boolean isMapped;
    private final String directory;
    private WalSegment current;

    /**
     * @param segmentLength of all but perhaps the first.
     * @param directory for messages.
     */
    SegmentRoller(
            final SegmentPool pool,
            final WalSyncer syncer,
            final LiveSegments segments,
            final RecordAppender appender,
            final WalState state,
            final int segmentLength,
            final boolean isMapped,
            final String directory) {
        this.pool = pool;
        this.syncer = syncer;
        this.segments = segments;
        this.appender = appender;
        this.state = state;
        this.segmentLength = segmentLength;
        this.isMapped = isMapped;
        this.directory = directory;
        entries = state.entries();
    }

    /** The log was recovered and goes on in a segment that is among the live ones. */
    void resume(final WalSegment segment, final long position, final int lastCrc) {
        current = segment;
        appender.resume(segment, position, lastCrc);
        syncer.start(segment, position);
    }

    /** Begins the first segment of a new log. */
    void beginFirst(final int length) throws IOException {
        begin(pool.create(length), 1);
    }

    WalSegment current() {
        return current;
    }

    /** Where in the current segment the next record goes. */
    int offset() {
        return current.offset(appender.position());
    }

    /**
     * What entries leave free at the end of the segment, so that on a full disk votes and
     * truncations can still be recorded for a while.
     */
    int reserve() {
        return Math.min(MAX_RESERVE, current.length() >> 3);
    }

    /** Whether more than its length shifted to the right by so much is written. */
    boolean isBeyond(final int shift) {
        return offset() > current.length() >> shift;
    }

    /** Whether the next segment is due and there is no room for it. */
    boolean isDiskFull() {
        return pool.failure() instanceof NoRoomException
                && isBeyond(current.length() < segmentLength ? 3 : 1);
    }

    /**
     * Goes on in a new segment. Nothing has changed if there is no room for one.
     *
     * @param recordLength of what has to fit behind its beginning.
     */
    void roll(final int recordLength) {
        final int reserve = Math.min(MAX_RESERVE, segmentLength >> 3);
        final SegmentPool.Spare spare;
        try {
            spare = pool.take(preambleLength() + recordLength + reserve);
        } catch (final NoRoomException e) {
            throw new DiskFullException(
                    "no room for the next segment of the write-ahead log in " + directory, e);
        } catch (final IOException e) {
            throw syncer.fail("could not prepare a segment", e);
        }
        appender.flush();
        try {
            begin(spare, current.sequence() + 1);
        } catch (final IOException e) {
            throw syncer.fail("could not begin a segment", e);
        }
    }

    private void begin(final SegmentPool.Spare spare, final long sequence) throws IOException {
        final long position = appender.position();
        final WalSegment segment =
                new WalSegment(
                        spare.name(),
                        sequence,
                        entries.lastIndex() + 1,
                        position,
                        spare.length(),
                        spare.file(),
                        isMapped);
        if (current == null) {
            syncer.start(segment, position);
        } else {
            current.endPosition(position);
            syncer.begin(segment);
        }
        segments.add(segment);
        current = segment;
        appender.segment(segment);
        putPreamble(segment);
    }

    private int preambleLength() {
        return alignedLength(WalRecordFlyweight.SEGMENT_BODY_LENGTH)
                + alignedLength(state.metaLength())
                + alignedLength(WalRecordFlyweight.HARD_STATE_BODY_LENGTH)
                + alignedLength(0);
    }

    private void putPreamble(final WalSegment segment) {
        putSegment(segment);
        if (state.clusterId() != 0 || state.memberId() != 0 || state.metaLength() != 0) {
            appender.put(
                    WalRecordFlyweight.META,
                    (byte) 0,
                    state.clusterId(),
                    state.memberId(),
                    state.metaBytes(),
                    0,
                    state.metaLength());
        }
        if (state.term() != 0 || state.commitIndex() != 0) {
            votedForBody.putLong(0, state.votedFor(), ORDER);
            appender.put(
                    WalRecordFlyweight.HARD_STATE,
                    (byte) 0,
                    state.term(),
                    state.commitIndex(),
                    votedForBody,
                    0,
                    WalRecordFlyweight.HARD_STATE_BODY_LENGTH);
        }
        if (entries.baseIndex() != 0) {
            appender.put(
                    WalRecordFlyweight.COMPACT,
                    (byte) 0,
                    entries.baseTerm(),
                    entries.baseIndex(),
                    EMPTY,
                    0,
                    0);
        }
    }

    private void putSegment(final WalSegment segment) {
        segmentBody.putLong(
                WalRecordFlyweight.SEGMENT_MAGIC_OFFSET, WalRecordFlyweight.MAGIC, ORDER);
        segmentBody.putInt(
                WalRecordFlyweight.SEGMENT_VERSION_OFFSET, WalRecordFlyweight.VERSION, ORDER);
        segmentBody.putInt(WalRecordFlyweight.SEGMENT_LENGTH_OFFSET, segment.length(), ORDER);
        segmentBody.putLong(WalRecordFlyweight.SEGMENT_SEQUENCE_OFFSET, segment.sequence(), ORDER);
        appender.put(
                WalRecordFlyweight.SEGMENT,
                (byte) 0,
                entries.term(entries.lastIndex()),
                segment.firstIndex(),
                segmentBody,
                0,
                WalRecordFlyweight.SEGMENT_BODY_LENGTH);
    }
}
