package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.codec.Action;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.StoreStats.Counter;
import io.larch.engine.keys.tree.NodeFlyweight;
import org.agrona.MutableDirectBuffer;

/**
 * The rules of the writes of {@code /v2/keys}: what each does to the tree, or why it is refused. As
 * etcd 2.3.8 does it. Owned by the engine thread.
 */
final class KeyWrites {
    private final CommandKey key;
    private final Changes changes;
    private final KeyLookup lookup;
    private final NodeFlyweight node;
    private final StoreStats stats;

    KeyWrites(
            final CommandKey key,
            final Changes changes,
            final KeyLookup lookup,
            final StoreStats stats) {
        this.key = key;
        this.changes = changes;
        this.lookup = lookup;
        this.stats = stats;
        node = lookup.node();
    }

    /** See {@link Store#apply}. */
    void apply(final KeysCommand command, final Result result) {
        result.reset(changes.index());
        key.take(command);
        switch (command.type()) {
            case SET:
                set(command, result);
                stats.count(command, result, Counter.SETS_SUCCESS, Counter.SETS_FAIL);
                break;
            case CREATE:
                create(command, result);
                stats.count(command, result, Counter.CREATE_SUCCESS, Counter.CREATE_FAIL);
                break;
            case CREATE_IN_ORDER:
                key.takeInOrder(command, changes.index() + 1);
                create(command, result);
                stats.count(command, result, Counter.CREATE_SUCCESS, Counter.CREATE_FAIL);
                break;
            case UPDATE:
                update(command, result);
                stats.count(command, result, Counter.UPDATE_SUCCESS, Counter.UPDATE_FAIL);
                break;
            case COMPARE_AND_SWAP:
                compareAndSwap(command, result);
                stats.count(
                        command,
                        result,
                        Counter.COMPARE_AND_SWAP_SUCCESS,
                        Counter.COMPARE_AND_SWAP_FAIL);
                break;
            case DELETE:
                delete(command, result);
                stats.count(command, result, Counter.DELETE_SUCCESS, Counter.DELETE_FAIL);
                break;
            case COMPARE_AND_DELETE:
                compareAndDelete(command, result);
                stats.count(
                        command,
                        result,
                        Counter.COMPARE_AND_DELETE_SUCCESS,
                        Counter.COMPARE_AND_DELETE_FAIL);
                break;
            default:
                throw new IllegalArgumentException("not a write: " + command.type());
        }
    }

    /** See {@link Store#subject}. */
    long subject(final KeysCommand command) {
        switch (command.type()) {
            case CREATE:
            case COMPARE_AND_SWAP:
            case COMPARE_AND_DELETE:
                key.take(command);
                return key.hash();
            default:
                return 0;
        }
    }

    /** See {@link Store#isRefused}. */
    boolean isRefused(final KeysCommand command, final Result result) {
        result.reset(changes.index());
        key.take(command);
        return switch (command.type()) {
            case CREATE -> !mayCreate(result);
            case COMPARE_AND_SWAP -> !maySwap(command, result);
            case COMPARE_AND_DELETE -> !mayDelete(command, result);
            default -> false;
        };
    }

    /** See {@link Store#refused}. */
    void refused(final KeysCommand command) {
        switch (command.type()) {
            case CREATE -> stats.refused(Counter.CREATE_FAIL);
            case COMPARE_AND_SWAP -> stats.refused(Counter.COMPARE_AND_SWAP_FAIL);
            case COMPARE_AND_DELETE -> stats.refused(Counter.COMPARE_AND_DELETE_FAIL);
            default -> throw new IllegalArgumentException("not conditional: " + command.type());
        }
    }

    private void set(final KeysCommand command, final Result result) {
        final boolean isRefresh = command.has(KeysCommand.REFRESH);
        final boolean isFound = lookup.walk();
        if (!isFound && (isRefresh || lookup.isFileInTheWay())) {
            lookup.refuseMissing(result);
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
        final int id = changes.tree().foundId();
        changes.tree().get(id, node);
        if (node.isDir()) {
            refuse(ErrorCode.NOT_FILE, result);
            return;
        }
        final long newIndex = changes.index() + 1;
        final boolean becomesDir = command.has(KeysCommand.DIR);
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength =
                becomesDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end =
                EventEncoder.encodePrevious(
                        event,
                        valueLength,
                        key,
                        node,
                        command.timestampNanos(),
                        changes.wallOffset());
        if (becomesDir) {
            changes.tree().makeDir(id, node);
        } else if (!isRefresh) {
            changes.tree().setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
        }
        changes.tree().setIndexes(id, node, newIndex, newIndex);
        changes.tree().setExpiration(id, node, command.expirationNanos(), newIndex);
        EventEncoder.encodeChanged(
                event,
                Action.SET,
                isRefresh,
                newIndex,
                key,
                node,
                command.timestampNanos(),
                changes.wallOffset());
        changes.written(key, result, end, isRefresh);
    }

    private void create(final KeysCommand command, final Result result) {
        if (mayCreate(result)) {
            createNode(command, Action.CREATE, result);
        }
    }

    private boolean mayCreate(final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
        } else if (lookup.walk()) {
            refuse(ErrorCode.NODE_EXIST, result);
        } else if (lookup.isFileInTheWay()) {
            lookup.refuseMissing(result);
        } else {
            return true;
        }
        return false;
    }

    private void createNode(final KeysCommand command, final Action action, final Result result) {
        final long newIndex = changes.index() + 1;
        final boolean isDir = command.has(KeysCommand.DIR);
        final int id =
                changes.tree()
                        .create(
                                key.buffer(),
                                key.offset(),
                                key.length(),
                                isDir,
                                command.buffer(),
                                command.valueOffset(),
                                isDir ? 0 : command.valueLength(),
                                newIndex,
                                command.expirationNanos());
        changes.tree().get(id, node);
        final int end =
                EventEncoder.encodeNew(
                        result.eventBuffer(),
                        action,
                        newIndex,
                        key,
                        node,
                        command.timestampNanos(),
                        changes.wallOffset());
        result.created();
        changes.written(key, result, end, false);
    }

    private void update(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (!lookup.find(result)) {
            return;
        }
        final int id = changes.tree().foundId();
        changes.tree().get(id, node);
        if (node.isDir() && command.valueLength() > 0) {
            refuse(ErrorCode.NOT_FILE, result);
            return;
        }
        overwrite(command, Action.UPDATE, id, result);
    }

    private void compareAndSwap(final KeysCommand command, final Result result) {
        if (maySwap(command, result)) {
            overwrite(command, Action.COMPARE_AND_SWAP, changes.tree().foundId(), result);
        }
    }

    private boolean maySwap(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return false;
        }
        return lookup.find(result) && compare(command, result);
    }

    /** Gives the node in view a new value and TTL. */
    private void overwrite(
            final KeysCommand command, final Action action, final int id, final Result result) {
        final long newIndex = changes.index() + 1;
        final boolean isRefresh = command.has(KeysCommand.REFRESH);
        final boolean isDir = node.isDir();
        final MutableDirectBuffer event = result.eventBuffer();
        final int valueLength = isDir ? 0 : isRefresh ? node.valueLength() : command.valueLength();
        final int end =
                EventEncoder.encodePrevious(
                        event,
                        valueLength,
                        key,
                        node,
                        command.timestampNanos(),
                        changes.wallOffset());
        if (!isDir) {
            final long createdIndex = node.createdIndex();
            if (!isRefresh) {
                changes.tree()
                        .setValue(id, node, command.buffer(), command.valueOffset(), valueLength);
            }
            changes.tree().setIndexes(id, node, newIndex, createdIndex);
        }
        changes.tree().setExpiration(id, node, command.expirationNanos(), newIndex);
        EventEncoder.encodeChanged(
                event,
                action,
                isRefresh,
                newIndex,
                key,
                node,
                command.timestampNanos(),
                changes.wallOffset());
        changes.written(key, result, end, isRefresh);
    }

    private void delete(final KeysCommand command, final Result result) {
        if (key.isRoot()) {
            refuseRoot(result);
            return;
        }
        if (!lookup.find(result)) {
            return;
        }
        changes.tree().get(changes.tree().foundId(), node);
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
        if (mayDelete(command, result)) {
            remove(command, Action.COMPARE_AND_DELETE, result);
        }
    }

    private boolean mayDelete(final KeysCommand command, final Result result) {
        return lookup.find(result) && compare(command, result);
    }

    private void remove(final KeysCommand command, final Action action, final Result result) {
        final int end =
                EventEncoder.encodeRemoval(
                        result.eventBuffer(),
                        action,
                        node.isDir() ? EventFlyweight.NODE_DIR : 0,
                        changes.index() + 1,
                        key.buffer(),
                        key.offset(),
                        key.length(),
                        node,
                        command.timestampNanos(),
                        changes.wallOffset());
        changes.remove(result.eventBuffer(), end, key.buffer(), key.offset(), key.length());
        result.event(end, changes.index());
    }

    /** Compares the found node, and leaves it in view, with what the command expects. */
    private boolean compare(final KeysCommand command, final Result result) {
        changes.tree().get(changes.tree().foundId(), node);
        if (node.isDir()) {
            refuse(ErrorCode.NOT_FILE, result);
            return false;
        }
        return Comparison.holds(command, node, result);
    }

    private void refuse(final ErrorCode code, final Result result) {
        result.cause(key.buffer(), key.offset(), key.length()).error(code);
    }

    private static void refuseRoot(final Result result) {
        result.cause("/").error(ErrorCode.ROOT_READ_ONLY);
    }
}
