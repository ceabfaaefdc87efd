package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.application.WatchSink;
import io.larch.engine.keys.StoreStats.Counter;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.watch.EventHistory;
import io.larch.engine.keys.watch.WatcherHub;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The tree, and what belongs to every change of it: it takes the next index, its event goes into
 * the history, and watches are told. Owned by the engine thread.
 */
final class Changes implements AutoCloseable {
    private final UnsafeBuffer nothing = new UnsafeBuffer(0, 0);
    private final WatcherHub watchers;
    private final WatchSink sink;
    private final StoreStats stats;

    // Replaced as a whole by another store's.
    private KeyTree tree;
    private EventHistory history;
    private long index;

    private long wallOffset;

    Changes(
            final KeyTree tree,
            final EventHistory history,
            final WatcherHub watchers,
            final WatchSink sink,
            final StoreStats stats) {
        this.tree = tree;
        this.history = history;
        this.watchers = watchers;
        this.sink = sink;
        this.stats = stats;
    }

    KeyTree tree() {
        return tree;
    }

    EventHistory history() {
        return history;
    }

    /** Of the last change; 0 for none. */
    long index() {
        return index;
    }

    /** The tree and the history were filled from a snapshot that ends with a change. */
    void restored(final long lastIndex) {
        index = lastIndex;
    }

    /** What is to be added to times for texts that clients read. */
    long wallOffset() {
        return wallOffset;
    }

    void wallOffset(final long nanos) {
        wallOffset = nanos;
    }

    /** Takes an index and a slot of the history that matches no watch. */
    void internal() {
        index++;
        history.append(nothing, 0, 0);
    }

    /**
     * A node was written; its event is in the result's buffer.
     *
     * @param end of the event.
     * @param isSilent whether no watch hears of it.
     */
    void written(final CommandKey key, final Result result, final int end, final boolean isSilent) {
        index++;
        result.event(end, index);
        history.append(result.event(), 0, end);
        if (!isSilent) {
            watchers.match(key.buffer(), key.offset(), key.length(), index);
            deliver(result.event(), end);
        }
    }

    /** Removes the node of a path with all below it. */
    void remove(
            final DirectBuffer event,
            final int end,
            final DirectBuffer path,
            final int offset,
            final int length) {
        watchers.matchRemoval(path, offset, length, index + 1, tree);
        tree.remove(path, offset, length);
        index++;
        history.append(event, 0, end);
        deliver(event, end);
    }

    private void deliver(final DirectBuffer event, final int end) {
        watchers.deliver(sink, event, 0, end);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    /** Takes over what another one holds, which is of no use any more; what was here is gone. */
    void take(final Changes other) {
        other.tree.listings().numberAfter(tree.listings());
        close();
        tree = other.tree;
        history = other.history;
        index = other.index;
    }

    @Override
    public void close() {
        tree.close();
        history.close();
    }
}
