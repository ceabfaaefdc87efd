package io.larch.engine.store;

import io.larch.engine.codec.CommandFlyweight;

/**
 * The key tree with its watches, event history and TTLs: the state machine of {@code /v2/keys}.
 * Pure: told the time by the commands, so that every member computes the same.
 *
 * <p>All methods run on the engine thread.
 */
public final class Store implements AutoCloseable {
    private final StoreStats stats = new StoreStats();

    /** Makes an empty store. */
    public Store(final StoreContext context, final WatchSink sink) {}

    /**
     * Applies one write command. Deterministic: the same commands in the same order give the same
     * tree, indexes and results on every member. Watches are told through the sink.
     */
    public void apply(final CommandFlyweight command, final StoreResult result) {
        throw new UnsupportedOperationException();
    }

    /**
     * A change of the cluster outside {@code /v2/keys}: takes one index and one slot of the history
     * that matches no watch.
     */
    public void applyInternal() {
        throw new UnsupportedOperationException();
    }

    /** Reads a node (a GET command) at the given time since the epoch. */
    public void get(final CommandFlyweight command, final long nowNanos, final StoreResult result) {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts a watch (a WATCH command). An error is in the result and the sink hears nothing; else
     * the sink was told the start and what the history had, and {@link StoreResult#isWaiting()}
     * says whether more may follow.
     */
    public void watch(final CommandFlyweight command, final StoreResult result) {
        throw new UnsupportedOperationException();
    }

    /** Forgets a watch without a word to the sink. Unknown ids are ignored. */
    public void cancelWatch(final long correlationId) {
        throw new UnsupportedOperationException();
    }

    /** Ends every watch, in the order they were started. */
    public void endAllWatches() {
        throw new UnsupportedOperationException();
    }

    /**
     * The check the leader makes before it proposes a command.
     *
     * @return 0, or the code of {@link io.larch.engine.codec.ErrorCode#STORE_FULL}.
     */
    public int admit(final CommandFlyweight command) {
        throw new UnsupportedOperationException();
    }

    /** The index of the last change, 0 for none. */
    public long index() {
        throw new UnsupportedOperationException();
    }

    public StoreStats stats() {
        return stats;
    }

    /** Nodes in the tree, root included. */
    public long nodeCount() {
        throw new UnsupportedOperationException();
    }

    /** Bytes in use, as the limit of {@link StoreContext#maxBytes()} counts them. */
    public long usedBytes() {
        throw new UnsupportedOperationException();
    }

    /** Whether nine tenths of the nodes or bytes are used. */
    public boolean isNearlyFull() {
        throw new UnsupportedOperationException();
    }

    /** Starts a snapshot of the state as it is now; writes may go on while it is written. */
    public void beginSnapshot() {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes on.
     *
     * @param maxRecords most nodes and events to look at in this call.
     * @return true when the snapshot is complete.
     */
    public boolean writeSnapshot(final StateSink sink, final int maxRecords) {
        throw new UnsupportedOperationException();
    }

    /** Gives up the snapshot in the making, if any. */
    public void abortSnapshot() {
        throw new UnsupportedOperationException();
    }

    /**
     * Fills this empty store from a snapshot.
     *
     * @throws IllegalStateException if the store is not empty or the records are not a whole
     *     snapshot.
     */
    public void restore(final StateSource source) {
        throw new UnsupportedOperationException();
    }

    /** Hash of tree and index that does not depend on ids or on the order of children. */
    public long digest() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
