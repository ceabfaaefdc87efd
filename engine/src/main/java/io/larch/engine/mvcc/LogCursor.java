package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Walks over the records of the log in order, dead ones too. Finds its place again when compaction
 * has moved records.
 */
final class LogCursor {
    private final RevisionLog log;
    private Segment segment;
    private int offset;
    private int layout;

    /** What comes next is not before this. */
    private long revision;

    private int sub;

    LogCursor(final RevisionLog log) {
        this.log = log;
    }

    /** Goes to the first record that is not before a point in time. */
    void seek(final long toRevision, final int toSub) {
        revision = toRevision;
        sub = toSub;
        layout = log.layout();
        if (toSub == 0 && toRevision == log.markedRevision()) {
            segment = log.segmentOf(log.mark());
            offset = RevisionLog.offset(log.mark());
            return;
        }
        segment = log.seek(toRevision, toSub);
        if (segment == null) {
            return;
        }
        offset = segment.near(toRevision, toSub);
        while (isInSegment() && isBefore()) {
            skip();
        }
    }

    private boolean isBefore() {
        final long at = RecordLayout.revision(segment.buffer(), offset);
        return at < revision || at == revision && RecordLayout.sub(segment.buffer(), offset) < sub;
    }

    private boolean isInSegment() {
        return offset < segment.used();
    }

    private void skip() {
        offset += RecordLayout.recordLength(segment.buffer(), offset);
    }

    /** Whether there is a record; it may come later, if there is none now. */
    boolean isAtRecord() {
        if (segment == null || layout != log.layout()) {
            seek(revision, sub);
            if (segment == null) {
                return false;
            }
        }
        if (!isInSegment() && segment.index() + 1 < log.segmentCount()) {
            segment = log.segment(segment.index() + 1);
            offset = 0;
        }
        return isInSegment();
    }

    /** Goes on behind the record that it is at. */
    void advance() {
        revision = revision();
        sub = sub() + 1;
        skip();
    }

    UnsafeBuffer buffer() {
        return segment.buffer();
    }

    /** Where in the buffer the record begins. */
    int offset() {
        return offset;
    }

    /** The record's place. */
    long place() {
        return RevisionLog.place(segment, offset);
    }

    long revision() {
        return RecordLayout.revision(segment.buffer(), offset);
    }

    int sub() {
        return RecordLayout.sub(segment.buffer(), offset);
    }

    boolean isTombstone() {
        return RecordLayout.isTombstone(segment.buffer(), offset);
    }

    int versionId() {
        return RecordLayout.versionId(segment.buffer(), offset);
    }
}
