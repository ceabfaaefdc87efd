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
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.TreeDigest;
import io.larch.engine.keys.tree.TreeReader;
import io.larch.engine.keys.tree.TtlKeyHeap;
import io.larch.engine.keys.watch.EventHistory;
import io.larch.engine.keys.watch.WatcherHub;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The key tree with its watches, event history and TTLs: the state machine of {@code /v2/keys}.
 * Pure: told the time by the commands, so that every member computes the same.
 *
 * <p>All methods run on the engine thread.
 */
public final class Store implements AutoCloseable {
    private final StoreStats stats;
    private final CommandKey key = new CommandKey();
    private final ExpandableArrayBuffer expiredKey = new ExpandableArrayBuffer(256);
    private final ExpandableDirectByteBuffer expireEvent = new ExpandableDirectByteBuffer(1024);
    private final UnsafeBuffer nothing = new UnsafeBuffer(0, 0);
    private final NodeFlyweight node = new NodeFlyweight();
    private final WatcherHub watchers = new WatcherHub();
    private final WatchSink sink;
    private final StoreContext context;

    // Replaced as a whole by another store's.
    private KeyTree tree;
    private TreeReader reader;
    private ChildSorter sorter;
    private SlicedReads reads;
    private EventHistory history;
    private SnapshotWriter snapshot;
    private Admission admission;

    private long index;
    private long wallOffset;
    private boolean hasMoreToExpire;

    /** Makes an empty store. */
    public Store(final StoreContext context, final WatchSink sink) {
        this(context, sink, new StoreStats(context.counters()));
    }

    private Store(final StoreContext context, final WatchSink sink, final StoreStats stats) {
        this.context = context;
        this.sink = sink;
        this.stats = stats;
        tree = new KeyTree(context.maxNodes());
        tree.createRoot();
        admission = new Admission(tree, key, context.maxNodes(), context.maxBytes());
        reader = new TreeReader(tree);
        sorter = new ChildSorter(tree);
        reads = new SlicedReads(tree.past(), context.maxHeldBytes());
        history = new EventHistory(context.eventHistoryCapacity(), context.eventHistoryBytes());
        snapshot = new SnapshotWriter(tree, history);
    }

    /**
     * Applies one write command. Deterministic: the same commands in the same order give the same
     * tree, indexes and results on every member. Watches are told through the sink.
     */
    public void apply(final KeysCommand command, final Result result) {
        result.reset(index);
        key.take(command);
        switch (command.type()) {
            case SET:
                set(command, result);
                count(command, result, Counter.SETS_SUCCESS, Counter.SETS_FAIL);
                break;
            case CREATE:
                create(command, result);
                count(command, result, Counter.CREATE_SUCCESS, Counter.CREATE_FAIL);
                break;
            case CREATE_IN_ORDER:
                key.takeInOrder(command, index + 1);
                create(command, result);
                count(command, result, Counter.CREATE_SUCCESS, Counter.CREATE_FAIL);
                break;
            case UPDATE:
                update(command, result);
                count(command, result, Counter.UPDATE_SUCCESS, Counter.UPDATE_FAIL);
                break;
            case COMPARE_AND_SWAP:
                compareAndSwap(command, result);
                count(
                        command,
                        result,
                        Counter.COMPARE_AND_SWAP_SUCCESS,
                        Counter.COMPARE_AND_SWAP_FAIL);
                break;
            case DELETE:
                delete(command, result);
                count(command, result, Counter.DELETE_SUCCESS, Counter.DELETE_FAIL);
                break;
            case COMPARE_AND_DELETE:
                compareAndDelete(command, result);
                count(
                        command,
                        result,
                        Counter.COMPARE_AND_DELETE_SUCCESS,
                        Counter.COMPARE_AND_DELETE_FAIL);
                break;
            default:
                throw new IllegalArgumentException("not a write: " + command.type());
        }
        tree.freeDetached(context.freeStepsPerEntry());
        reads.limit();
    }

    /**
     * Removes what has expired at or before a time, as far as that is done by one SYNC, and gives
     * back some of what removals left behind.
     */
    public void applySync(final long nowNanos) {
        expire(nowNanos);
        tree.freeDetached(context.freeStepsPerSync());
        reads.limit();
    }

    /**
     * A change of the cluster outside {@code /v2/keys}: takes one index and one slot of the history
     * that matches no watch.
     */
    public void applyInternal() {
        index++;
        history.append(nothing, 0, 0);
    }

    /**
     * What is to be added to times for texts that clients read: the same on all members, as of the
     * entry that is applied next.
     */
    public void wallOffset(final long nanos) {
        wallOffset = nanos;
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
        result.reset(index);
        key.take(command);
        if (find(result)) {
            final MutableDirectBuffer event = result.eventBuffer();
            final int end =
                    reader.list(
                            event,
                            EventFlyweight.encodeHeader(event, 0, Action.GET, 0, index),
                            tree.foundId(),
                            key.buffer(),
                            key.offset(),
                            key.length(),
                            command.has(KeysCommand.RECURSIVE),
                            nowNanos,
                            wallOffset,
                            maxLength);
            if (end < 0) {
                result.tooLong();
                return;
            }
            result.event(end, index);
        }
        count(command, result, Counter.GETS_SUCCESS, Counter.GETS_FAIL);
    }

    /**
     * Begins a read (a GET command) of any length, which is then made in slices and shows the tree
     * as it is now.
     *
     * @return null when there is no such node; the error is in the result.
     */
    public TreeRead open(final KeysCommand command, final long nowNanos, final Result result) {
        result.reset(index);
        key.take(command);
        TreeRead read = null;
        if (find(result)) {
            read =
                    new TreeRead(
                            tree,
                            reads,
                            sorter,
                            tree.foundId(),
                            key.buffer(),
                            key.offset(),
                            key.length(),
                            command.has(KeysCommand.RECURSIVE),
                            nowNanos,
                            wallOffset,
                            index);
            reads.opened(read);
        }
        count(command, result, Counter.GETS_SUCCESS, Counter.GETS_FAIL);
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
        return admission.admit(command, index + 1, nodesUnderWay, bytesUnderWay);
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
        return hasMoreToExpire || tree.hasDetached();
    }

    /** The index of the last change, 0 for none. */
    public long index() {
        return index;
    }

    public StoreStats stats() {
        return stats;
    }

    /** Nodes in the tree, root included. */
    public long nodeCount() {
        return tree.usage().nodes();
    }

    /** Bytes in use, as the limit of {@link StoreContext#maxBytes()} counts them. */
    public long usedBytes() {
        return tree.usage().bytes();
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
        return tree.hasDetached();
    }

    /** Starts a snapshot of the state as it is now; writes may go on while it is written. */
    public void beginSnapshot() {
        // A snapshot has all that has an id.
        tree.freeDetached(Integer.MAX_VALUE);
        snapshot.begin(index, stats);
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
        if (index != 0 || tree.usage().nodes() != 1) {
            throw new IllegalStateException("only an empty store can take a snapshot");
        }
        index = new SnapshotReader(tree, history, stats).read(source);
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
        tree.close();
        history.close();
        tree = other.tree;
        reader = other.reader;
        sorter = other.sorter;
        reads = other.reads;
        history = other.history;
        snapshot = other.snapshot;
        admission = new Admission(tree, key, context.maxNodes(), context.maxBytes());
        index = other.index;
        hasMoreToExpire = other.hasMoreToExpire;
        for (final Counter counter : Counter.values()) {
            if (counter.isReplicated()) {
                stats.set(counter, other.stats.get(counter));
            }
        }
    }

    /** Hash of tree and index that does not depend on ids or on the order of children. */
    public long digest() {
        return new TreeDigest().of(tree, index);
    }

    @Override
    public void close() {
        reads.replaceAll();
        sorter.close();
        snapshot.close();
        tree.close();
        history.close();
    }

    private void set(final KeysCommand command, final Result result) {
        final boolean isRefresh = command.has(KeysCommand.REFRESH);
        final boolean isFound = tree.walk(key.buffer(), key.offset(), key.length());
        if (!isFound && (isRefresh || isFileInTheWay())) {
            refuseMissing(result);
            return;
        }
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (!isFound) {
            createNode(command, Action.SET, result);
            return;
        }
        final int id = tree.foundId();
        tree.get(id, node);
        if (node.isDir()) {
            refuse(ErrorCode.NOT_FILE, result);
            return;
        }
        final long newIndex = index + 1;
        final boolean becomesDir = command.has(KeysCommand.DIR);
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength =
                becomesDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end =
                EventEncoder.encodePrevious(
                        event, valueLength, key, node, command.timestampNanos(), wallOffset);
        if (becomesDir) {
            tree.makeDir(id, node);
        } else if (!isRefresh) {
            tree.setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
        }
        tree.setIndexes(id, node, newIndex, newIndex);
        tree.setExpiration(id, node, command.expirationNanos(), newIndex);
        EventEncoder.encodeChanged(
                event,
                Action.SET,
                isRefresh,
                newIndex,
                key,
                node,
                command.timestampNanos(),
                wallOffset);
        changed(result, end, isRefresh);
    }

    private void create(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (tree.walk(key.buffer(), key.offset(), key.length())) {
            refuse(ErrorCode.NODE_EXIST, result);
        } else if (isFileInTheWay()) {
            refuseMissing(result);
        } else {
            createNode(command, Action.CREATE, result);
        }
    }

    private void createNode(final KeysCommand command, final Action action, final Result result) {
        final long newIndex = index + 1;
        final boolean isDir = command.has(KeysCommand.DIR);
        final int id =
                tree.create(
                        key.buffer(),
                        key.offset(),
                        key.length(),
                        isDir,
                        command.buffer(),
                        command.valueOffset(),
                        isDir ? 0 : command.valueLength(),
                        newIndex,
                        command.expirationNanos());
        tree.get(id, node);
        final int end =
                EventEncoder.encodeNew(
                        result.eventBuffer(),
                        action,
                        newIndex,
                        key,
                        node,
                        command.timestampNanos(),
                        wallOffset);
        result.created();
        changed(result, end, false);
    }

    private void update(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (!find(result)) {
            return;
        }
        final int id = tree.foundId();
        tree.get(id, node);
        if (node.isDir() && command.valueLength() > 0) {
            refuse(ErrorCode.NOT_FILE, result);
            return;
        }
        overwrite(command, Action.UPDATE, id, result);
    }

    private void compareAndSwap(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (find(result) && compare(command, result)) {
            overwrite(command, Action.COMPARE_AND_SWAP, tree.foundId(), result);
        }
    }

    /** Gives the node in view a new value and TTL. */
    private void overwrite(
            final KeysCommand command, final Action action, final int id, final Result result) {
        final long newIndex = index + 1;
        final boolean isRefresh = command.has(KeysCommand.REFRESH);
        final boolean isDir = node.isDir();
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength = isDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end =
                EventEncoder.encodePrevious(
                        event, valueLength, key, node, command.timestampNanos(), wallOffset);
        if (!isDir) {
            final long createdIndex = node.createdIndex();
            if (!isRefresh) {
                tree.setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
            }
            tree.setIndexes(id, node, newIndex, createdIndex);
        }
        tree.setExpiration(id, node, command.expirationNanos(), newIndex);
        EventEncoder.encodeChanged(
                event,
                action,
                isRefresh,
                newIndex,
                key,
                node,
                command.timestampNanos(),
                wallOffset);
        changed(result, end, isRefresh);
    }

    private void delete(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (!find(result)) {
            return;
        }
        tree.get(tree.foundId(), node);
        final boolean isRecursive = command.has(KeysCommand.RECURSIVE);
        if (node.isDir() && !isRecursive) {
            if (!command.has(KeysCommand.DIR)) {
                refuse(ErrorCode.NOT_FILE, result);
                return;
            }
            if (node.firstChild() != 0) {
                refuse(ErrorCode.DIR_NOT_EMPTY, result);
                return;
            }
        }
        remove(command, Action.DELETE, result);
    }

    private void compareAndDelete(final KeysCommand command, final Result result) {
        if (find(result) && compare(command, result)) {
            remove(command, Action.COMPARE_AND_DELETE, result);
        }
    }

    private void remove(final KeysCommand command, final Action action, final Result result) {
        final int end =
                EventEncoder.encodeRemoval(
                        result.eventBuffer(),
                        action,
                        node.isDir() ? EventFlyweight.NODE_DIR : 0,
                        index + 1,
                        key.buffer(),
                        key.offset(),
                        key.length(),
                        node,
                        command.timestampNanos(),
                        wallOffset);
        removeAndTell(result.eventBuffer(), end, key.buffer(), key.offset(), key.length());
        result.event(end, index);
    }

    /** Removes what expired by the given time, one event each, up to a bound. */
    private void expire(final long timestampNanos) {
        final TtlKeyHeap ttlKeys = tree.ttlKeys();
        int count = 0;
        while (ttlKeys.size() > 0 && ttlKeys.topExpirationNanos() <= timestampNanos) {
            final int id = ttlKeys.topId();
            if (!tree.isAttached(id)) {
                // How many of these are left may differ from member to member, so they do not
                // count.
                ttlKeys.remove(id);
            } else if (count++ == context.expiredPerSync()) {
                hasMoreToExpire = true;
                return;
            } else {
                expire(id, timestampNanos);
            }
        }
        hasMoreToExpire = false;
    }

    private void expire(final int id, final long timestampNanos) {
        final int length = tree.path(id, expiredKey);
        tree.get(id, node);
        // Like etcd 2.3.8, the event of an expired directory does not say that it was one.
        final int end =
                EventEncoder.encodeRemoval(
                        expireEvent,
                        Action.EXPIRE,
                        0,
                        index + 1,
                        expiredKey,
                        0,
                        length,
                        node,
                        timestampNanos,
                        wallOffset);
        removeAndTell(expireEvent, end, expiredKey, 0, length);
        stats.increment(Counter.EXPIRE_COUNT);
    }

    private void removeAndTell(
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

    private void changed(final Result result, final int end, final boolean isRefresh) {
        index++;
        result.event(end, index);
        history.append(result.event(), 0, end);
        if (!isRefresh) {
            watchers.match(key.buffer(), key.offset(), key.length(), index);
            deliver(result.event(), end);
        }
    }

    private void deliver(final DirectBuffer event, final int end) {
        watchers.deliver(sink, event, 0, end);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    private boolean find(final Result result) {
        if (tree.walk(key.buffer(), key.offset(), key.length())) {
            return true;
        }
        refuseMissing(result);
        return false;
    }

    /** Compares the found node, and leaves it in view, with what the command expects. */
    private boolean compare(final KeysCommand command, final Result result) {
        tree.get(tree.foundId(), node);
        if (node.isDir()) {
            refuse(ErrorCode.NOT_FILE, result);
            return false;
        }
        return Comparison.holds(command, node, result);
    }

    /** After a walk that found not: whether it ended at a file. */
    private boolean isFileInTheWay() {
        tree.get(tree.foundId(), node);
        return !node.isDir();
    }

    /** After a walk that found not: says what is in the way or missing. */
    private void refuseMissing(final Result result) {
        if (isFileInTheWay()) {
            result.cause(key.buffer(), key.offset(), tree.foundLength()).error(ErrorCode.NOT_DIR);
        } else {
            result.cause(key.buffer(), key.offset(), tree.missingLength())
                    .error(ErrorCode.KEY_NOT_FOUND);
        }
    }

    private void refuse(final ErrorCode code, final Result result) {
        result.cause(key.buffer(), key.offset(), key.length()).error(code);
    }

    private static void refuseRoot(final Result result) {
        result.cause("/").error(ErrorCode.ROOT_READ_ONLY);
    }

    private void count(
            final KeysCommand command,
            final Result result,
            final Counter success,
            final Counter failure) {
        if (command.correlationId() != 0) {
            stats.increment(result.isOk() ? success : failure);
        }
    }
}
