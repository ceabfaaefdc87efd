package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The fields of a RangeResponse but its header, of any length. In the order of keys it goes through
 * the range twice, at one revision: to measure, and to write. In another order it copies what it
 * finds, and sorts that.
 */
final class RangePiece implements Piece {
    private final KeyVersion version = new KeyVersion();
    private final RangeRequest request = new RangeRequest();
    private final RangeWalk walk;
    private final long revision;

    /** Null where keys are told in their order. */
    private final SortedVersions sorted;

    private State state = State.FINDING;
    private boolean hasMore;
    private long count;
    private long keysLength;
    private int sortedWritten;

    private enum State {
        FINDING,
        COUNTING,
        SORTING,
        PREPARED,
        WRITING_KEYS,
        WRITING_TAIL,
        WRITTEN
    }

    /**
     * @param revision to read at if the request does not say.
     */
    RangePiece(
            final MvccStore store,
            final DirectBuffer message,
            final int offset,
            final int length,
            final long revision) {
        final byte[] copy = new byte[length];
        message.getBytes(offset, copy);
        request.read(new ProtoReader().wrap(new UnsafeBuffer(copy), 0, length));
        walk = new RangeWalk(store);
        this.revision = request.revision <= 0 ? revision : request.revision;
        sorted = request.isInKeyOrder() || request.isCountOnly ? null : new SortedVersions(request);
        walk.open(request, this.revision, limit());
        if (request.isCountOnly) {
            state = State.COUNTING;
        }
    }

    private long limit() {
        return sorted == null ? request.limit : request.limitBeforeSort();
    }

    @Override
    public Step prepare(final int maxSteps) {
        walk.allow(maxSteps);
        if (state == State.FINDING) {
            final Step step = find();
            if (step != Step.END) {
                return step;
            }
            state = State.COUNTING;
        }
        if (state == State.COUNTING) {
            final Step step = walk.countRest();
            if (step != Step.END) {
                return step;
            }
            count = walk.count();
            state = sorted == null ? State.PREPARED : State.SORTING;
            if (sorted != null) {
                sorted.beginSort();
            }
        }
        if (state == State.SORTING) {
            if (!sorted.advanceSort(maxSteps)) {
                return Step.PAUSED;
            }
            measureSorted();
            state = State.PREPARED;
        }
        return Step.END;
    }

    private Step find() {
        Step step = walk.next(version);
        while (step == Step.FOUND) {
            if (sorted == null) {
                keysLength += KeyValues.length(KeyValues.RANGE_KVS, version, request.isKeysOnly);
            } else if (!sorted.add(version)) {
                return Step.COMPACTED;
            }
            step = walk.next(version);
        }
        hasMore = walk.hasMore();
        return step;
    }

    private void measureSorted() {
        hasMore = sorted.hasMore();
        for (int i = 0; i < sorted.count(); i++) {
            keysLength += sorted.length(i);
        }
    }

    /**
     * What the last call has left of the keys that it might look at. What was sorted has left none.
     */
    int stepsLeft() {
        return sorted == null ? walk.allowed() - 1 : 0;
    }

    @Override
    public long length() {
        return keysLength + RangeAnswer.tailLength(hasMore, count);
    }

    @Override
    public boolean isWritten() {
        return state == State.WRITTEN;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        if (state == State.PREPARED) {
            state = request.isCountOnly ? State.WRITING_TAIL : State.WRITING_KEYS;
            if (sorted == null) {
                walk.open(request, revision, limit());
            }
        }
        int at = offset;
        if (state == State.WRITING_KEYS) {
            at =
                    sorted == null
                            ? writeInOrder(target, at, maxLength, maxSteps)
                            : writeSorted(target, at, maxLength);
        }
        if (state == State.WRITING_TAIL) {
            at = RangeAnswer.tail(target, at, hasMore, count);
            state = State.WRITTEN;
        }
        return at;
    }

    private int writeInOrder(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        walk.allow(maxSteps);
        int at = offset;
        while (at - offset < maxLength) {
            final Step step = walk.next(version);
            if (step == Step.PAUSED) {
                return at;
            }
            if (step == Step.COMPACTED) {
                return -1;
            }
            if (step == Step.END) {
                state = State.WRITING_TAIL;
                return at;
            }
            at = KeyValues.put(target, at, KeyValues.RANGE_KVS, version, request.isKeysOnly);
        }
        return at;
    }

    private int writeSorted(
            final MutableDirectBuffer target, final int offset, final int maxLength) {
        int at = offset;
        while (at - offset < maxLength && sortedWritten < sorted.count()) {
            final int length = sorted.length(sortedWritten);
            target.putBytes(at, sorted.bytes(), sorted.offset(sortedWritten), length);
            at += length;
            sortedWritten++;
        }
        if (sortedWritten == sorted.count()) {
            state = State.WRITING_TAIL;
        }
        return at;
    }

    @Override
    public long heldBytes() {
        return sorted == null ? 0 : sorted.heldBytes();
    }
}
