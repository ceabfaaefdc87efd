package io.larch.engine.store;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.store.StoreStats.Counter;
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
    private static final int IN_ORDER_DIGITS = 20;

    private final ExpandableArrayBuffer orderedKey = new ExpandableArrayBuffer(256);
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
    private EventHistory history;
    private SnapshotWriter snapshot;

    private final StoreStats stats = new StoreStats();
    private final long maxNodes;
    private final long maxBytes;
    private long index;

    // The command's key: its path, empty for the root.
    private DirectBuffer key;
    private int keyOffset;
    private int keyLength;

    private long newNodes;
    private long newBytes;

    /** Makes an empty store. */
    public Store(final StoreContext context, final WatchSink sink) {
        this.context = context;
        this.sink = sink;
        maxNodes = context.maxNodes();
        maxBytes = context.maxBytes();
        tree = new KeyTree(maxNodes);
        tree.createRoot();
        reader = new TreeReader(tree, context.maxResultBytes());
        history = new EventHistory(context.eventHistoryCapacity(), context.eventHistoryBytes());
        snapshot = new SnapshotWriter(tree, history);
    }

    /**
     * Applies one write command. Deterministic: the same commands in the same order give the same
     * tree, indexes and results on every member. Watches are told through the sink.
     */
    public void apply(final CommandFlyweight command, final StoreResult result) {
        result.reset(index);
        takeKey(command);
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
                takeOrderedKey();
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
            case SYNC:
                expire(command.timestampNanos());
                result.event(0, index);
                break;
            case PUBLISH_MEMBER:
            case CLUSTER_VERSION:
                applyInternal();
                result.event(0, index);
                break;
            default:
                throw new IllegalArgumentException("not a write: " + command.type());
        }
    }

    /**
     * A change of the cluster outside {@code /v2/keys}: takes one index and one slot of the history
     * that matches no watch.
     */
    public void applyInternal() {
        index++;
        history.append(nothing, 0, 0);
    }

    /** Reads a node (a GET command) at the given time since the epoch. */
    public void get(final CommandFlyweight command, final long nowNanos, final StoreResult result) {
        result.reset(index);
        takeKey(command);
        if (find(result)) {
            final MutableDirectBuffer event = result.eventBuffer();
            final int end =
                    reader.list(
                            event,
                            EventFlyweight.encodeHeader(event, 0, Action.GET, 0, index),
                            tree.foundId(),
                            key,
                            keyOffset,
                            keyLength,
                            command.has(CommandFlyweight.RECURSIVE),
                            nowNanos);
            if (end < 0) {
                result.cause("the listing is too large").error(ErrorCode.RAFT_INTERNAL);
            } else {
                result.event(end, index);
            }
        }
        count(command, result, Counter.GETS_SUCCESS, Counter.GETS_FAIL);
    }

    /**
     * Starts a watch (a WATCH command). An error is in the result and the sink hears nothing; else
     * the sink was told the start and what the history had, and {@link StoreResult#isWaiting()}
     * says whether more may follow.
     */
    public void watch(final CommandFlyweight command, final StoreResult result) {
        result.reset(index);
        takeKey(command);
        final long correlationId = command.correlationId();
        final boolean isRecursive = command.has(CommandFlyweight.RECURSIVE);
        final boolean isStream = command.has(CommandFlyweight.STREAM);
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
        if (isPast && !watchers.replay(history, waitIndex, command, keyLength, sink)) {
            return;
        }
        result.waiting(true);
        watchers.add(
                correlationId,
                key,
                keyOffset,
                keyLength,
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
    public int admit(final CommandFlyweight command) {
        return admit(command, 0, 0);
    }

    /**
     * As {@link #admit(CommandFlyweight)}, when others were admitted that are not applied yet.
     *
     * @param nodesUnderWay what those may add.
     * @param bytesUnderWay what those may add.
     */
    public int admit(
            final CommandFlyweight command, final long nodesUnderWay, final long bytesUnderWay) {
        newBytes = growth(command);
        final boolean isFull =
                newNodes > 0 && tree.nodeCount() + nodesUnderWay + newNodes > maxNodes
                        || newBytes > 0 && tree.usedBytes() + bytesUnderWay + newBytes > maxBytes;
        return isFull ? ErrorCode.STORE_FULL.code() : 0;
    }

    /** Nodes that the command that was admitted last would add now. */
    public long admittedNodes() {
        return newNodes;
    }

    /** Bytes that the command that was admitted last would add now; negative when it frees some. */
    public long admittedBytes() {
        return newBytes;
    }

    /** Bytes a command would add now; the nodes are in {@code newNodes}. */
    long growth(final CommandFlyweight command) {
        newNodes = 0;
        final CommandType type = command.type();
        final boolean mayCreate;
        switch (type) {
            case SET:
            case CREATE:
            case CREATE_IN_ORDER:
                mayCreate = true;
                break;
            case UPDATE:
            case COMPARE_AND_SWAP:
                mayCreate = false;
                break;
            default:
                return 0;
        }
        takeKey(command);
        if (type == CommandType.CREATE_IN_ORDER) {
            takeOrderedKey();
        }
        // A new directory's value is not kept.
        final long valueLength =
                mayCreate && command.has(CommandFlyweight.DIR) ? 0 : command.valueLength();
        if (tree.walk(key, keyOffset, keyLength)) {
            tree.get(tree.foundId(), node);
            final boolean keepsValue =
                    type == CommandType.CREATE || command.has(CommandFlyweight.REFRESH);
            return keepsValue ? 0 : valueLength - node.valueLength();
        }
        if (!mayCreate) {
            return 0;
        }
        newNodes = tree.missingCount();
        return tree.missingBytes() + valueLength;
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
        return tree.nodeCount();
    }

    /** Bytes in use, as the limit of {@link StoreContext#maxBytes()} counts them. */
    public long usedBytes() {
        return tree.usedBytes();
    }

    /** Whether nine tenths of the nodes or bytes are used. */
    public boolean isNearlyFull() {
        return tree.nodeCount() > maxNodes - maxNodes / 10
                || tree.usedBytes() > maxBytes - maxBytes / 10;
    }

    /** Starts a snapshot of the state as it is now; writes may go on while it is written. */
    public void beginSnapshot() {
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
        if (index != 0 || tree.nodeCount() != 1) {
            throw new IllegalStateException("only an empty store can take a snapshot");
        }
        index = new SnapshotReader(tree, history, stats).read(source);
    }

    /**
     * An empty store of the same settings, to be filled on another thread and then {@link #take
     * taken over}.
     */
    public Store newEmpty() {
        return new Store(context, sink);
    }

    /**
     * Takes over all that another store holds, which is of no use any more; what was here is gone.
     * Every watch is ended first, since what happened in between cannot be told.
     */
    public void take(final Store other) {
        endAllWatches();
        snapshot.close();
        tree.close();
        history.close();
        tree = other.tree;
        reader = other.reader;
        history = other.history;
        snapshot = other.snapshot;
        index = other.index;
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
        snapshot.close();
        tree.close();
        history.close();
    }

    private void set(final CommandFlyweight command, final StoreResult result) {
        final boolean isRefresh = command.has(CommandFlyweight.REFRESH);
        final boolean isFound = tree.walk(key, keyOffset, keyLength);
        if (!isFound && (isRefresh || isFileInTheWay())) {
            refuseMissing(result);
            return;
        }
        if (keyLength == 0) {
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
        final boolean becomesDir = command.has(CommandFlyweight.DIR);
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength =
                becomesDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end = encodePrevious(event, valueLength, command.timestampNanos());
        if (becomesDir) {
            tree.makeDir(id, node);
        } else if (!isRefresh) {
            tree.setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
        }
        tree.setIndexes(id, node, newIndex, newIndex);
        tree.setExpiration(id, node, command.expirationNanos(), newIndex);
        encodeChanged(event, Action.SET, isRefresh, newIndex, command.timestampNanos());
        changed(result, end, isRefresh);
    }

    private void create(final CommandFlyweight command, final StoreResult result) {
        if (keyLength == 0) {
            refuseRoot(result);
            return;
        }
        if (tree.walk(key, keyOffset, keyLength)) {
            refuse(ErrorCode.NODE_EXIST, result);
        } else if (isFileInTheWay()) {
            refuseMissing(result);
        } else {
            createNode(command, Action.CREATE, result);
        }
    }

    private void createNode(
            final CommandFlyweight command, final Action action, final StoreResult result) {
        final long newIndex = index + 1;
        final boolean isDir = command.has(CommandFlyweight.DIR);
        final int id =
                tree.create(
                        key,
                        keyOffset,
                        keyLength,
                        isDir,
                        command.buffer(),
                        command.valueOffset(),
                        isDir ? 0 : command.valueLength(),
                        newIndex,
                        command.expirationNanos());
        tree.get(id, node);
        final MutableDirectBuffer event = result.eventBuffer();
        final int end =
                TreeReader.encode(
                        event,
                        EventFlyweight.encodeHeader(event, 0, action, 0, newIndex),
                        key,
                        keyOffset,
                        keyLength,
                        node,
                        command.timestampNanos());
        result.created();
        changed(result, end, false);
    }

    private void update(final CommandFlyweight command, final StoreResult result) {
        if (keyLength == 0) {
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

    private void compareAndSwap(final CommandFlyweight command, final StoreResult result) {
        if (keyLength == 0) {
            refuseRoot(result);
            return;
        }
        if (find(result) && compare(command, result)) {
            overwrite(command, Action.COMPARE_AND_SWAP, tree.foundId(), result);
        }
    }

    /** Gives the node in view a new value and TTL. */
    private void overwrite(
            final CommandFlyweight command,
            final Action action,
            final int id,
            final StoreResult result) {
        final long newIndex = index + 1;
        final boolean isRefresh = command.has(CommandFlyweight.REFRESH);
        final boolean isDir = node.isDir();
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength = isDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end = encodePrevious(event, valueLength, command.timestampNanos());
        if (!isDir) {
            final long createdIndex = node.createdIndex();
            if (!isRefresh) {
                tree.setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
            }
            tree.setIndexes(id, node, newIndex, createdIndex);
        }
        tree.setExpiration(id, node, command.expirationNanos(), newIndex);
        encodeChanged(event, action, isRefresh, newIndex, command.timestampNanos());
        changed(result, end, isRefresh);
    }

    private void delete(final CommandFlyweight command, final StoreResult result) {
        if (keyLength == 0) {
            refuseRoot(result);
            return;
        }
        if (!find(result)) {
            return;
        }
        tree.get(tree.foundId(), node);
        final boolean isRecursive = command.has(CommandFlyweight.RECURSIVE);
        if (node.isDir() && !isRecursive) {
            if (!command.has(CommandFlyweight.DIR)) {
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

    private void compareAndDelete(final CommandFlyweight command, final StoreResult result) {
        if (find(result) && compare(command, result)) {
            remove(command, Action.COMPARE_AND_DELETE, result);
        }
    }

    private void remove(
            final CommandFlyweight command, final Action action, final StoreResult result) {
        final int end =
                encodeRemoval(
                        result.eventBuffer(),
                        action,
                        node.isDir() ? EventFlyweight.NODE_DIR : 0,
                        key,
                        keyOffset,
                        keyLength,
                        command.timestampNanos());
        removeAndTell(result.eventBuffer(), end, key, keyOffset, keyLength);
        result.event(end, index);
    }

    /** Removes what expired by the given time, one event each. */
    private void expire(final long timestampNanos) {
        final TtlKeyHeap ttlKeys = tree.ttlKeys();
        while (ttlKeys.size() > 0 && ttlKeys.topExpirationNanos() <= timestampNanos) {
            final int id = ttlKeys.topId();
            final int length = tree.path(id, expiredKey);
            tree.get(id, node);
            // Like etcd 2.3.8, the event of an expired directory does not say that it was one.
            final int end =
                    encodeRemoval(
                            expireEvent, Action.EXPIRE, 0, expiredKey, 0, length, timestampNanos);
            removeAndTell(expireEvent, end, expiredKey, 0, length);
            stats.increment(Counter.EXPIRE_COUNT);
        }
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

    private void changed(final StoreResult result, final int end, final boolean isRefresh) {
        index++;
        result.event(end, index);
        history.append(result.event(), 0, end);
        if (!isRefresh) {
            watchers.match(key, keyOffset, keyLength, index);
            deliver(result.event(), end);
        }
    }

    private void deliver(final DirectBuffer event, final int end) {
        watchers.deliver(sink, event, 0, end);
        stats.set(Counter.WATCHERS, watchers.count());
    }

    /**
     * Encodes the node in view as the previous one, behind the room for the changed one.
     *
     * @return the end of the event.
     */
    private int encodePrevious(
            final MutableDirectBuffer event, final int newValueLength, final long nowNanos) {
        final int offset =
                EventFlyweight.HEADER_LENGTH + TreeReader.encodedLength(keyLength, newValueLength);
        return TreeReader.encode(event, offset, key, keyOffset, keyLength, node, nowNanos);
    }

    /** Encodes the event's head and the node in view, changed. */
    private void encodeChanged(
            final MutableDirectBuffer event,
            final Action action,
            final boolean isRefresh,
            final long newIndex,
            final long nowNanos) {
        final int flags = EventFlyweight.HAS_PREV_NODE | (isRefresh ? EventFlyweight.REFRESH : 0);
        final int offset = EventFlyweight.encodeHeader(event, 0, action, flags, newIndex);
        TreeReader.encode(event, offset, key, keyOffset, keyLength, node, nowNanos);
        // A directory keeps its modifiedIndex, yet the event shows the new one.
        EventFlyweight.modifiedIndex(event, offset, newIndex);
    }

    /** Encodes the removal of the node in view. */
    private int encodeRemoval(
            final MutableDirectBuffer event,
            final Action action,
            final int nodeFlags,
            final DirectBuffer path,
            final int offset,
            final int length,
            final long nowNanos) {
        final int flags =
                EventFlyweight.HAS_PREV_NODE | (node.isDir() ? EventFlyweight.DIR_REMOVED : 0);
        final int at =
                EventFlyweight.encodeNode(
                        event,
                        EventFlyweight.encodeHeader(event, 0, action, flags, index + 1),
                        nodeFlags,
                        length,
                        0,
                        0,
                        index + 1,
                        node.createdIndex(),
                        0,
                        0);
        event.putBytes(at, path, offset, length);
        return TreeReader.encode(event, at + length, path, offset, length, node, nowNanos);
    }

    private boolean find(final StoreResult result) {
        if (tree.walk(key, keyOffset, keyLength)) {
            return true;
        }
        refuseMissing(result);
        return false;
    }

    /** Compares the found node, and leaves it in view, with what the command expects. */
    private boolean compare(final CommandFlyweight command, final StoreResult result) {
        tree.get(tree.foundId(), node);
        if (node.isDir()) {
            refuse(ErrorCode.NOT_FILE, result);
            return false;
        }
        final int prevLength = command.prevValueLength();
        final long prevIndex = command.index();
        final boolean isValueWrong =
                prevLength > 0
                        && !isEqual(
                                command.buffer(),
                                command.prevValueOffset(),
                                prevLength,
                                node.payload(),
                                node.nameLength(),
                                node.valueLength());
        final boolean isIndexWrong = prevIndex != 0 && prevIndex != node.modifiedIndex();
        if (isValueWrong) {
            result.cause("[")
                    .cause(command.buffer(), command.prevValueOffset(), prevLength)
                    .cause(" != ")
                    .cause(node.payload(), node.nameLength(), node.valueLength())
                    .cause(isIndexWrong ? "] " : "]");
        }
        if (isIndexWrong) {
            result.cause("[").cause(prevIndex).cause(" != ").cause(node.modifiedIndex()).cause("]");
        }
        if (isValueWrong || isIndexWrong) {
            result.error(ErrorCode.TEST_FAILED);
            return false;
        }
        return true;
    }

    private static boolean isEqual(
            final DirectBuffer left,
            final int leftOffset,
            final int leftLength,
            final DirectBuffer right,
            final int rightOffset,
            final int rightLength) {
        if (leftLength != rightLength) {
            return false;
        }
        for (int i = 0; i < leftLength; i++) {
            if (left.getByte(leftOffset + i) != right.getByte(rightOffset + i)) {
                return false;
            }
        }
        return true;
    }

    /** After a walk that found not: whether it ended at a file. */
    private boolean isFileInTheWay() {
        tree.get(tree.foundId(), node);
        return !node.isDir();
    }

    /** After a walk that found not: says what is in the way or missing. */
    private void refuseMissing(final StoreResult result) {
        if (isFileInTheWay()) {
            result.cause(key, keyOffset, tree.foundLength()).error(ErrorCode.NOT_DIR);
        } else {
            result.cause(key, keyOffset, tree.missingLength()).error(ErrorCode.KEY_NOT_FOUND);
        }
    }

    private void refuse(final ErrorCode code, final StoreResult result) {
        result.cause(key, keyOffset, keyLength).error(code);
    }

    private static void refuseRoot(final StoreResult result) {
        result.cause("/").error(ErrorCode.ROOT_READ_ONLY);
    }

    private void count(
            final CommandFlyweight command,
            final StoreResult result,
            final Counter success,
            final Counter failure) {
        if (command.correlationId() != 0) {
            stats.increment(result.isOk() ? success : failure);
        }
    }

    private void takeKey(final CommandFlyweight command) {
        key = command.buffer();
        keyOffset = command.pathOffset();
        keyLength = command.pathLength();
        if (keyLength == 1) {
            keyLength = 0;
        }
    }

    /** The next index as 20 digits, below the command's key. */
    private void takeOrderedKey() {
        orderedKey.putBytes(0, key, keyOffset, keyLength);
        orderedKey.putByte(keyLength, (byte) '/');
        long rest = index + 1;
        for (int i = keyLength + IN_ORDER_DIGITS; i > keyLength; i--) {
            orderedKey.putByte(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        key = orderedKey;
        keyOffset = 0;
        keyLength += 1 + IN_ORDER_DIGITS;
    }
}
