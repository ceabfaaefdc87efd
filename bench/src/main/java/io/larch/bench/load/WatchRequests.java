package io.larch.bench.load;

import io.larch.engine.codec.kv.ProtoWriter;
import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes requests for watches. One at a time: each overwrites the one before. */
final class WatchRequests {
    private static final byte[] EMPTY = {};
    private static final int CREATE = 1;
    private static final int KEY = 1;
    private static final int RANGE_END = 2;
    private static final int PREV_KV = 6;
    private static final int WATCH_ID = 7;

    private final ExpandableArrayBuffer inner = new ExpandableArrayBuffer();
    private final ExpandableArrayBuffer message = new ExpandableArrayBuffer();

    /** Returns the length of a request for a key. */
    int ofKey(final long watchId, final String key) {
        return create(watchId, ascii(key), EMPTY, false);
    }

    /** Returns the length of a request for all keys that begin so. */
    int ofPrefix(final long watchId, final String prefix, final boolean isPreviousWanted) {
        final byte[] end = ascii(prefix);
        end[end.length - 1]++;
        return create(watchId, ascii(prefix), end, isPreviousWanted);
    }

    /** The last request, from 0 on. */
    ExpandableArrayBuffer message() {
        return message;
    }

    private int create(
            final long watchId, final byte[] key, final byte[] end, final boolean isPrevious) {
        int at = ProtoWriter.bytes(inner, 0, KEY, new UnsafeBuffer(key), 0, key.length);
        at = ProtoWriter.bytes(inner, at, RANGE_END, new UnsafeBuffer(end), 0, end.length);
        at = ProtoWriter.flag(inner, at, PREV_KV, isPrevious);
        at = ProtoWriter.number(inner, at, WATCH_ID, watchId);
        return ProtoWriter.element(message, 0, CREATE, inner, 0, at);
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
