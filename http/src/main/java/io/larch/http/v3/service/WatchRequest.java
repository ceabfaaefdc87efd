package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A WatchCreateRequest, as far as the edge looks at it.
 *
 * @param bytes of the whole message, for the engine.
 */
record WatchRequest(
        byte[] bytes,
        long startRevision,
        long watchId,
        boolean isProgressWanted,
        boolean isFragmented,
        boolean isRangeEmpty,
        boolean hasKnownFilters) {
    private static final int KEY = 1;
    private static final int RANGE_END = 2;
    static final int START_REVISION = 3;
    private static final int PROGRESS_NOTIFY = 4;
    private static final int FILTERS = 5;
    private static final int WATCH_ID = 7;
    private static final int FRAGMENT = 8;
    private static final int MAX_FILTER = 1;
    private static final byte[] NOTHING = {};
    private static final byte[] FIRST = {0};

    /** Null for what is no such message. */
    static WatchRequest read(final DirectBuffer buffer, final int offset, final int length) {
        byte[] key = NOTHING;
        byte[] end = NOTHING;
        long startRevision = 0;
        long watchId = 0;
        boolean isProgressWanted = false;
        boolean isFragmented = false;
        boolean hasKnownFilters = true;
        final ProtoReader message = new ProtoReader().wrap(buffer, offset, length);
        while (message.next()) {
            switch (message.field()) {
                case KEY -> key = bytes(message);
                case RANGE_END -> end = bytes(message);
                case START_REVISION -> startRevision = message.number();
                case PROGRESS_NOTIFY -> isProgressWanted = message.flag();
                case FILTERS -> hasKnownFilters &= areKnown(message);
                case WATCH_ID -> watchId = message.number();
                case FRAGMENT -> isFragmented = message.flag();
                default -> {}
            }
        }
        return message.isBroken()
                ? null
                : new WatchRequest(
                        bytes(buffer, offset, length),
                        startRevision,
                        watchId,
                        isProgressWanted,
                        isFragmented,
                        isEmpty(key, end),
                        hasKnownFilters);
    }

    private static byte[] bytes(final ProtoReader field) {
        return bytes(field.buffer(), field.offset(), field.length());
    }

    private static byte[] bytes(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    /** One by one, or packed. */
    private static boolean areKnown(final ProtoReader filters) {
        if (filters.is(ProtoReader.VARINT)) {
            return KvChecks.isUpTo(filters.number(), MAX_FILTER);
        }
        boolean areKnown = true;
        for (int i = 0; i < filters.length(); i++) {
            areKnown &= KvChecks.isUpTo(filters.buffer().getByte(filters.offset() + i), MAX_FILTER);
        }
        return areKnown;
    }

    /** No key is the first of all keys; an end of one zero byte is behind all keys. */
    private static boolean isEmpty(final byte[] key, final byte[] end) {
        final boolean isEndless = end.length == 0 || end.length == 1 && end[0] == 0;
        return !isEndless && Arrays.compareUnsigned(key.length == 0 ? FIRST : key, end) >= 0;
    }
}
