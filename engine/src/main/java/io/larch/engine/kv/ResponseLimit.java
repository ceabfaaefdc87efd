package io.larch.engine.kv;

import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;
import org.agrona.DirectBuffer;

/**
 * How long the answer to a write may become: it is answered at once, so what is longer than can be
 * held is refused before anything is done. Told all operations in the order in which they will be
 * done, it counts, on the state before, at least what each will tell: what a put brings is counted
 * once more for each operation behind it that may tell it.
 *
 * <p>Depends on the log alone, and never on what a member has got done by itself: all of them, and
 * each again when it replays, refuse the same.
 */
final class ResponseLimit {
    static final long MAX_BYTES = 64L << 20;

    /** Tags, lengths, numbers and headers around a key, or around the answer of an operation. */
    private static final int OVERHEAD = 64;

    /** No limit of keys is meant to be larger. */
    private static final long MANY = Long.MAX_VALUE / 2;

    private final KeyVersion version = new KeyVersion();
    private final MvccStore store;
    private final LookLimit looks;
    private final RangeCursor cursor;
    private long bytes;

    /** What operations before have changed. */
    private int puts;

    private long putBytes;
    private long longestPut;
    private long deleted;

    /**
     * @param looks is told what is looked at here, and will be when it is done.
     */
    ResponseLimit(final MvccStore store, final LookLimit looks) {
        this.store = store;
        this.looks = looks;
        cursor = new RangeCursor(store);
    }

    /** Begins to look at a request. */
    void begin() {
        bytes = 0;
        puts = 0;
        putBytes = 0;
        longestPut = 0;
        deleted = 0;
    }

    /**
     * Comes next.
     *
     * @return whether it is not too long yet.
     */
    boolean adds(final PutRequest put) {
        bytes += OVERHEAD;
        if (put.hasPrevious) {
            addKey(put.buffer, put.keyOffset, put.keyLength, MvccStore.NEWEST, false);
        }
        final long length = (long) put.keyLength + put.valueLength + OVERHEAD;
        puts++;
        putBytes += length;
        longestPut = Math.max(longestPut, length);
        return bytes <= MAX_BYTES;
    }

    /**
     * Comes next. Its revision can be read at.
     *
     * @return whether it is not too long yet.
     */
    boolean adds(final RangeRequest request) {
        bytes += OVERHEAD;
        final long revision = request.revisionToRead();
        if (request.isCountOnly) {
            addCount(request.range, revision);
        } else if (request.range.isSingleKey()) {
            final DirectBuffer key = request.range.key();
            addKey(key, 0, key.capacity(), revision, request.isKeysOnly);
        } else if (request.isInKeyOrder() && request.isDescending()) {
            cursor.openDescending(request.range, revision);
            addKeys(request, revision);
        } else {
            cursor.open(request.range, revision);
            addKeys(request, revision);
        }
        return bytes <= MAX_BYTES;
    }

    /**
     * Comes next.
     *
     * @return whether it is not too long yet.
     */
    boolean adds(final DeleteRequest request) {
        bytes += OVERHEAD;
        deleted += store.count(request.range);
        if (request.hasPrevious) {
            cursor.open(request.range, MvccStore.NEWEST);
            addPuts(0);
            addKeys(null, 0, false);
        } else if (!request.range.isSingleKey()) {
            cursor.open(request.range, MvccStore.NEWEST);
            cursor.countRest();
        } else {
            return bytes <= MAX_BYTES;
        }
        looks.add(cursor.held() + puts);
        return bytes <= MAX_BYTES;
    }

    private void addKey(
            final DirectBuffer key,
            final int offset,
            final int length,
            final long revision,
            final boolean isKeyOnly) {
        final long found =
                store.get(key, offset, length, revision, version) ? length(isKeyOnly) : 0;
        bytes += revision == MvccStore.NEWEST ? Math.max(found, longestPut) : found;
    }

    private void addKeys(final RangeRequest request, final long revision) {
        final boolean isNewest = revision == MvccStore.NEWEST;
        long limit = request.isInKeyOrder() ? request.limit : request.limitBeforeSort();
        if (request.hasFilter() || limit < 0) {
            limit = 0;
        } else if (limit > 0 && isNewest) {
            // Deletions let keys move up.
            limit = Math.min(limit, MANY) + deleted;
        }
        if (isNewest) {
            addPuts(limit);
        }
        final boolean isKeysOnly = request.isKeysOnly && request.target != RangeRequest.BY_VALUE;
        // What was put may pass the filters though what it replaces does not.
        addKeys(isNewest && puts > 0 ? null : request, limit, isKeysOnly);
        if (!isNewest && bytes <= MAX_BYTES) {
            cursor.countRest();
        }
        looks.add(cursor.held() + puts);
    }

    /** What is there now is not counted one by one. */
    private void addCount(final KeyRange range, final long revision) {
        if (!range.isSingleKey() && revision != MvccStore.NEWEST) {
            cursor.open(range, revision);
            cursor.countRest();
            looks.add(cursor.held());
        }
    }

    private void addPuts(final long limit) {
        bytes += limit == 0 || limit >= puts ? putBytes : Math.min(putBytes, limit * longestPut);
    }

    /**
     * Counts what the cursor finds.
     *
     * @param filter null: all are counted.
     * @param limit most keys that are counted; 0: all.
     */
    private void addKeys(final RangeRequest filter, final long limit, final boolean isKeysOnly) {
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        while (left-- > 0 && bytes <= MAX_BYTES && cursor.next(version) == Step.FOUND) {
            if (filter == null || filter.takes(version)) {
                bytes += OVERHEAD + length(isKeysOnly);
            }
        }
    }

    private int length(final boolean isKeyOnly) {
        return isKeyOnly ? version.bytesLengthWithoutValue() : version.bytesLength();
    }
}
