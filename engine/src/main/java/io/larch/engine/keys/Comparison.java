package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.tree.NodeFlyweight;
import org.agrona.DirectBuffer;

/** Compares a file with what a compare-and-swap or compare-and-delete expects. */
final class Comparison {
    private Comparison() {}

    /**
     * @return whether both conditions hold; otherwise the refusal is in the result.
     */
    static boolean holds(final KeysCommand command, final NodeFlyweight node, final Result result) {
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
}
