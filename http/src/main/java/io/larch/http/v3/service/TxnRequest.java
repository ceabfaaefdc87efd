package io.larch.http.v3.service;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;

/**
 * A transaction: its operations are counted and checked, nested ones too, whichever branch will
 * run. One whose operations only read is a read, linearizable unless all of them say otherwise; one
 * in which another is nested goes to the log, as in etcd.
 *
 * <p>One event loop's. Of a transaction with one operation a branch it allocates nothing.
 */
final class TxnRequest extends EngineRequest {
    /** As deep as protobuf's own readers go. */
    private static final int MAX_DEPTH = 100;

    private final ProtoReader field = new ProtoReader();
    private final ProtoReader op = new ProtoReader();
    private final KvChecks checks = new KvChecks();
    private final int maxOps;
    private final int maxBytes;
    private boolean isWrite;
    private boolean isLinearizable;

    /** Some branch has more than one operation. */
    private boolean mayRepeat;

    TxnRequest(final ServiceSettings settings) {
        maxOps = settings.maxTxnOps();
        maxBytes = settings.maxRequestBytes();
    }

    @Override
    Refusal look(final DirectBuffer buffer, final int offset, final int length) {
        isWrite = false;
        isLinearizable = false;
        mayRepeat = false;
        Refusal refusal = txn(buffer, offset, length, maxOps, 1);
        // One that is too long is refused for that, by whoever asks.
        if (refusal == null
                && mayRepeat
                && isWrite
                && length <= maxBytes
                && (DuplicateKeys.areIn(buffer, offset, length, Fields.Txn.SUCCESS)
                        || DuplicateKeys.areIn(buffer, offset, length, Fields.Txn.FAILURE))) {
            refusal = Refusal.DUPLICATE_KEY;
        }
        type = isWrite ? KvCommand.TXN : KvCommand.TXN_READ;
        flags = isLinearizable && !isWrite ? CommandEnvelope.QUORUM : 0;
        return refusal;
    }

    private Refusal txn(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final int limit,
            final int depth) {
        final ProtoReader txn = depth == 1 ? field : new ProtoReader();
        final int ops = count(txn.wrap(buffer, offset, length));
        if (txn.isBroken() || depth > MAX_DEPTH) {
            return Refusal.MALFORMED;
        }
        if (ops > limit) {
            return Refusal.TOO_MANY_OPERATIONS;
        }
        Refusal refusal = compares(txn.wrap(buffer, offset, length));
        if (refusal == null) {
            refusal =
                    branch(
                            txn.wrap(buffer, offset, length),
                            Fields.Txn.SUCCESS,
                            limit - ops,
                            depth);
        }
        if (refusal == null) {
            refusal =
                    branch(
                            txn.wrap(buffer, offset, length),
                            Fields.Txn.FAILURE,
                            limit - ops,
                            depth);
        }
        return refusal;
    }

    /** The most of its three lists. */
    private int count(final ProtoReader txn) {
        int compares = 0;
        int successes = 0;
        int failures = 0;
        while (txn.next()) {
            switch (txn.field()) {
                case Fields.Txn.COMPARE -> compares++;
                case Fields.Txn.SUCCESS -> successes++;
                case Fields.Txn.FAILURE -> failures++;
                default -> {}
            }
        }
        mayRepeat |= successes > 1 || failures > 1;
        return Math.max(compares, Math.max(successes, failures));
    }

    private Refusal compares(final ProtoReader txn) {
        Refusal refusal = null;
        while (refusal == null && txn.next()) {
            if (txn.field() == Fields.Txn.COMPARE) {
                refusal = checks.compare(op.wrap(txn));
            }
        }
        return refusal;
    }

    private Refusal branch(
            final ProtoReader txn, final int branch, final int limit, final int depth) {
        Refusal refusal = null;
        while (refusal == null && txn.next()) {
            if (txn.field() == branch) {
                refusal = operation(txn, limit, depth);
            }
        }
        return refusal;
    }

    /** Of several in one place the last counts. */
    private Refusal operation(final ProtoReader txn, final int limit, final int depth) {
        int kind = 0;
        int offset = 0;
        int length = 0;
        op.wrap(txn);
        while (op.next()) {
            if (op.is(ProtoReader.BYTES) && op.field() <= Fields.Op.TXN) {
                kind = op.field();
                offset = op.offset();
                length = op.length();
            }
        }
        if (op.isBroken()) {
            return Refusal.MALFORMED;
        }
        isWrite |= kind > Fields.Op.RANGE;
        switch (kind) {
            case Fields.Op.RANGE:
                final Refusal refusal = checks.range(op.wrap(op.buffer(), offset, length));
                isLinearizable |= !checks.isSerializable();
                return refusal;
            case Fields.Op.PUT:
                return checks.put(op.wrap(op.buffer(), offset, length));
            case Fields.Op.DELETE_RANGE:
                return checks.deleteRange(op.wrap(op.buffer(), offset, length));
            case Fields.Op.TXN:
                return txn(op.buffer(), offset, length, limit, depth + 1);
            default:
                return Refusal.KEY_NOT_FOUND;
        }
    }
}
