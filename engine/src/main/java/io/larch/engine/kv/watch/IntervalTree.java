package io.larch.engine.kv.watch;

import java.util.Arrays;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * Watched ranges in the order of their starts, each knowing which range at or below it reaches
 * farthest: so those that a key lies in are found without looking at the others. Balanced by ranks
 * that nobody who chooses ranges can foresee (a treap), so it is never deep.
 */
final class IntervalTree {
    /** Odd; between one number that is mixed and the next. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private long rankState;
    private WatchedInterval root;
    private int size;

    /**
     * @param seed of the ranks; not known to clients. Nothing that is found depends on it.
     */
    IntervalTree(final long seed) {
        rankState = seed;
    }

    int size() {
        return size;
    }

    /** The range of exactly these bounds; null when there is none. */
    WatchedInterval get(final byte[] start, final byte[] end) {
        WatchedInterval each = root;
        while (each != null) {
            final int order = compare(start, end, each);
            if (order == 0) {
                return each;
            }
            each = order < 0 ? each.left : each.right;
        }
        return null;
    }

    void add(final WatchedInterval range) {
        range.rank = nextRank();
        root = add(root, range);
        size++;
    }

    /** As SplittableRandom does it. */
    private int nextRank() {
        rankState += STEP;
        long mixed = (rankState ^ rankState >>> 33) * 0x62A9D9ED799705F5L;
        mixed = (mixed ^ mixed >>> 28) * 0xCB24D0A5C88C35B3L;
        return (int) (mixed >>> 32);
    }

    private static WatchedInterval add(final WatchedInterval at, final WatchedInterval range) {
        if (at == null) {
            range.left = null;
            range.right = null;
            return measured(range);
        }
        if (range.rank > at.rank) {
            split(at, range);
            return measured(range);
        }
        if (compare(range.start, range.end, at) < 0) {
            at.left = add(at.left, range);
        } else {
            at.right = add(at.right, range);
        }
        return measured(at);
    }

    /** What is before a range goes to its left, the rest to its right. */
    private static void split(final WatchedInterval at, final WatchedInterval range) {
        if (at == null) {
            range.left = null;
            range.right = null;
        } else if (compare(range.start, range.end, at) < 0) {
            split(at.left, range);
            at.left = range.right;
            range.right = measured(at);
        } else {
            split(at.right, range);
            at.right = range.left;
            range.left = measured(at);
        }
    }

    void remove(final WatchedInterval range) {
        root = remove(root, range);
        size--;
    }

    private static WatchedInterval remove(final WatchedInterval at, final WatchedInterval range) {
        if (at == range) {
            return join(at.left, at.right);
        }
        if (compare(range.start, range.end, at) < 0) {
            at.left = remove(at.left, range);
        } else {
            at.right = remove(at.right, range);
        }
        return measured(at);
    }

    private static WatchedInterval join(final WatchedInterval left, final WatchedInterval right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        if (left.rank > right.rank) {
            left.right = join(left.right, right);
            return measured(left);
        }
        right.left = join(left, right.left);
        return measured(right);
    }

    private static WatchedInterval measured(final WatchedInterval at) {
        WatchedInterval farthest = at;
        if (at.left != null && compareEnds(at.left.farthest.end, farthest.end) > 0) {
            farthest = at.left.farthest;
        }
        if (at.right != null && compareEnds(at.right.farthest.end, farthest.end) > 0) {
            farthest = at.right.farthest;
        }
        at.farthest = farthest;
        return at;
    }

    /** Passes all ranges that a key lies in. */
    void match(
            final DirectBuffer key,
            final int offset,
            final int length,
            final Consumer<WatchedRange> onFound) {
        match(root, key, offset, length, onFound);
    }

    private static void match(
            final WatchedInterval at,
            final DirectBuffer key,
            final int offset,
            final int length,
            final Consumer<WatchedRange> onFound) {
        if (at == null || !endsBehind(at.farthest, key, offset, length)) {
            return;
        }
        match(at.left, key, offset, length, onFound);
        if (compare(key, offset, length, at.start) < 0) {
            return;
        }
        if (endsBehind(at, key, offset, length)) {
            onFound.accept(at);
        }
        match(at.right, key, offset, length, onFound);
    }

    private static boolean endsBehind(
            final WatchedInterval range,
            final DirectBuffer key,
            final int offset,
            final int length) {
        return range.end == null || compare(key, offset, length, range.end) < 0;
    }

    private static int compare(final byte[] start, final byte[] end, final WatchedInterval other) {
        final int order = Arrays.compareUnsigned(start, other.start);
        return order != 0 ? order : compareEnds(end, other.end);
    }

    /** No end is the last of all. */
    private static int compareEnds(final byte[] left, final byte[] right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? 1 : -1;
        }
        return Arrays.compareUnsigned(left, right);
    }

    private static int compare(
            final DirectBuffer key, final int offset, final int length, final byte[] other) {
        final int common = Math.min(length, other.length);
        for (int i = 0; i < common; i++) {
            final int order = Byte.compareUnsigned(key.getByte(offset + i), other[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(length, other.length);
    }
}
