package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.MutableDirectBuffer;

/**
 * What a WatchResponse says about a watch, beside its header and its events.
 *
 * @param compactRevision 0 for none.
 * @param reason empty for none.
 */
record WatchWords(
        boolean isCreated,
        boolean isCanceled,
        long compactRevision,
        String reason,
        boolean isFragment) {
    private static final int WATCH_ID = 2;
    private static final int CREATED = 3;
    private static final int CANCELED = 4;
    private static final int COMPACT_REVISION = 5;
    private static final int CANCEL_REASON = 6;
    private static final int FRAGMENT = 7;

    private static final WatchWords NOTHING = new WatchWords(false, false, 0, "", false);
    private static final WatchWords A_FRAGMENT = new WatchWords(false, false, 0, "", true);
    private static final WatchWords IS_CREATED = new WatchWords(true, false, 0, "", false);
    private static final WatchWords IS_CANCELED = new WatchWords(false, true, 0, "", false);

    /** Progress: that there is nothing to tell. */
    static WatchWords nothing() {
        return NOTHING;
    }

    static WatchWords events(final boolean isFragment) {
        return isFragment ? A_FRAGMENT : NOTHING;
    }

    static WatchWords created() {
        return IS_CREATED;
    }

    /** Asked for, and refused. */
    static WatchWords refused(final String reason) {
        return new WatchWords(true, true, 0, reason, false);
    }

    static WatchWords canceled() {
        return IS_CANCELED;
    }

    /** Canceled by the server. */
    static WatchWords canceled(final String reason) {
        return new WatchWords(false, true, 0, reason, false);
    }

    /** Canceled, since what it asks for is no more. */
    static WatchWords compacted(final long compactRevision) {
        return new WatchWords(false, true, compactRevision, "", false);
    }

    /** Writes the fields, from 0. Returns their end. */
    int encode(final MutableDirectBuffer target, final long watchId) {
        int at = ProtoWriter.number(target, 0, WATCH_ID, watchId);
        at = ProtoWriter.flag(target, at, CREATED, isCreated);
        at = ProtoWriter.flag(target, at, CANCELED, isCanceled);
        at = ProtoWriter.number(target, at, COMPACT_REVISION, compactRevision);
        at = ProtoWriter.ascii(target, at, CANCEL_REASON, reason);
        return ProtoWriter.flag(target, at, FRAGMENT, isFragment);
    }
}
