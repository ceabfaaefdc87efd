package io.larch.engine.keys;

import io.larch.engine.codec.Action;
import io.larch.engine.keys.StoreStats.Counter;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.TtlKeyHeap;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/** Removes nodes whose time is up, one event each. Owned by the engine thread. */
final class Expiry {
    private final ExpandableArrayBuffer path = new ExpandableArrayBuffer(256);
    private final ExpandableDirectByteBuffer event = new ExpandableDirectByteBuffer(1024);
    private final NodeFlyweight node = new NodeFlyweight();
    private final Changes changes;
    private final StoreStats stats;
    private final int maxAtOnce;
    private boolean isBehind;

    Expiry(final Changes changes, final StoreStats stats, final int maxAtOnce) {
        this.changes = changes;
        this.stats = stats;
        this.maxAtOnce = maxAtOnce;
    }

    /** Whether more had expired than was removed the last time. */
    boolean isBehind() {
        return isBehind;
    }

    /** Takes over how far another one has come. */
    void take(final Expiry other) {
        isBehind = other.isBehind;
    }

    /** Removes what expired by the given time, up to its own bound and the one given. */
    void expire(final long timestampNanos, final int most) {
        final KeyTree tree = changes.tree();
        final TtlKeyHeap ttlKeys = tree.ttlKeys();
        final int bound = Math.min(most, maxAtOnce);
        int count = 0;
        while (ttlKeys.size() > 0 && ttlKeys.topExpirationNanos() <= timestampNanos) {
            final int id = ttlKeys.topId();
            if (!tree.isAttached(id)) {
                // How many of these are left may differ from member to member, so they do not
                // count.
                ttlKeys.remove(id);
            } else if (count++ == bound) {
                isBehind = true;
                return;
            } else {
                expire(tree, id, timestampNanos);
            }
        }
        isBehind = false;
    }

    private void expire(final KeyTree tree, final int id, final long timestampNanos) {
        final int length = tree.path(id, path);
        tree.get(id, node);
        // Like etcd 2.3.8, the event of an expired directory does not say that it was one.
        final int end =
                EventEncoder.encodeRemoval(
                        event,
                        Action.EXPIRE,
                        0,
                        changes.index() + 1,
                        path,
                        0,
                        length,
                        node,
                        timestampNanos,
                        changes.wallOffset());
        changes.remove(event, end, path, 0, length);
        stats.increment(Counter.EXPIRE_COUNT);
    }
}
