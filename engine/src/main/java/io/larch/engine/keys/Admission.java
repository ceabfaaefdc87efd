package io.larch.engine.keys;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.Usage;

/**
 * Whether there is room for what a command would add. Asked before a command is proposed: once it
 * is in the log, every member has to apply it.
 */
final class Admission {
    private final KeyTree tree;
    private final CommandKey key;
    private final NodeFlyweight node = new NodeFlyweight();
    private final long maxNodes;
    private final long maxBytes;
    private long newNodes;
    private long newBytes;

    Admission(final KeyTree tree, final CommandKey key, final long maxNodes, final long maxBytes) {
        this.tree = tree;
        this.key = key;
        this.maxNodes = maxNodes;
        this.maxBytes = maxBytes;
    }

    /** See {@link Store#admit}. */
    int admit(
            final KeysCommand command,
            final long nextIndex,
            final long nodesUnderWay,
            final long bytesUnderWay) {
        newBytes = growth(command, nextIndex);
        final Usage usage = tree.usage();
        final boolean isFull =
                newNodes > 0 && usage.nodes() + nodesUnderWay + newNodes > maxNodes
                        || newBytes > 0 && usage.bytes() + bytesUnderWay + newBytes > maxBytes;
        return isFull ? ErrorCode.STORE_FULL.code() : 0;
    }

    long newNodes() {
        return newNodes;
    }

    long newBytes() {
        return newBytes;
    }

    boolean isNearlyFull() {
        return tree.usage().nodes() > maxNodes - maxNodes / 10
                || tree.usage().bytes() > maxBytes - maxBytes / 10;
    }

    /** Bytes a command would add now; the nodes are in {@code newNodes}. */
    private long growth(final KeysCommand command, final long nextIndex) {
        newNodes = 0;
        final CommandType type = command.type();
        final boolean mayCreate;
        switch (type) {
            case SET:
            case CREATE:
                key.take(command);
                mayCreate = true;
                break;
            case CREATE_IN_ORDER:
                key.takeInOrder(command, nextIndex);
                mayCreate = true;
                break;
            case UPDATE:
            case COMPARE_AND_SWAP:
                key.take(command);
                mayCreate = false;
                break;
            default:
                return 0;
        }
        // A new directory's value is not kept.
        final long valueLength =
                mayCreate && command.has(KeysCommand.DIR) ? 0 : command.valueLength();
        if (tree.walk(key.buffer(), key.offset(), key.length())) {
            tree.get(tree.foundId(), node);
            final boolean keepsValue =
                    type == CommandType.CREATE || command.has(KeysCommand.REFRESH);
            return keepsValue ? 0 : valueLength - node.valueLength();
        }
        if (!mayCreate) {
            return 0;
        }
        newNodes = tree.missingCount();
        return tree.missingBytes() + valueLength;
    }
}
