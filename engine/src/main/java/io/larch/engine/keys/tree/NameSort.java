package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;

/**
 * Puts records in order of their names' bytes. Names made in order are recognised at once; of
 * others, eight bytes behind what all share are compared first, and the rest only where those are
 * equal.
 *
 * <p>Knows records by their addresses, which must not change meanwhile. Not threadsafe.
 */
final class NameSort {
    /** As few are put in order by insertion. */
    private static final int RUN = 8;

    private final NodeRecords nodes;
    private final NodeFlyweight left = new NodeFlyweight();
    private final NodeFlyweight right = new NodeFlyweight();
    private long[] heads = new long[64];
    private long[] mergedHeads = new long[64];
    private long[] merged = new long[64];

    NameSort(final NodeRecords nodes) {
        this.nodes = nodes;
    }

    /** Sorts a part of an array of addresses. */
    void sort(final long[] records, final int from, final int to) {
        if (isSorted(records, from, to)) {
            return;
        }
        final int count = to - from;
        if (heads.length < count) {
            heads = new long[records.length];
            mergedHeads = new long[records.length];
            merged = new long[records.length];
        }
        final int shared = shared(records, from, to);
        for (int i = 0; i < count; i++) {
            heads[i] = head(records[from + i], shared);
        }
        for (int low = 0; low < count; low += RUN) {
            insert(records, from, low, Math.min(low + RUN, count));
        }
        for (int width = RUN; width < count; width *= 2) {
            for (int low = 0; low < count; low += 2 * width) {
                merge(
                        records,
                        from,
                        low,
                        Math.min(low + width, count),
                        Math.min(low + 2 * width, count));
            }
            System.arraycopy(merged, 0, records, from, count);
            final long[] old = heads;
            heads = mergedHeads;
            mergedHeads = old;
        }
    }

    private boolean isSorted(final long[] records, final int from, final int to) {
        for (int i = from + 1; i < to; i++) {
            if (compare(records[i - 1], records[i]) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Bytes that all names begin with. */
    private int shared(final long[] records, final int from, final int to) {
        nodes.view(records[from], left);
        int shared = left.nameLength();
        for (int i = from + 1; i < to && shared > 0; i++) {
            nodes.view(records[i], right);
            shared = mismatch(Math.min(shared, right.nameLength()));
        }
        return shared;
    }

    /** Of the names in view, up to a length: where they begin to differ, or that length. */
    private int mismatch(final int length) {
        final DirectBuffer one = left.payload();
        final DirectBuffer other = right.payload();
        int i = 0;
        while (i < length && one.getByte(i) == other.getByte(i)) {
            i++;
        }
        return i;
    }

    /** Eight bytes of a name, as a number that is greater for what is behind; 0 beyond its end. */
    private long head(final long record, final int from) {
        nodes.view(record, left);
        final DirectBuffer name = left.payload();
        final int count = Math.min(Long.BYTES, left.nameLength() - from);
        long head = 0;
        for (int i = 0; i < count; i++) {
            head = head << Byte.SIZE | name.getByte(from + i) & 0xFF;
        }
        // Order of signed numbers.
        return (count == 0 ? 0 : head << (Long.BYTES - count) * Byte.SIZE) ^ Long.MIN_VALUE;
    }

    private void insert(final long[] records, final int from, final int low, final int high) {
        for (int i = low + 1; i < high; i++) {
            final long head = heads[i];
            final long record = records[from + i];
            int at = i;
            while (at > low && isBehind(heads[at - 1], records[from + at - 1], head, record)) {
                heads[at] = heads[at - 1];
                records[from + at] = records[from + at - 1];
                at--;
            }
            heads[at] = head;
            records[from + at] = record;
        }
    }

    private void merge(
            final long[] records, final int from, final int low, final int middle, final int high) {
        int first = low;
        int second = middle;
        for (int i = low; i < high; i++) {
            final boolean takesSecond =
                    second < high
                            && (first == middle
                                    || isBehind(
                                            heads[first],
                                            records[from + first],
                                            heads[second],
                                            records[from + second]));
            final int taken = takesSecond ? second++ : first++;
            merged[i] = records[from + taken];
            mergedHeads[i] = heads[taken];
        }
    }

    private boolean isBehind(
            final long leftHead,
            final long leftRecord,
            final long rightHead,
            final long rightRecord) {
        return leftHead == rightHead ? compare(leftRecord, rightRecord) > 0 : leftHead > rightHead;
    }

    private int compare(final long leftRecord, final long rightRecord) {
        nodes.view(leftRecord, left);
        nodes.view(rightRecord, right);
        final int common = Math.min(left.nameLength(), right.nameLength());
        final int at = mismatch(common);
        return at == common
                ? left.nameLength() - right.nameLength()
                : Integer.compare(
                        left.payload().getByte(at) & 0xFF, right.payload().getByte(at) & 0xFF);
    }
}
