package io.larch.engine.kv;

import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.MvccStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Transactions, nested ones included: compares are judged on the state before, all of them; then
 * what the chosen branches ask is checked on that state; then it is done, which cannot fail, each
 * operation seeing what those before it did.
 *
 * <p>Read from its bytes each time again, so that one that is not large allocates nothing. To be
 * used again and again.
 */
final class Txn {
    /** Of TxnRequest. */
    private static final int COMPARE = 1;

    private static final int SUCCESS = 2;
    private static final int FAILURE = 3;

    /** Of RequestOp and ResponseOp. */
    static final int RANGE = 1;

    static final int PUT = 2;
    static final int DELETE_RANGE = 3;
    static final int TXN = 4;

    /** Of TxnResponse. */
    static final int SUCCEEDED = 2;

    static final int RESPONSES = 3;

    /** Transactions within each other; edges allow fewer. */
    private static final int MAX_DEPTH = 130;

    /** A header within an answer holds the revision alone. */
    static final int HEADER = 1;

    private static final int HEADER_REVISION = 3;

    private final RangeRequest range = new RangeRequest();
    private final PutRequest put = new PutRequest();
    private boolean isLeasing;
    private final DeleteRequest delete = new DeleteRequest();
    private final ProtoReader inner = new ProtoReader();
    private final List<Level> levels = new ArrayList<>();
    private final MvccStore store;
    private final KeyChanges changes;
    private final RangeAnswer answers;
    private final Compare compare;
    private final LookLimit looks = new LookLimit();
    private final ResponseLimit limit;

    /** Whether the compares of each transaction hold, in the order in which they are met. */
    private boolean[] path = new boolean[16];

    private int pathLength;
    private int pathAt;
    private long nowNanos;
    private boolean isOfWrites;
    private boolean isTold;
    private int stepsLeft;

    /** Readers of one transaction, whose operations may be transactions again. */
    private static final class Level {
        private final ProtoReader message = new ProtoReader();
        private final ProtoReader operation = new ProtoReader();
        private int kind;
        private DirectBuffer buffer;
        private int offset;
        private int length;

        /** Goes to the next operation of a branch; its kind is 0 when it says nothing. */
        boolean next(final int branch) {
            while (message.next()) {
                if (message.field() == branch && message.is(ProtoReader.BYTES)) {
                    look();
                    return true;
                }
            }
            return false;
        }

        private void look() {
            kind = 0;
            operation.wrap(message);
            while (operation.next()) {
                if (operation.field() <= TXN && operation.is(ProtoReader.BYTES)) {
                    kind = operation.field();
                    buffer = operation.buffer();
                    offset = operation.offset();
                    length = operation.length();
                }
            }
        }
    }

    Txn(final KvState state, final KeyChanges changes, final RangeAnswer answers) {
        store = state.store();
        this.changes = changes;
        this.answers = answers;
        compare = new Compare(store, looks);
        limit = new ResponseLimit(store, looks);
    }

    private Level level(final int depth) {
        if (depth == levels.size()) {
            levels.add(new Level());
        }
        return levels.get(depth);
    }

    /**
     * Judges the compares, and checks what is to be done.
     *
     * @param isOfWrites whether it may write, and so has to be answered in one go.
     * @param nowNanos by the leases' clock.
     * @return why it cannot be done; null: it can.
     */
    KvError check(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final boolean isOfWrites,
            final long nowNanos) {
        this.isOfWrites = isOfWrites;
        this.nowNanos = nowNanos;
        pathLength = 0;
        limit.begin();
        looks.begin(isOfWrites);
        KvError error = choose(0, buffer, offset, length);
        if (error == null) {
            error = checkAll(buffer, offset, length, true);
        }
        if (error == null) {
            error = checkAll(buffer, offset, length, false);
        }
        return error;
    }

    private KvError checkAll(
            final DirectBuffer buffer, final int offset, final int length, final boolean isOfPuts) {
        pathAt = 0;
        return check(0, buffer, offset, length, isOfPuts);
    }

    private KvError choose(
            final int depth, final DirectBuffer buffer, final int offset, final int length) {
        if (depth > MAX_DEPTH) {
            return KvError.TOO_MANY_OPERATIONS;
        }
        final Level level = level(depth);
        boolean holds = true;
        level.message.wrap(buffer, offset, length);
        while (holds && level.message.next()) {
            holds =
                    level.message.field() != COMPARE
                            || level.message.is(ProtoReader.BYTES)
                                    && compare.holds(inner.wrap(level.message));
        }
        if (looks.isPassed()) {
            return KvError.REQUEST_TOO_LARGE;
        }
        if (pathLength == path.length) {
            path = Arrays.copyOf(path, pathLength * 2);
        }
        path[pathLength++] = holds;
        level.message.wrap(buffer, offset, length);
        while (level.next(holds ? SUCCESS : FAILURE)) {
            if (level.kind == TXN) {
                final KvError error = choose(depth + 1, level.buffer, level.offset, level.length);
                if (error != null) {
                    return error;
                }
            }
        }
        return null;
    }

    private KvError check(
            final int depth,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final boolean isOfPuts) {
        final Level level = level(depth);
        final int branch = path[pathAt++] ? SUCCESS : FAILURE;
        level.message.wrap(buffer, offset, length);
        while (level.next(branch)) {
            final KvError error =
                    level.kind == TXN
                            ? check(depth + 1, level.buffer, level.offset, level.length, isOfPuts)
                            : checkOne(level, isOfPuts);
            if (error != null) {
                return error;
            }
        }
        return level.message.isBroken() ? KvError.KEY_NOT_PROVIDED : null;
    }

    private KvError checkOne(final Level level, final boolean isOfPuts) {
        if (isOfWrites && !isOfPuts && !looks.allowsMore()) {
            return KvError.REQUEST_TOO_LARGE;
        }
        inner.wrap(level.buffer, level.offset, level.length);
        switch (level.kind) {
            case PUT:
                if (!put.read(inner)) {
                    return KvError.KEY_NOT_PROVIDED;
                }
                return isOfPuts ? changes.check(put, nowNanos) : tooLargeUnless(limit.adds(put));
            case RANGE:
                if (isOfPuts) {
                    return null;
                }
                return range.read(inner) ? check(range) : KvError.KEY_NOT_PROVIDED;
            case DELETE_RANGE:
                if (isOfPuts) {
                    return null;
                }
                return delete.read(inner)
                        ? tooLargeUnless(limit.adds(delete))
                        : KvError.KEY_NOT_PROVIDED;
            default:
                return KvError.KEY_NOT_FOUND;
        }
    }

    /** Here, other than in a request of its own, a revision below 0 is not the newest. */
    private KvError check(final RangeRequest request) {
        if (store.isFuture(request.revision)) {
            return KvError.FUTURE_REVISION;
        }
        if (request.revision != 0 && request.revision < store.compactedRevision()) {
            return KvError.COMPACTED;
        }
        return isOfWrites ? tooLargeUnless(limit.adds(request)) : null;
    }

    private static KvError tooLargeUnless(final boolean isWithin) {
        return isWithin ? null : KvError.REQUEST_TOO_LARGE;
    }

    /** Calls for each range of what was chosen, in order. Of one that was checked. */
    void forEachRange(
            final DirectBuffer buffer, final int offset, final int length, final Visitor visitor) {
        pathAt = 0;
        visit(0, buffer, offset, length, visitor);
    }

    /** Told what a transaction consists of, as it was chosen. */
    interface Visitor {
        void begin(boolean succeeded);

        void range(DirectBuffer buffer, int offset, int length);

        void end();
    }

    private void visit(
            final int depth,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Visitor visitor) {
        final Level level = level(depth);
        final boolean holds = path[pathAt++];
        visitor.begin(holds);
        level.message.wrap(buffer, offset, length);
        while (level.next(holds ? SUCCESS : FAILURE)) {
            if (level.kind == TXN) {
                visit(depth + 1, level.buffer, level.offset, level.length, visitor);
            } else if (level.kind == RANGE) {
                visitor.range(level.buffer, level.offset, level.length);
            }
        }
        visitor.end();
    }

    /**
     * Does what was checked, within a transaction of the store, for nobody to hear of: what its
     * ranges would tell is not made.
     *
     * @param scratch for what the rest would tell, from an offset on; without meaning then.
     */
    void runUntold(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final MutableDirectBuffer scratch,
            final int at) {
        isTold = false;
        pathAt = 0;
        run(0, buffer, offset, length, scratch, at, Long.MAX_VALUE);
    }

    /**
     * Does what was checked, within a transaction of the store, or without one when it only reads.
     *
     * @param maxBytes most to write, about, of one that only reads.
     * @param maxSteps most keys to look at, all ranges together, of one that only reads.
     * @return the end of the TxnResponse's fields that were written, its header left out; {@link
     *     RangeAnswer#TOO_LONG}: it takes more than was allowed.
     */
    int run(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final MutableDirectBuffer target,
            final int at,
            final int maxBytes,
            final int maxSteps) {
        isTold = true;
        pathAt = 0;
        stepsLeft = maxSteps;
        return run(0, buffer, offset, length, target, at, at + (long) maxBytes);
    }

    private int run(
            final int depth,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final MutableDirectBuffer target,
            final int start,
            final long limit) {
        final Level level = level(depth);
        final boolean holds = path[pathAt++];
        int at = ProtoWriter.flag(target, start, SUCCEEDED, holds);
        level.message.wrap(buffer, offset, length);
        while (level.next(holds ? SUCCESS : FAILURE)) {
            if (level.kind == RANGE && !isTold) {
                continue;
            }
            final int response = NestedMessage.open(at);
            final int body = NestedMessage.open(response);
            final int end =
                    level.kind == TXN
                            ? run(
                                    depth + 1,
                                    level.buffer,
                                    level.offset,
                                    level.length,
                                    target,
                                    emptyHeader(target, body),
                                    limit)
                            : runOne(level, target, body, limit);
            if (end == RangeAnswer.TOO_LONG) {
                return end;
            }
            at =
                    NestedMessage.close(
                            target,
                            at,
                            RESPONSES,
                            NestedMessage.close(target, response, level.kind, end));
        }
        return at;
    }

    private int runOne(
            final Level level,
            final MutableDirectBuffer target,
            final int start,
            final long limit) {
        inner.wrap(level.buffer, level.offset, level.length);
        switch (level.kind) {
            case PUT:
                put.read(inner);
                return changes.put(put, target, header(target, start, store.revision() + 1));
            case DELETE_RANGE:
                return delete(target, start);
            default:
                range.read(inner);
                final int at = header(target, start, seenRevision());
                final int end =
                        answers.write(
                                range,
                                target,
                                at,
                                (int) Math.max(0, Math.min(limit - at, Integer.MAX_VALUE)),
                                stepsLeft);
                if (!isOfWrites) {
                    stepsLeft = answers.stepsLeft();
                }
                return end;
        }
    }

    /** The header tells the revision with the deletion in it, and stands in front of its count. */
    private int delete(final MutableDirectBuffer target, final int start) {
        delete.read(inner);
        final boolean hasKeys = store.count(delete.range) > 0;
        final long revision = hasKeys ? store.revision() + 1 : seenRevision();
        return changes.delete(delete, target, header(target, start, revision));
    }

    /** The revision of the state that an operation sees. */
    private long seenRevision() {
        return store.isWriting() && store.changeCount() > 0
                ? store.revision() + 1
                : store.revision();
    }

    /** A header within the answer. Returns the end. */
    static int header(final MutableDirectBuffer target, final int offset, final long revision) {
        final int at = ProtoWriter.head(target, offset, HEADER, headerBodyLength(revision));
        return ProtoWriter.number(target, at, HEADER_REVISION, revision);
    }

    /** Bytes that {@link #header} writes. */
    static int headerLength(final long revision) {
        return ProtoWriter.elementLength(HEADER, headerBodyLength(revision));
    }

    private static int headerBodyLength(final long revision) {
        return ProtoWriter.numberLength(HEADER_REVISION, revision);
    }

    /** The header of a transaction within another says nothing. Returns the end. */
    static int emptyHeader(final MutableDirectBuffer target, final int offset) {
        return ProtoWriter.head(target, offset, HEADER, 0);
    }

    /** Most bytes that the puts of a transaction may add, whichever branches it takes. */
    long growth(final DirectBuffer buffer, final int offset, final int length) {
        isLeasing = false;
        return growth(0, buffer, offset, length);
    }

    /** Whether one of the puts that {@link #growth} has looked at hangs its key on a lease. */
    boolean isLeasing() {
        return isLeasing;
    }

    private long growth(
            final int depth, final DirectBuffer buffer, final int offset, final int length) {
        if (depth > MAX_DEPTH) {
            return 0;
        }
        return Math.max(
                growth(depth, buffer, offset, length, SUCCESS),
                growth(depth, buffer, offset, length, FAILURE));
    }

    private long growth(
            final int depth,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final int branch) {
        final Level level = level(depth);
        long bytes = 0;
        level.message.wrap(buffer, offset, length);
        while (level.next(branch)) {
            if (level.kind == TXN) {
                bytes += growth(depth + 1, level.buffer, level.offset, level.length);
            } else if (level.kind == PUT
                    && put.read(inner.wrap(level.buffer, level.offset, level.length))) {
                bytes += changes.growth(put);
                isLeasing |= put.lease != 0;
            }
        }
        return bytes;
    }
}
