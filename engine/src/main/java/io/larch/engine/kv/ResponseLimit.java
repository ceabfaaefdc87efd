package io.larch.engine.kv;

import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;

/**
 * How long the answer to a write may become that tells keys: a write is answered at once, so what
 * is longer than can be held is refused before anything is done. Looked at only where there is
 * enough to be told; depends on what is applied alone.
 */
final class ResponseLimit {
    static final long MAX_BYTES = 256L << 20;

    /**
     * Of so little nobody can be told too much, by as many operations as a transaction may have.
     */
    private static final long HARMLESS_BYTES = MAX_BYTES / 256;

    /** Tags, lengths and headers around a key. */
    private static final int KEY_OVERHEAD = 32;

    private final KeyVersion version = new KeyVersion();
    private final MvccStore store;
    private final RangeCursor cursor;
    private long bytes;

    ResponseLimit(final MvccStore store) {
        this.store = store;
        cursor = new RangeCursor(store);
    }

    /** Begins to look at a request. */
    void begin() {
        bytes = 0;
    }

    /**
     * The answer tells the keys of a range.
     *
     * @param limit most keys that are told; 0: all.
     * @return whether it is not too long yet.
     */
    boolean adds(final KeyRange range, final long revision, final long limit) {
        if (range.isSingleKey() || store.usedBytes() < HARMLESS_BYTES) {
            return true;
        }
        cursor.open(range, revision).allow(Integer.MAX_VALUE);
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        while (left-- > 0 && bytes <= MAX_BYTES && cursor.next(version) == Step.FOUND) {
            bytes += version.bytesLength() + KEY_OVERHEAD;
        }
        return bytes <= MAX_BYTES;
    }
}
