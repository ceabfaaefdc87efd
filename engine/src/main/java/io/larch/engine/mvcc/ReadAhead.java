package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;

/**
 * Reads what changes of neighbouring keys will need of memory that is cold: slots and records of
 * many at once, so that the ways to them overlap, where one by one each would wait for the last.
 * That is most of the time that a deletion of many keys takes.
 */
final class ReadAhead {
    private final Versions versions;
    private final RevisionLog log;
    private final int[] ids = new int[LeafNodes.CAPACITY];
    private final long[] places = new long[LeafNodes.CAPACITY];

    /** Of what was read, so that no compiler leaves out the reading. */
    private int seen;

    ReadAhead(final Versions versions, final RevisionLog log) {
        this.versions = versions;
        this.log = log;
    }

    /** Reads the newest versions of the live keys at some places of a leaf. */
    void read(final LeafNodes leaves, final int leaf, final int from, final int to) {
        int count = 0;
        for (int position = from; position < to; position++) {
            final int entry = leaves.entry(leaf, position);
            if (LeafNodes.isLive(entry)) {
                ids[count] = entry;
                places[count++] = versions.place(entry);
            }
        }
        readRecords(count);
        readJumps(count);
    }

    /** A record may reach into other lines of the cache than it begins in. */
    private void readRecords(final int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            final DirectBuffer buffer = log.buffer(places[i]);
            sum += RecordLayout.bodyLength(buffer, RevisionLog.offset(places[i]));
        }
        for (int i = 0; i < count; i++) {
            final DirectBuffer buffer = log.buffer(places[i]);
            final int offset = RevisionLog.offset(places[i]);
            sum += buffer.getByte(offset + RecordLayout.recordLength(buffer, offset) - 1);
        }
        seen += sum;
    }

    /** A version that is added behind looks at where those before it lead, and these. */
    private void readJumps(final int count) {
        int known = 0;
        for (int i = 0; i < count; i++) {
            final int jump = versions.remembered(ids[i]);
            if (jump != 0) {
                ids[known++] = jump;
            }
        }
        for (int i = 0; i < known; i++) {
            ids[i] = versions.remembered(ids[i]);
        }
        int sum = 0;
        for (int i = 0; i < known; i++) {
            sum += versions.remembered(ids[i]);
        }
        seen += sum;
    }

    /** Reads keys from one on. */
    void read(final byte[][] keys, final int from, final int count) {
        final int to = Math.min(keys.length, from + count);
        for (int i = from; i < to; i++) {
            seen += keys[i].length;
        }
    }
}
