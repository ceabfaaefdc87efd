package io.larch.engine.kv.watch;

import io.larch.engine.kv.watch.WatchedRange.Kind;
import java.util.Arrays;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * Finds the ranges that a key lies in. Single keys are found by their hash, prefixes by the hash of
 * the key's beginning for each length that some prefix has, other ranges in a tree. What nobody
 * watches costs next to nothing, however many watch something else.
 */
final class WatchIndex {
    private final RangeTable keys;
    private final RangeTable prefixes;
    private final IntervalTree intervals;

    private int size;

    /** How many prefixes there are of each length. */
    private int[] prefixCounts = new int[16];

    /** The lengths that prefixes have, in order. */
    private int[] prefixLengths = {};

    /**
     * @param seed that clients do not know, so that they cannot choose ranges that are slow to
     *     find. What is found, and in what order, does not depend on it.
     */
    WatchIndex(final long seed) {
        keys = new RangeTable(seed);
        prefixes = new RangeTable(seed);
        intervals = new IntervalTree(seed);
    }

    /** Watches in it. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * Adds a watch of a range by etcd's rules.
     *
     * @param start not empty.
     * @param end empty: one key; a zero byte: all keys from the start on.
     */
    void add(final Watch watch, final byte[] start, final byte[] end) {
        if (end.length == 0) {
            add(watch, keys, Kind.KEY, start);
            return;
        }
        final boolean isEndless = end.length == 1 && end[0] == 0;
        final byte[] prefix = prefixOf(start, isEndless ? null : end);
        if (prefix != null) {
            add(watch, prefixes, Kind.PREFIX, prefix);
        } else if (isEndless || Arrays.compareUnsigned(start, end) < 0) {
            addInterval(watch, start, isEndless ? null : end);
        }
    }

    /** Adds a watch of a range that was in an index like this. */
    void add(final Watch watch, final WatchedRange range) {
        switch (range.kind) {
            case KEY -> add(watch, keys, Kind.KEY, range.start);
            case PREFIX -> add(watch, prefixes, Kind.PREFIX, range.start);
            case INTERVAL -> addInterval(watch, range.start, ((WatchedInterval) range).end);
        }
    }

    private void add(
            final Watch watch, final RangeTable table, final Kind kind, final byte[] start) {
        WatchedRange range = table.get(start);
        if (range == null) {
            range = new WatchedRange(kind, start);
            table.add(range);
            if (kind == Kind.PREFIX) {
                count(start.length, 1);
            }
        }
        range.add(watch);
        size++;
    }

    private void addInterval(final Watch watch, final byte[] start, final byte[] end) {
        WatchedInterval range = intervals.get(start, end);
        if (range == null) {
            range = new WatchedInterval(start, end);
            intervals.add(range);
        }
        range.add(watch);
        size++;
    }

    /** The watch is in it. Its range stays known to it. */
    void remove(final Watch watch) {
        final WatchedRange range = watch.range;
        size--;
        if (range.remove(watch)) {
            switch (range.kind) {
                case KEY -> keys.remove(range);
                case PREFIX -> {
                    prefixes.remove(range);
                    count(range.start.length, -1);
                }
                case INTERVAL -> intervals.remove((WatchedInterval) range);
            }
        }
    }

    private void count(final int length, final int more) {
        if (length >= prefixCounts.length) {
            prefixCounts = Arrays.copyOf(prefixCounts, length * 2);
        }
        final int before = prefixCounts[length];
        prefixCounts[length] = before + more;
        if (before == 0 || before + more == 0) {
            int count = 0;
            final int[] lengths = new int[prefixCounts.length];
            for (int i = 0; i < lengths.length; i++) {
                if (prefixCounts[i] > 0) {
                    lengths[count++] = i;
                }
            }
            prefixLengths = Arrays.copyOf(lengths, count);
        }
    }

    /** Passes all ranges that a key lies in, each once. */
    void match(
            final DirectBuffer key,
            final int offset,
            final int length,
            final Consumer<WatchedRange> onFound) {
        long hash = 0;
        int hashed = 0;
        for (final int prefixLength : prefixLengths) {
            if (prefixLength > length) {
                break;
            }
            while (hashed < prefixLength) {
                hash = keys.hash(hash, key.getByte(offset + hashed++));
            }
            pass(prefixes.get(hash, key, offset, prefixLength), onFound);
        }
        if (keys.size() > 0) {
            while (hashed < length) {
                hash = keys.hash(hash, key.getByte(offset + hashed++));
            }
            pass(keys.get(hash, key, offset, length), onFound);
        }
        if (intervals.size() > 0) {
            intervals.match(key, offset, length, onFound);
        }
    }

    private static void pass(final WatchedRange found, final Consumer<WatchedRange> onFound) {
        if (found != null) {
            onFound.accept(found);
        }
    }

    /**
     * The prefix that all keys of a range have and no other keys; null when there is none.
     *
     * @param end exclusive; null: there is none.
     */
    static byte[] prefixOf(final byte[] start, final byte[] end) {
        if (start.length == 1 && start[0] == 0 && end == null) {
            return new byte[0];
        }
        return Arrays.equals(end, successor(start)) ? start : null;
    }

    /** The first bytes behind all that begin with these; null: nothing is. */
    private static byte[] successor(final byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        final byte[] next = Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return next;
    }
}
