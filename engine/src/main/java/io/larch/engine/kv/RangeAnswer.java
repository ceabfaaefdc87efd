package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import org.agrona.MutableDirectBuffer;

/**
 * Answers range requests in one go: the fields of a RangeResponse but its header. Within a
 * transaction it sees what that has done so far. A single key costs no allocation.
 */
final class RangeAnswer {
    /** It takes more than was allowed. */
    static final int TOO_LONG = -1;

    private static final int MORE = 3;
    private static final int COUNT = 4;

    private final KeyVersion version = new KeyVersion();
    private final MvccStore store;
    private final RangeWalk walk;
    private int stepsLeft;

    RangeAnswer(final MvccStore store) {
        this.store = store;
        walk = new RangeWalk(store);
    }

    /**
     * Writes the answer to a request whose revision can be read at.
     *
     * @param maxBytes most to write, about.
     * @param maxSteps most keys to look at.
     * @return the end, or {@link #TOO_LONG}.
     */
    int write(
            final RangeRequest request,
            final MutableDirectBuffer target,
            final int offset,
            final int maxBytes,
            final int maxSteps) {
        if (request.range.isSingleKey()) {
            stepsLeft = maxSteps - 1;
            return writeKey(request, target, offset, maxBytes);
        }
        final int end;
        if (request.isCountOnly) {
            walk.open(request, request.revisionToRead(), 0).allow(maxSteps);
            end =
                    walk.countRest() == Step.END
                            ? tail(target, offset, false, walk.count())
                            : TOO_LONG;
        } else if (request.isInKeyOrder()) {
            end = writeInOrder(request, target, offset, maxBytes, maxSteps);
        } else {
            end = writeSorted(request, target, offset, maxBytes, maxSteps);
        }
        stepsLeft = walk.allowed() - 1;
        return end;
    }

    /** What the last answer has left of the keys that it might look at; one at least is taken. */
    int stepsLeft() {
        return stepsLeft;
    }

    private int writeKey(
            final RangeRequest request,
            final MutableDirectBuffer target,
            final int offset,
            final int maxBytes) {
        if (!store.get(
                request.range.key(),
                0,
                request.range.key().capacity(),
                request.revisionToRead(),
                version)) {
            return offset;
        }
        int at = offset;
        if (!request.isCountOnly && request.takes(version)) {
            if (KeyValues.length(KeyValues.RANGE_KVS, version, request.isKeysOnly) > maxBytes) {
                return TOO_LONG;
            }
            at = KeyValues.put(target, at, KeyValues.RANGE_KVS, version, request.isKeysOnly);
        }
        return tail(target, at, false, 1);
    }

    private int writeInOrder(
            final RangeRequest request,
            final MutableDirectBuffer target,
            final int offset,
            final int maxBytes,
            final int maxSteps) {
        walk.open(request, request.revisionToRead(), request.limit).allow(maxSteps);
        int at = offset;
        Step step = walk.next(version);
        while (step == Step.FOUND) {
            final int length = KeyValues.length(KeyValues.RANGE_KVS, version, request.isKeysOnly);
            if (length > maxBytes - (at - offset)) {
                return TOO_LONG;
            }
            at = KeyValues.put(target, at, KeyValues.RANGE_KVS, version, request.isKeysOnly);
            step = walk.next(version);
        }
        if (step != Step.END || walk.countRest() != Step.END) {
            return TOO_LONG;
        }
        return tail(target, at, walk.hasMore(), walk.count());
    }

    private int writeSorted(
            final RangeRequest request,
            final MutableDirectBuffer target,
            final int offset,
            final int maxBytes,
            final int maxSteps) {
        walk.open(request, request.revisionToRead(), request.limitBeforeSort()).allow(maxSteps);
        final SortedVersions sorted = new SortedVersions(request);
        Step step = walk.next(version);
        while (step == Step.FOUND) {
            if (!sorted.add(version) || sorted.heldBytes() > 4L * maxBytes) {
                return TOO_LONG;
            }
            step = walk.next(version);
        }
        if (step != Step.END || walk.countRest() != Step.END) {
            return TOO_LONG;
        }
        sorted.beginSort();
        sorted.advanceSort(Integer.MAX_VALUE);
        int at = offset;
        for (int i = 0; i < sorted.count(); i++) {
            if (sorted.length(i) > maxBytes - (at - offset)) {
                return TOO_LONG;
            }
            target.putBytes(at, sorted.bytes(), sorted.offset(i), sorted.length(i));
            at += sorted.length(i);
        }
        return tail(target, at, sorted.hasMore(), walk.count());
    }

    /** Writes the fields behind the keys. Returns the end. */
    static int tail(
            final MutableDirectBuffer target,
            final int offset,
            final boolean hasMore,
            final long count) {
        return ProtoWriter.number(
                target, ProtoWriter.flag(target, offset, MORE, hasMore), COUNT, count);
    }

    /** Bytes of the fields behind the keys. */
    static int tailLength(final boolean hasMore, final long count) {
        return ProtoWriter.numberLength(MORE, hasMore ? 1 : 0)
                + ProtoWriter.numberLength(COUNT, count);
    }
}
