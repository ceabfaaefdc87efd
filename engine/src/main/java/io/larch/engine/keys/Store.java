package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.Action;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.StoreStats.Counter;
import io.larch.engine.keys.tree.ChildSorter;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.Listings;
import io.larch.engine.keys.tree.TreeDigest;
import io.larch.engine.keys.tree.TreeReader;
import io.larch.engine.keys.watch.EventHistory;
import io.larch.engine.keys.watch.WatcherHub;
import org.agrona.MutableDirectBuffer;

/**
 * The key tree with its watches, event history and TTLs: the state machine of {@code /v2/keys}.
 * Pure: told the time by the commands, so that every member computes the same.
 *
 * <p>All methods run on the engine thread.
 */
public final class Store implements AutoCloseable {
    private final StoreStats stats;
    private final CommandKey key;
    private final WatcherHub watchers = new WatcherHub();
    private final WatchSink sink;
    private final StoreContext context;
    private final Changes changes;
    private final KeyLookup lookup;
    private final KeyWrites writes;
    private final Expiry expiry;

    // Replaced by another store's, together with what the changes hold.
    private TreeReader reader;
    private ChildSorter sorter;
    private SlicedReads reads;
    private SnapshotWriter snapshot;
    private Admission admission;

    /** Makes an empty store. */
    public Store(final StoreContext context, final WatchSink sink) {
        this(context, sink, new StoreStats(context.counters()));
    }

    private Store(final StoreContext context, final WatchSink sink, final StoreStats stats) {
        this.context = context;
        this.sink = sink;
        this.stats = stats;
        key = new CommandKey(context.hashSeed());
        final KeyTree tree = new KeyTree(context.maxNodes(), context.hashSeed());
        tree.createRoot();
        final EventHistory history =
                new EventHistory(context.eventHistoryCapacity(), context.eventHistoryBytes());
        changes = new Changes(tree, history, watchers, sink, stats);
        lookup = new KeyLookup(key, changes);
        writes = new KeyWrites(key, changes, lookup, stats);
        expiry = new Expiry(changes, stats, context.expiredPerSync());
        admission = new Admission(tree, key, context.maxNodes(), context.maxBytes());
        reader = new TreeReader(tree);
        sorter = new ChildSorter(tree);
        reads = new SlicedReads(tree.past(), context.maxHeldBytes());
        snapshot = new SnapshotWriter(tree, history);
    }

    /**
     * Applies one write command. Deterministic: the same commands in the same order give the same
     * tree, indexes and results on every member. Watches are told through the sink.
     */
    public void apply(final KeysCommand command, final Result result) {
        writes.apply(command, result);
        changes.tree().freeDetached(context.freeStepsPerEntry());
        reads.limit();
    }

    /**
     * Stands for the key of a write that holds only for a certain state of it, or for its absence;
     * 0 for any other. One that needs no more than that the key is there is none of these: few of
     * them fail.
     */
    public long subject(final KeysCommand command) {
        return writes.subject(command);
    }

    /**
     * Whether {@link #apply} would refuse a write that has a subject; the refusal is in the result
     * then. Changes nothing.
     */
    public boolean isRefused(final KeysCommand command, final Result result) {
        return writes.isRefused(command, result);
    }

    /** Counts a write that was refused without being applied. */
    public void refused(final KeysCommand command) {
        writes.refused(command);
    }

    /**
     * Removes what has expired at or before a time, as far as that is done by one SYNC, and gives
     * back some of what removals left behind.
     *
     * @param most nodes that may go.
     */
    public void applySync(final long nowNanos, final int most) {
        expiry.expire(nowNanos, most);
        changes.tree().freeDetached(context.freeStepsPerSync());
        reads.limit();
    }

    /**
     * A change of the cluster outside {@code /v2/keys}: takes one index and one slot of the history
     * that matches no watch.
     */
    public void applyInternal() {
        changes.internal();
    }

    /**
     * What is to be added to times for texts that clients read: the same on all members, as of the
     * entry that is applied next.
     */
    public void wallOffset(final long nanos) {
        changes.wallOffset(nanos);
    }

    /**
     * Reads a node (a GET command) at the given time since the epoch, if that can be done in one
     * go; else {@link Result#isTooLong()}.
     */
    public void get(final KeysCommand command, final long nowNanos, final Result result) {
        get(command, nowNanos, context.maxResultBytes(), result);
    }

    /** As the other, with the longest result given that is to be made in one go. */
    public void get(
            final KeysCommand command,
            final long nowNanos,
            final int maxLength,
            final Result result) {
        result.reset(changes.index());
        key.take(command);
        if (lookup.find(result)) {
            final MutableDirectBuffer event = result.eventBuffer();
            final int end =
                    list(
                            event,
                            EventFlyweight.encodeHeader(event, 0, Action.GET, 0, changes.index()),
                            command.has(KeysCommand.RECURSIVE),
                            nowNanos,
                            maxLength);
            if (end < 0) {
                result.tooLong();
                return;
            }
            result.event(end, changes.index());
            result.listing(changes.tree().listings().number());
        }
        stats.count(command, result, Counter.GETS_SUCCESS, Counter.GETS_FAIL);
    }

    /** Encodes what was found, or copies it if that was done before and nothing has changed. */
    private int list(
            final MutableDirectBuffer event,
            final int offset,
            final boolean isRecursive,
            final long nowNanos,
            final int maxEnd) {
        final int id = changes.tree().foundId();
        final Listings listings = changes.tree().listings();
        final int copied = listings.copy(id, isRecursive, event, offset, maxEnd);
        if (copied >= 0) {
            return copied;
        }
        final int end =
                reader.list(
                        event,
                        offset,
                        id,
                        key.buffer(),
                        key.offset(),
                        key.length(),
                        isRecursive,
                        nowNanos,
                        changes.wallOffset(),
                        maxEnd);
        if (reader.isLasting()) {
            listings.remember(id, isRecursive, event, offset, end - offset);
        }
        return end;
    }

    /**
     * Begins a read (a GET command) of any length, which is then made in slices and shows the tree
     * as it is now.
     *
     * @return null when there is no such node; the error is in the result.
     */
    public TreeRead open(final KeysCommand command, final long nowNanos, final Result result) {
        result.reset(changes.index());
        key.take(command);
        TreeRead read = null;
        if (lookup.find(result)) {
            read =
                    new TreeRead(
                            changes.tree(),
                            reads,
                            sorter,
                            changes.tree().foundId(),
                            key.buffer(),
                            key.offset(),
                            key.length(),
                            command.has(KeysCommand.RECURSIVE),
                            nowNanos,
                            changes.wallOffset(),
                            changes.index());
            reads.opened(read);
        }
        stats.count(command, result, Counter.GETS_SUCCESS, Counter.GETS_FAIL);
        return read;
    }

    /** Bytes that reads in slices hold on to. */
    public long heldBytes() {
        return reads.heldBytes();
    }

    /** Reads in slices that were ended since they held on to too much, since the start. */
    public long cutReads() {
        return reads.cutCount();
    }

    /**
     * Starts a watch (a WATCH command). An error is in the result and the sink hears nothing; else
     * the sink was told the start and what the history had, and {@link Result#isWaiting()} says
     * whether more may follow.
     */
    public void watch(final KeysCommand command, final Result result) {
        final long index = changes.index();
        final EventHistory history = changes.history();
        result.reset(index);
        key.take(command);
        final long correlationId = command.correlationId();
        final boolean isRecursive = command.has(KeysCommand.RECURSIVE);
        final boolean isStream = command.has(KeysCommand.STREAM);
        final long waitIndex = command.index();
        final boolean isPast = waitIndex != 0 && Long.compareUnsigned(waitIndex, index) <= 0;
        if (isPast && waitIndex < history.oldestIndex()) {
            result.cause("the requested history has been cleared [")
                    .cause(history.oldestIndex())
                    .cause("/")
                    .cause(waitIndex)
                    .cause("]")
                    .error(ErrorCode.EVENT_INDEX_CLEARED);
            return;
        }
        sink.onWatchStart(correlationId, index);
        if (isPast && !watchers.replay(history, waitIndex, command, key.length(), sink)) {
            return;
        }
        result.waiting(true);
        watchers.add(
                correlationId,
                key.buffer(),
                key.offset(),
                key.length(),
                isRecursive,
                isStream,
                isPast || waitIndex == 0 ? index + 1 : waitIndex);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    /** Forgets a watch without a word to the sink. Unknown ids are ignored. */
    public void cancelWatch(final long correlationId) {
        watchers.cancel(correlationId);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    /** Ends every watch, in the order they were started. */
    public void endAllWatches() {
        watchers.endAll(sink);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    /**
     * The check the leader makes before it proposes a command.
     *
     * @return 0, or the code of {@link ErrorCode#STORE_FULL}.
     */
    public int admit(final KeysCommand command) {
        return admit(command, 0, 0);
    }

    /**
     * As {@link #admit(KeysCommand)}, when others were admitted that are not applied yet.
     *
     * @param nodesUnderWay what those may add.
     * @param bytesUnderWay what those may add.
     */
    public int admit(
            final KeysCommand command, final long nodesUnderWay, final long bytesUnderWay) {
        return admission.admit(command, changes.index() + 1, nodesUnderWay, bytesUnderWay);
    }

    /** Nodes that the command that was admitted last would add now. */
    public long admittedNodes() {
        return admission.newNodes();
    }

    /** Bytes that the command that was admitted last would add now; negative when it frees some. */
    public long admittedBytes() {
        return admission.newBytes();
    }

    /**
     * Whether more is to be done than entries did so far: keys that have expired, or room to be
     * given back. The next SYNC should not be long in coming.
     */
    public boolean isBehind() {
        return expiry.isBehind() || changes.tree().hasDetached();
    }

    /** The index of the last change, 0 for none. */
    public long index() {
        return changes.index();
    }

    public StoreStats stats() {
        return stats;
    }

    /** Nodes in the tree, root included. */
    public long nodeCount() {
        return changes.tree().usage().nodes();
    }

    /** Bytes in use, as the limit of {@link StoreContext#maxBytes()} counts them. */
    public long usedBytes() {
        return changes.tree().usage().bytes();
    }

    /** Whether nine tenths of the nodes or bytes are used. */
    public boolean isNearlyFull() {
        return admission.isNearlyFull();
    }

    /**
     * Whether a removal left nodes behind that are not given back yet. A snapshot had better wait:
     * members that take one begin with other ids than those that have these nodes still.
     */
    public boolean isGivingBack() {
        return changes.tree().hasDetached();
    }

    /** Starts a snapshot of the state as it is now; writes may go on while it is written. */
    public void beginSnapshot() {
        // A snapshot has all that has an id.
        changes.tree().freeDetached(Integer.MAX_VALUE);
        snapshot.begin(changes.index(), stats);
    }

    /**
     * Writes on.
     *
     * @param maxRecords most nodes and events to look at in this call.
     * @return true when the snapshot is complete.
     */
    public boolean writeSnapshot(final StateSink sink, final int maxRecords) {
        return snapshot.write(sink, maxRecords);
    }

    /** Gives up the snapshot in the making, if any. */
    public void abortSnapshot() {
        snapshot.abort();
    }

    /**
     * Fills this empty store from a snapshot.
     *
     * @throws IllegalStateException if the store is not empty or the records are not a whole
     *     snapshot; the store is of no more use then.
     */
    public void restore(final StateSource source) {
        final KeyTree tree = changes.tree();
        if (changes.index() != 0 || tree.usage().nodes() != 1) {
            throw new IllegalStateException("only an empty store can take a snapshot");
        }
        changes.restored(new SnapshotReader(tree, changes.history(), stats).read(source));
    }

    /**
     * An empty store of the same settings, to be filled on another thread and then {@link #take
     * taken over}.
     */
    public Store newEmpty() {
        return new Store(context, sink, new StoreStats(null));
    }

    /**
     * Takes over all that another store holds, which is of no use any more; what was here is gone.
     * Every watch is ended first, since what happened in between cannot be told.
     */
    public void take(final Store other) {
        endAllWatches();
        reads.replaceAll();
        sorter.close();
        snapshot.close();
        changes.take(other.changes);
        reader = other.reader;
        sorter = other.sorter;
        reads = other.reads;
        snapshot = other.snapshot;
        admission = new Admission(changes.tree(), key, context.maxNodes(), context.maxBytes());
        expiry.take(other.expiry);
        for (final Counter counter : Counter.values()) {
            if (counter.isReplicated()) {
                stats.set(counter, other.stats.get(counter));
            }
        }
    }

    /** Hash of tree and index that does not depend on ids or on the order of children. */
    public long digest() {
        return new TreeDigest().of(changes.tree(), changes.index());
    }

    @Override
    public void close() {
        reads.replaceAll();
        sorter.close();
        snapshot.close();
        changes.close();
    }
}
