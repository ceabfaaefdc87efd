package io.larch.engine.mvcc;

/**
 * Gives back, in slices, the memory of segments of which little is alive: what is alive of
 * neighbours is copied to one new segment, which takes their place in the order, so that the log
 * stays in order. Looks only at segments all of whose changes are below what is swept, which nobody
 * replays any more.
 */
final class SegmentCleaner {
    /** Segments up to this part of the usual length are worth being put together. */
    private static final int SMALL = 4;

    /** As many small ones in a row are put together. */
    private static final int SMALL_ROW = 4;

    /** Bytes whose copying counts as one step. */
    private static final int BYTES_PER_STEP = 256;

    /** Bytes whose giving back counts as one step. */
    private static final int FREED_BYTES_PER_STEP = 8192;

    private final Revisions revisions;
    private final RevisionLog log;
    private final Versions versions;

    /** Where in the order the search goes on; -1 when there is nothing to do. */
    private int at = -1;

    /** Segments to be emptied, from the one at {@link #at} on, and where the first one is read. */
    private int rowLength;

    private int rowLiveBytes;
    private int offset;

    /** Where it is copied to; there once there is something in it. */
    private Segment target;

    SegmentCleaner(final Revisions revisions, final RevisionLog log, final Versions versions) {
        this.revisions = revisions;
        this.log = log;
        this.versions = versions;
    }

    /** There may be something to do. */
    void start() {
        at = 0;
    }

    boolean isActive() {
        return at >= 0;
    }

    /** Goes on for so many steps, or a few more. */
    void run(final int maxSteps) {
        int steps = maxSteps;
        while (steps > 0 && isActive()) {
            steps -= rowLength > 0 ? copy() : look();
        }
    }

    /** Looks at the next segment. */
    private int look() {
        if (!isOld(at)) {
            at = -1;
            return 1;
        }
        if (log.segment(at).liveBytes() == 0) {
            return remove(log.segment(at));
        }
        final int row = row();
        if (row == 0) {
            at++;
        } else {
            begin(row);
        }
        return 1;
    }

    private boolean isOld(final int index) {
        return index < log.segmentCount()
                && log.segment(index) != log.tail()
                && log.segment(index).lastRevision() < revisions.swept();
    }

    /** How many segments from here on are to be put together; 0 for none. */
    private int row() {
        int length = 0;
        int small = 0;
        long live = 0;
        boolean isSparse = false;
        while (isOld(at + length)) {
            final Segment segment = log.segment(at + length);
            live += segment.liveBytes();
            if (!isWorthwhile(segment) || live > log.segmentLength()) {
                break;
            }
            isSparse |= isSparse(segment);
            small += isSmall(segment) ? 1 : 0;
            length++;
        }
        return isSparse || small >= SMALL_ROW ? length : 0;
    }

    private boolean isWorthwhile(final Segment segment) {
        return isSparse(segment) || isSmall(segment);
    }

    private static boolean isSparse(final Segment segment) {
        return segment.liveBytes() < segment.capacity() / 2;
    }

    private boolean isSmall(final Segment segment) {
        return segment.capacity() <= log.segmentLength() / SMALL;
    }

    private void begin(final int row) {
        rowLiveBytes = 0;
        for (int i = 0; i < row; i++) {
            rowLiveBytes += log.segment(at + i).liveBytes();
        }
        rowLength = row;
        offset = 0;
        target = null;
    }

    /**
     * Copies a record if it is alive; gives a segment back behind its last.
     *
     * @return the steps that it counts as.
     */
    private int copy() {
        final Segment source = log.segment(at);
        if (offset == source.used()) {
            offset = 0;
            rowLength--;
            return remove(source);
        }
        final int length = RecordLayout.recordLength(source.buffer(), offset);
        final int id = RecordLayout.versionId(source.buffer(), offset);
        final boolean isAlive = versions.isAt(id, RevisionLog.place(source, offset));
        if (isAlive) {
            if (target == null) {
                target = log.addSegment(at, rowLiveBytes);
                at++;
            }
            versions.move(id, log.move(source, offset, target));
        }
        offset += length;
        return isAlive ? 1 + length / BYTES_PER_STEP : 1;
    }

    private int remove(final Segment segment) {
        final int steps = 1 + segment.capacity() / FREED_BYTES_PER_STEP;
        log.remove(segment);
        return steps;
    }
}
