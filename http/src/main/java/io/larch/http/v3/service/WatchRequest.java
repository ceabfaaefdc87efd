package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A WatchCreateRequest, as far as the edge looks at it.
 *
 * @param bytes the same request with nothing in it but what the engine looks at, each once: kept as
 *     long as the watch is, however long what the client sent was.
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
    private static final int PREV_KV = 6;
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
        boolean wantsPrevious = false;
        int filters = 0;
        final ProtoReader message = new ProtoReader().wrap(buffer, offset, length);
        while (message.next()) {
            switch (message.field()) {
                case KEY -> key = bytes(message);
                case RANGE_END -> end = bytes(message);
                case START_REVISION -> startRevision = message.number();
                case PROGRESS_NOTIFY -> isProgressWanted = message.flag();
                case FILTERS -> {
                    hasKnownFilters &= areKnown(message);
                    filters |= filters(message);
                }
                case PREV_KV -> wantsPrevious = message.flag();
                case WATCH_ID -> watchId = message.number();
                case FRAGMENT -> isFragmented = message.flag();
                default -> {}
            }
        }
        return message.isBroken()
                ? null
                : new WatchRequest(
                        write(key, end, startRevision, filters, wantsPrevious),
                        startRevision,
                        watchId,
                        isProgressWanted,
                        isFragmented,
                        isEmpty(key, end),
                        hasKnownFilters);
    }

    private static byte[] bytes(final ProtoReader field) {
        final byte[] bytes = new byte[field.length()];
        if (bytes.length > 0) {
            field.buffer().getBytes(field.offset(), bytes);
        }
        return bytes;
    }

    /** The message with these fields alone. */
    private static byte[] write(
            final byte[] key,
            final byte[] end,
            final long startRevision,
            final int filters,
            final boolean wantsPrevious) {
        final int length =
                ProtoWriter.bytesLength(KEY, key.length)
                        + ProtoWriter.bytesLength(RANGE_END, end.length)
                        + ProtoWriter.numberLength(START_REVISION, startRevision)
                        + ProtoWriter.bytesLength(FILTERS, Integer.bitCount(filters))
                        + ProtoWriter.numberLength(PREV_KV, wantsPrevious ? 1 : 0);
        final UnsafeBuffer target = new UnsafeBuffer(new byte[length]);
        final UnsafeBuffer source = new UnsafeBuffer(key);
        int at = ProtoWriter.bytes(target, 0, KEY, source, 0, key.length);
        source.wrap(end);
        at = ProtoWriter.bytes(target, at, RANGE_END, source, 0, end.length);
        at = ProtoWriter.number(target, at, START_REVISION, startRevision);
        if (filters != 0) {
            at = ProtoWriter.head(target, at, FILTERS, Integer.bitCount(filters));
            for (byte each = 0; each <= MAX_FILTER; each++) {
                if ((filters >>> each & 1) != 0) {
                    target.putByte(at++, each);
                }
            }
        }
        ProtoWriter.flag(target, at, PREV_KV, wantsPrevious);
        return target.byteArray();
    }

    /** A bit for each that is known. */
    private static int filters(final ProtoReader filters) {
        if (filters.is(ProtoReader.VARINT)) {
            return bit(filters.number());
        }
        int bits = 0;
        for (int i = 0; i < filters.length(); i++) {
            bits |= bit(filters.buffer().getByte(filters.offset() + i));
        }
        return bits;
    }

    private static int bit(final long filter) {
        return filter >= 0 && filter <= MAX_FILTER ? 1 << filter : 0;
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
