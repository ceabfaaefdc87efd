package io.larch.engine.kv;

import io.larch.engine.mvcc.KeyVersion;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Versions of keys to be sorted by something else than their keys: copies, since the store does not
 * keep them where they are for long. Those that are equal stay in the order in which they came.
 */
final class SortedVersions {
    /** Beyond these and the limit, the rest of what came is thrown away now and then. */
    private static final int SLACK = 1024;

    private static final int INITIAL_CAPACITY = 64;

    private final SlicedSort sort = new SlicedSort(this::compare);
    private final int target;
    private final boolean isDescending;
    private final boolean isKeysOnly;

    /** The first of these in the end, if there are as many; 0: all. */
    private final long limit;

    private ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(INITIAL_CAPACITY);
    private int end;
    private int[] offsets = new int[INITIAL_CAPACITY];
    private int[] lengths = new int[INITIAL_CAPACITY];
    private int[] valueLengths = new int[INITIAL_CAPACITY];
    private long[] numbers = new long[INITIAL_CAPACITY];
    private int count;
    private long added;

    SortedVersions(final RangeRequest request) {
        target = request.target;
        isDescending = request.isDescending();
        isKeysOnly = request.isKeysOnly;
        limit = request.limit;
    }

    /** Copies a version. Returns false when there is no room for as much. */
    boolean add(final KeyVersion version) {
        final boolean hasValue = target == RangeRequest.BY_VALUE;
        final int length =
                KeyValues.length(KeyValues.RANGE_KVS, version, isKeysOnly)
                        + (hasValue ? version.valueLength() : 0);
        if (end > Integer.MAX_VALUE / 2 - length) {
            return false;
        }
        if (limit > 0 && limit <= SLACK && count >= 2 * limit + SLACK) {
            prune();
        }
        if (count == offsets.length) {
            grow();
        }
        offsets[count] = end;
        end = KeyValues.put(bytes, end, KeyValues.RANGE_KVS, version, isKeysOnly);
        lengths[count] = end - offsets[count];
        if (hasValue) {
            valueLengths[count] = version.valueLength();
            bytes.putBytes(end, version.buffer(), version.valueOffset(), valueLengths[count]);
            end += valueLengths[count];
        }
        numbers[count++] =
                switch (target) {
                    case RangeRequest.BY_VERSION -> version.version();
                    case RangeRequest.BY_CREATE -> version.createRevision();
                    case RangeRequest.BY_MOD -> version.modRevision();
                    default -> 0;
                };
        added++;
        return true;
    }

    private void grow() {
        final int capacity = count * 2;
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        valueLengths = Arrays.copyOf(valueLengths, capacity);
        numbers = Arrays.copyOf(numbers, capacity);
    }

    /** Keeps what may be among the first, in the order in which it came. */
    private void prune() {
        beginSort();
        sort.advance(Integer.MAX_VALUE);
        final int[] kept = new int[(int) limit];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = sort.get(i);
        }
        Arrays.sort(kept);
        final ExpandableArrayBuffer rest = new ExpandableArrayBuffer(INITIAL_CAPACITY);
        int at = 0;
        for (int i = 0; i < kept.length; i++) {
            final int length = lengths[kept[i]] + valueLengths[kept[i]];
            rest.putBytes(at, bytes, offsets[kept[i]], length);
            offsets[i] = at;
            lengths[i] = lengths[kept[i]];
            valueLengths[i] = valueLengths[kept[i]];
            numbers[i] = numbers[kept[i]];
            at += length;
        }
        bytes = rest;
        end = at;
        count = kept.length;
    }

    /** Bytes that are held. */
    long heldBytes() {
        return bytes.capacity() + (long) offsets.length * (3 * Integer.BYTES + Long.BYTES);
    }

    /** All have come. */
    void beginSort() {
        sort.begin(count);
    }

    /** Goes on for so many steps; true when all is sorted. */
    boolean advanceSort(final int maxSteps) {
        return sort.advance(maxSteps);
    }

    /** How many are in the answer. */
    int count() {
        return limit > 0 ? (int) Math.min(limit, count) : count;
    }

    /** Whether the limit leaves some out. */
    boolean hasMore() {
        return limit > 0 && added > limit;
    }

    DirectBuffer bytes() {
        return bytes;
    }

    /** Where the field of the one at a place begins in {@link #bytes}. */
    int offset(final int place) {
        return offsets[sort.get(place)];
    }

    int length(final int place) {
        return lengths[sort.get(place)];
    }

    private int compare(final int left, final int right) {
        final int order =
                target == RangeRequest.BY_VALUE
                        ? ByteOrderings.compare(
                                bytes,
                                offsets[left] + lengths[left],
                                valueLengths[left],
                                bytes,
                                offsets[right] + lengths[right],
                                valueLengths[right])
                        : Long.compare(numbers[left], numbers[right]);
        return isDescending ? -order : order;
    }
}
