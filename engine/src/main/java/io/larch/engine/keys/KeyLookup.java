package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.NodeFlyweight;

/** Finds the node that a command is about, or says why there is none. */
final class KeyLookup {
    private final NodeFlyweight node = new NodeFlyweight();
    private final CommandKey key;
    private final Changes changes;

    KeyLookup(final CommandKey key, final Changes changes) {
        this.key = key;
        this.changes = changes;
    }

    /** What was looked at last; valid until the next look. */
    NodeFlyweight node() {
        return node;
    }

    /** Walks to the key; the tree then knows the id found, or where the walk ended. */
    boolean walk() {
        return changes.tree().walk(key.buffer(), key.offset(), key.length());
    }

    /** Walks to the key; when it is not there the refusal is in the result. */
    boolean find(final Result result) {
        if (walk()) {
            return true;
        }
        refuseMissing(result);
        return false;
    }

    /** After a walk that found not: whether it ended at a file. */
    boolean isFileInTheWay() {
        final KeyTree tree = changes.tree();
        tree.get(tree.foundId(), node);
        return !node.isDir();
    }

    /** After a walk that found not: says what is in the way or missing. */
    void refuseMissing(final Result result) {
        final KeyTree tree = changes.tree();
        if (isFileInTheWay()) {
            result.cause(key.buffer(), key.offset(), tree.foundLength()).error(ErrorCode.NOT_DIR);
        } else {
            result.cause(key.buffer(), key.offset(), tree.missingLength())
                    .error(ErrorCode.KEY_NOT_FOUND);
        }
    }
}
