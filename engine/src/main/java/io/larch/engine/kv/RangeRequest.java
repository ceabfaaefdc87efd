package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A RangeRequest, to be filled again and again. Refers to the bytes that it was read from. */
final class RangeRequest {
    /** Of sort_order. */
    static final int NONE = 0;

    static final int DESCEND = 2;

    /** Of sort_target. */
    static final int BY_KEY = 0;

    static final int BY_VERSION = 1;
    static final int BY_CREATE = 2;
    static final int BY_MOD = 3;
    static final int BY_VALUE = 4;

    private static final DirectBuffer NOTHING = new UnsafeBuffer(0, 0);

    final KeyRange range = new KeyRange();
    long limit;
    long revision;
    int order;
    int target;
    boolean isKeysOnly;
    boolean isCountOnly;
    private long minMod;
    private long maxMod;
    private long minCreate;
    private long maxCreate;

    /** Reads one. Returns false when it is not one, or its key is empty. */
    boolean read(final ProtoReader reader) {
        DirectBuffer buffer = NOTHING;
        int keyOffset = 0;
        int keyLength = 0;
        int endOffset = 0;
        int endLength = 0;
        limit = 0;
        revision = 0;
        order = NONE;
        target = BY_KEY;
        isKeysOnly = false;
        isCountOnly = false;
        minMod = 0;
        maxMod = 0;
        minCreate = 0;
        maxCreate = 0;
        while (reader.next()) {
            buffer = reader.buffer();
            switch (reader.field()) {
                case 1 -> {
                    keyOffset = reader.offset();
                    keyLength = reader.length();
                }
                case 2 -> {
                    endLength = reader.length();
                    endOffset = endLength == 0 ? 0 : reader.offset();
                }
                case 3 -> limit = Math.max(0, reader.number());
                case 4 -> revision = reader.number();
                case 5 -> order = (int) reader.number();
                case 6 -> target = (int) reader.number();
                case 8 -> isKeysOnly = reader.flag();
                case 9 -> isCountOnly = reader.flag();
                case 10 -> minMod = reader.number();
                case 11 -> maxMod = reader.number();
                case 12 -> minCreate = reader.number();
                case 13 -> maxCreate = reader.number();
                default -> {
                    // Of no meaning here.
                }
            }
        }
        range.set(buffer, keyOffset, keyLength, buffer, endOffset, endLength);
        return !reader.isBroken() && keyLength > 0;
    }

    /** The revision to read at; 0 and below ask for the newest. */
    long revisionToRead() {
        return revision <= 0 ? MvccStore.NEWEST : revision;
    }

    /** Whether the order of keys, one way or the other, is the order of the answer. */
    boolean isInKeyOrder() {
        return target == BY_KEY;
    }

    /** Whether the largest come first. */
    boolean isDescending() {
        return order == DESCEND;
    }

    /**
     * The most keys that are looked at before sorting: etcd applies the limit to the order of keys
     * when it sorts by something else without having been told which way.
     *
     * @return 0: all.
     */
    long limitBeforeSort() {
        return limit > 0 && order == NONE && !hasFilter() ? limit + 1 : 0;
    }

    /** Whether some versions may not pass. */
    boolean hasFilter() {
        return minMod != 0 || maxMod != 0 || minCreate != 0 || maxCreate != 0;
    }

    /** Whether a version passes the filters. */
    boolean takes(final KeyVersion version) {
        if (!hasFilter()) {
            return true;
        }
        final long mod = version.modRevision();
        final long create = version.createRevision();
        return (minMod == 0 || mod >= minMod)
                && (maxMod == 0 || mod <= maxMod)
                && (minCreate == 0 || create >= minCreate)
                && (maxCreate == 0 || create <= maxCreate);
    }
}
