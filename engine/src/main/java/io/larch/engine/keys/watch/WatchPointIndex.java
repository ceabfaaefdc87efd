package io.larch.engine.keys.watch;

import org.agrona.DirectBuffer;

/** Finds the child of a {@link WatchPoint} by name, for all points at once. */
final class WatchPointIndex {
    private static final int INITIAL_BUCKETS = 256;

    private WatchPoint[] buckets = new WatchPoint[INITIAL_BUCKETS];
    private int size;

    WatchPoint find(
            final WatchPoint parent, final DirectBuffer path, final int offset, final int length) {
        final int hash = hash(parent, path, offset, length);
        WatchPoint point = buckets[hash & (buckets.length - 1)];
        while (point != null
                && !(point.hash == hash
                        && point.parent == parent
                        && point.isNamed(path, offset, length))) {
            point = point.nextInBucket;
        }
        return point;
    }

    /** Adds a point that has its name, as the last child of its parent. */
    void add(
            final WatchPoint parent,
            final WatchPoint point,
            final DirectBuffer path,
            final int offset) {
        point.hash = hash(parent, path, offset, point.nameLength);
        parent.addChild(point);
        if (size++ == buckets.length) {
            grow();
        }
        insert(point);
    }

    void remove(final WatchPoint point) {
        point.parent.removeChild(point);
        final int bucket = point.hash & (buckets.length - 1);
        WatchPoint at = buckets[bucket];
        if (at == point) {
            buckets[bucket] = point.nextInBucket;
        } else {
            while (at.nextInBucket != point) {
                at = at.nextInBucket;
            }
            at.nextInBucket = point.nextInBucket;
        }
        size--;
    }

    private void insert(final WatchPoint point) {
        final int bucket = point.hash & (buckets.length - 1);
        point.nextInBucket = buckets[bucket];
        buckets[bucket] = point;
    }

    private void grow() {
        final WatchPoint[] old = buckets;
        buckets = new WatchPoint[old.length * 2];
        for (final WatchPoint head : old) {
            for (WatchPoint point = head; point != null; ) {
                final WatchPoint next = point.nextInBucket;
                insert(point);
                point = next;
            }
        }
    }

    private static int hash(
            final WatchPoint parent, final DirectBuffer path, final int offset, final int length) {
        int hash = parent.hash;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + path.getByte(offset + i);
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }
}
