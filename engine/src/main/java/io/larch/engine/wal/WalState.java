package io.larch.engine.wal;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** What the records of the stream add up to. Engine's thread. */
final class WalState {
    private final EntryIndex entries = new EntryIndex();
    private final ExpandableArrayBuffer meta = new ExpandableArrayBuffer();
    private int metaLength;
    private long clusterId;
    private long memberId;
    private long term;
    private long votedFor;
    private long commitIndex;

    EntryIndex entries() {
        return entries;
    }

    void hardState(final long term, final long votedFor, final long commitIndex) {
        this.term = term;
        this.votedFor = votedFor;
        this.commitIndex = commitIndex;
    }

    void meta(
            final long clusterId,
            final long memberId,
            final DirectBuffer bytes,
            final int offset,
            final int length) {
        this.clusterId = clusterId;
        this.memberId = memberId;
        meta.putBytes(0, bytes, offset, length);
        metaLength = length;
    }

    ExpandableArrayBuffer metaBytes() {
        return meta;
    }

    int metaLength() {
        return metaLength;
    }

    long clusterId() {
        return clusterId;
    }

    long memberId() {
        return memberId;
    }

    long term() {
        return term;
    }

    long votedFor() {
        return votedFor;
    }

    long commitIndex() {
        return commitIndex;
    }

    /**
     * Takes a record that was read back.
     *
     * @return what is wrong with it, or null.
     */
    String apply(final WalRecordFlyweight record) {
        final long index = record.index();
        switch (record.type()) {
            case WalRecordFlyweight.ENTRY:
                if (index != entries.lastIndex() + 1) {
                    return "entry " + index + " follows entry " + entries.lastIndex();
                }
                entries.add(record.term(), record.position());
                return null;
            case WalRecordFlyweight.HARD_STATE:
                if (record.bodyLength() != WalRecordFlyweight.HARD_STATE_BODY_LENGTH) {
                    return "hard state of " + record.bodyLength() + " bytes";
                }
                hardState(record.term(), record.votedFor(), index);
                return null;
            case WalRecordFlyweight.TRUNCATE:
                if (index < 1 || index > entries.lastIndex() + 1) {
                    return "truncation at " + index + " behind entry " + entries.lastIndex();
                }
                entries.truncateFrom(index, record.term());
                return null;
            case WalRecordFlyweight.COMPACT:
                if (index > entries.lastIndex()) {
                    return "compaction at " + index + " behind entry " + entries.lastIndex();
                }
                if (index > entries.baseIndex()) {
                    entries.compact(index);
                }
                return null;
            case WalRecordFlyweight.RESET:
                entries.reset(index, record.term());
                return null;
            case WalRecordFlyweight.META:
                meta(
                        record.term(),
                        index,
                        record.buffer(),
                        record.bodyOffset(),
                        record.bodyLength());
                return null;
            default:
                return "record of unknown type " + record.type();
        }
    }
}
