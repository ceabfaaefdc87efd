package io.larch.engine.mvcc;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts versions in order of their keys, and those of one key in the order in which they came.
 *
 * <p>By 7 bytes of the keys at a time, beginning behind what all share; what is equal in these is
 * put in order by the next ones. So a key is read a few times, mostly in the order in which they
 * lie in the log, and not for each comparison: reading one is a walk through memory that is cold.
 * Merges, so that no choice of keys makes it slow; and after some rounds the rest is compared as a
 * whole, so that none makes it run out of stack.
 */
final class KeySort implements AutoCloseable {
    /** In place of how many bytes heads leave out, where there are none. */
    static final int NO_HEADS = -1;

    private static final int HEAD_BYTES = 7;
    private static final int MAX_ROUNDS = 32;

    /** As few are put in order by insertion. */
    private static final int RUN = 12;

    private final VersionKeys keys;
    private final SortEntries entries;
    private final SortEntries other;
    private final UnsafeBuffer one = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer two = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer firstKey = new UnsafeBuffer(0, 0);
    private long added;
    private long told;

    /** Bytes that all keys share. */
    private int shared;

    private boolean isByWholeKeys;

    /** Receives keys in order. */
    @FunctionalInterface
    interface KeyConsumer {
        /**
         * @param from the entry of its oldest version.
         * @param to behind that of its newest.
         * @param skip how many bytes of the key come before those in the entries' heads, or {@link
         *     #NO_HEADS}.
         */
        void onKey(SortEntries entries, long from, long to, int skip);
    }

    /** Receives the newest versions of keys. */
    @FunctionalInterface
    interface NewestConsumer {
        void onNewest(int id, int hash);
    }

    KeySort(final VersionKeys keys) {
        this.keys = keys;
        entries = new SortEntries();
        other = new SortEntries();
    }

    /**
     * Adds the next version.
     *
     * @param key its key, as long as the call takes.
     */
    void add(final int id, final boolean isDeletion, final DirectBuffer key) {
        if (added == 0) {
            firstKey.wrap(new byte[key.capacity()]);
            firstKey.putBytes(0, key, 0, key.capacity());
            shared = key.capacity();
        } else if (shared > 0) {
            shared = Math.min(shared, KeyBytes.commonPrefix(key, firstKey));
        }
        entries.reserve(added + 1);
        entries.set(added++, id, isDeletion, KeyTable.hash(key));
    }

    /** How many keys were told. */
    long keyCount() {
        return told;
    }

    /** Once all keys are told, tells the newest version of each again. */
    void forEachNewest(final NewestConsumer consumer) {
        for (long i = 0; i < told; i++) {
            consumer.onNewest(entries.id(i), entries.hash(i));
        }
    }

    private void tell(final long from, final long to, final int skip, final KeyConsumer consumer) {
        consumer.onKey(entries, from, to, skip);
        // In front lie those that were told.
        entries.copy(told++, entries, to - 1);
    }

    /** Tells all keys. */
    void run(final KeyConsumer consumer) {
        if (added > 0) {
            other.reserve(added);
            order(0, added, shared, 0, consumer);
        }
    }

    /** Puts in order, and tells, versions whose keys share the bytes that are skipped. */
    private void order(
            final long from,
            final long to,
            final int skip,
            final int round,
            final KeyConsumer consumer) {
        isByWholeKeys = round == MAX_ROUNDS;
        for (long i = from; i < to; i++) {
            entries.head(i, isByWholeKeys ? 0 : head(key(i, one), skip));
        }
        sort(from, to);
        long start = from;
        while (start < to) {
            final long end = endOfEqual(start, to);
            if (isOneKey(start, end)) {
                tell(start, end, isByWholeKeys ? NO_HEADS : skip, consumer);
            } else {
                final int known = skip + HEAD_BYTES;
                order(start, end, skip(start, end, known), round + 1, consumer);
                isByWholeKeys = false;
            }
            start = end;
        }
    }

    private UnsafeBuffer key(final long index, final UnsafeBuffer target) {
        return keys.wrap(entries.id(index), target);
    }

    /** How many bytes they share. */
    private int skip(final long from, final long to, final int atLeast) {
        key(from, two);
        int same = two.capacity();
        for (long i = from + 1; i < to && same > atLeast; i++) {
            same = Math.min(same, KeyBytes.commonPrefix(key(i, one), two));
        }
        return same;
    }

    /**
     * 7 bytes of a key, filled up with zeros, and how many are left of it, as far as that tells
     * whether it goes on behind these. If two are equal and neither does, the keys are.
     */
    private static long head(final DirectBuffer key, final int skip) {
        final int left = key.capacity() - skip;
        final long bytes =
                left > HEAD_BYTES
                        ? key.getLong(skip, ByteOrder.BIG_ENDIAN) & -1L << Byte.SIZE
                        : KeyBytes.head(key, skip) ^ Long.MIN_VALUE;
        return (bytes | Math.min(left, HEAD_BYTES + 1)) ^ Long.MIN_VALUE;
    }

    /**
     * The head of a key as {@link KeyBytes#head} tells it when one byte less is skipped.
     *
     * @param before the byte in front of it.
     */
    static long wideHead(final long head, final byte before) {
        final long bytes = (head ^ Long.MIN_VALUE) >>> Byte.SIZE;
        return (bytes | (long) before << Byte.SIZE * HEAD_BYTES) ^ Long.MIN_VALUE;
    }

    private long endOfEqual(final long start, final long to) {
        long end = start + 1;
        while (end < to && !isLess(entries, start, entries, end)) {
            end++;
        }
        return end;
    }

    private boolean isOneKey(final long start, final long end) {
        return end - start == 1 || isByWholeKeys || (byte) entries.head(start) <= HEAD_BYTES;
    }

    private boolean isLess(
            final SortEntries left,
            final long leftIndex,
            final SortEntries right,
            final long rightIndex) {
        final long leftHead = left.head(leftIndex);
        final long rightHead = right.head(rightIndex);
        return leftHead != rightHead
                ? leftHead < rightHead
                : isByWholeKeys && isKeyLess(left.id(leftIndex), right.id(rightIndex));
    }

    private boolean isKeyLess(final int left, final int right) {
        return KeyBytes.compare(keys.wrap(left, one), keys.wrap(right, two)) < 0;
    }

    /** Merge sort, from short runs up: equal ones stay in their order. */
    private void sort(final long from, final long to) {
        for (long start = from; start < to; start += RUN) {
            insert(start, Math.min(to, start + RUN));
        }
        SortEntries source = entries;
        SortEntries target = other;
        for (long width = RUN; width < to - from; width *= 2) {
            for (long left = from; left < to; left += 2 * width) {
                final long middle = Math.min(to, left + width);
                merge(source, target, left, middle, Math.min(to, middle + width));
            }
            final SortEntries merged = target;
            target = source;
            source = merged;
        }
        if (source != entries) {
            entries.copyAll(source, from, to - from);
        }
    }

    private void insert(final long from, final long to) {
        for (long i = from + 1; i < to; i++) {
            if (!isLess(entries, i, entries, i - 1)) {
                continue;
            }
            other.copy(i, entries, i);
            long gap = i;
            while (gap > from && isLess(other, i, entries, gap - 1)) {
                entries.copy(gap, entries, gap - 1);
                gap--;
            }
            entries.copy(gap, other, i);
        }
    }

    private void merge(
            final SortEntries source,
            final SortEntries target,
            final long from,
            final long middle,
            final long to) {
        if (middle == to || !isLess(source, middle, source, middle - 1)) {
            target.copyAll(source, from, to - from);
            return;
        }
        long left = from;
        long right = middle;
        for (long i = from; i < to; i++) {
            final boolean isRight =
                    right < to && (left == middle || isLess(source, right, source, left));
            target.copy(i, source, isRight ? right++ : left++);
        }
    }

    @Override
    public void close() {
        entries.close();
        other.close();
    }
}
