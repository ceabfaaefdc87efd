package io.larch.engine.kv;

import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.RangeChunk;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes the chunks of ranges in the order of keys ({@link RangeChunk}). Put one behind the other,
 * they are what one answer to the request would have been at the moment of the first. Nothing is
 * kept from one to the next but what the cursor says, which the client's edge holds. Little endian:
 *
 * <pre>
 *   0          8       16          24      32      33
 *   +----------+-------+-----------+-------+-------+--------------
 *   | revision | index | keys left | count | flags | key looked at last
 *   +----------+-------+-----------+-------+-------+--------------
 * </pre>
 *
 * <p>Revision is what is read at, index what the store's was when the first chunk was made; the
 * count is of keys passed, or of the whole range where {@link #COUNTED} says so.
 *
 * <p>Owned by the engine thread.
 */
final class RangeChunks {
    private static final int INDEX_OFFSET = 8;
    private static final int LEFT_OFFSET = 16;
    private static final int COUNT_OFFSET = 24;
    private static final int FLAGS_OFFSET = 32;
    private static final int KEY_OFFSET = 33;

    /** The count is of all keys of the range. */
    private static final int COUNTED = 1;

    /** All keys that are asked for were told. */
    private static final int TOLD = 1 << 1;

    /** There are more than those. */
    private static final int MORE = 1 << 2;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final RangeRequest request = new RangeRequest();
    private final ProtoReader reader = new ProtoReader();
    private final ExpandableArrayBuffer start = new ExpandableArrayBuffer();
    private final MvccStore store;
    private final RangeCursor keys;
    private final UnsafeBuffer lastKey = new UnsafeBuffer(0, 0);

    /** The key found last, and the one that was told last: in turns. */
    private KeyVersion found = new KeyVersion();

    private KeyVersion told = new KeyVersion();
    private int maxBytes;
    private long revision;
    private long index;
    private long left;
    private long count;
    private boolean isCounted;
    private boolean isTold;
    private boolean hasMore;

    RangeChunks(final MvccStore store) {
        this.store = store;
        keys = new RangeCursor(store);
    }

    /**
     * Reads the body of a command, which has to stay as it is until {@link #write}.
     *
     * @return why it cannot be answered; null: it can.
     */
    KvError read(final DirectBuffer body, final int offset, final int length) {
        if (!RangeChunk.isWellFormed(body, offset, length)) {
            return KvError.KEY_NOT_PROVIDED;
        }
        maxBytes = RangeChunk.maxBytes(body, offset);
        final int cursorOffset = RangeChunk.cursorOffset(offset);
        final int cursorLength = RangeChunk.cursorLength(body, offset);
        final int requestOffset = cursorOffset + cursorLength;
        reader.wrap(body, requestOffset, offset + length - requestOffset);
        if (!request.read(reader) || cursorLength > 0 && cursorLength <= KEY_OFFSET) {
            return KvError.KEY_NOT_PROVIDED;
        }
        if (cursorLength > 0) {
            goOn(body, cursorOffset, cursorLength);
        } else {
            begin();
        }
        if (store.isFuture(revision)) {
            return KvError.FUTURE_REVISION;
        }
        return store.isCompacted(revision) ? KvError.COMPACTED : null;
    }

    private void begin() {
        index = store.revision();
        revision = request.revision <= 0 ? index : request.revision;
        left = request.limit;
        count = 0;
        isCounted = false;
        isTold = request.isCountOnly;
        hasMore = false;
    }

    /** From behind the key that was looked at last. */
    private void goOn(final DirectBuffer body, final int offset, final int length) {
        revision = body.getLong(offset, ORDER);
        index = body.getLong(offset + INDEX_OFFSET, ORDER);
        left = body.getLong(offset + LEFT_OFFSET, ORDER);
        count = body.getLong(offset + COUNT_OFFSET, ORDER);
        final int flags = body.getByte(offset + FLAGS_OFFSET);
        isCounted = (flags & COUNTED) != 0;
        isTold = (flags & TOLD) != 0;
        hasMore = (flags & MORE) != 0;
        final int keyLength = length - KEY_OFFSET;
        start.putBytes(0, body, offset + KEY_OFFSET, keyLength);
        // The least of all keys that are larger.
        start.putByte(keyLength, (byte) 0);
        final boolean isUnbounded = request.range.isUnbounded();
        final DirectBuffer end = request.range.end();
        final int endLength = end.capacity();
        start.putBytes(keyLength + 1, end, 0, endLength);
        if (isUnbounded) {
            start.putByte(keyLength + 1, (byte) 0);
        }
        request.range.set(
                start, 0, keyLength + 1, start, keyLength + 1, isUnbounded ? 1 : endLength);
    }

    /** Most bytes of fields that were asked for. */
    int maxBytes() {
        return maxBytes;
    }

    /** The store's revision as of the first chunk. */
    long index() {
        return index;
    }

    /**
     * Writes the body of the answer to what was read.
     *
     * @param most bytes of fields.
     * @param maxSteps most keys to look at; above 0.
     * @param isAtLeastOne whether the first key may be longer.
     * @return the end, or {@link RangeAnswer#TOO_LONG} where there is not room for the first key.
     */
    int write(
            final MutableDirectBuffer target,
            final int offset,
            final int most,
            final int maxSteps,
            final boolean isAtLeastOne) {
        final long passedBefore = count;
        if (!isCounted && revision == store.revision()) {
            count += store.count(request.range);
            isCounted = true;
        }
        keys.open(request.range, revision).allow(maxSteps);
        final int fields = offset + RangeChunk.FIELDS_OFFSET;
        int at = fields;
        int unread = 0;
        Step step = isTold ? Step.END : Step.FOUND;
        while (!isTold && step == Step.FOUND && unread == 0) {
            step = keys.next(found);
            if (step == Step.FOUND && request.limit > 0 && left == 0) {
                hasMore = true;
                isTold = true;
            } else if (step == Step.FOUND) {
                final int length = KeyValues.length(KeyValues.RANGE_KVS, found, request.isKeysOnly);
                final boolean hasRoom =
                        length <= most - (at - fields) || isAtLeastOne && at == fields;
                if (!hasRoom && at == fields) {
                    return RangeAnswer.TOO_LONG;
                }
                if (hasRoom) {
                    at = KeyValues.put(target, at, KeyValues.RANGE_KVS, found, request.isKeysOnly);
                    left--;
                    swap();
                } else {
                    unread = 1;
                }
            } else if (step == Step.END) {
                isTold = true;
            }
        }
        if (isTold && !isCounted) {
            step = keys.countRest();
        }
        if (!isCounted) {
            count = passedBefore + keys.passed() - unread;
        }
        final boolean isLast = isTold && (isCounted || step == Step.END);
        if (isLast) {
            at = RangeAnswer.tail(target, at, hasMore, count);
        }
        RangeChunk.fieldsLength(target, offset, at - fields);
        return isLast ? at : writeCursor(target, at, unread == 1 ? toldKey() : keys.lastKey());
    }

    private void swap() {
        final KeyVersion next = told;
        told = found;
        found = next;
    }

    private DirectBuffer toldKey() {
        lastKey.wrap(told.buffer(), told.keyOffset(), told.keyLength());
        return lastKey;
    }

    private int writeCursor(
            final MutableDirectBuffer target, final int offset, final DirectBuffer key) {
        target.putLong(offset, revision, ORDER);
        target.putLong(offset + INDEX_OFFSET, index, ORDER);
        target.putLong(offset + LEFT_OFFSET, left, ORDER);
        target.putLong(offset + COUNT_OFFSET, count, ORDER);
        final int flags = (isCounted ? COUNTED : 0) | (isTold ? TOLD : 0) | (hasMore ? MORE : 0);
        target.putByte(offset + FLAGS_OFFSET, (byte) flags);
        target.putBytes(offset + KEY_OFFSET, key, 0, key.capacity());
        return offset + KEY_OFFSET + key.capacity();
    }
}
