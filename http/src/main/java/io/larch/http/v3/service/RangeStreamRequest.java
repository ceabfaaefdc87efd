package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A RangeRequest whose answer is told in chunks.
 *
 * @param bytes the request with nothing in it but what the engine looks at: kept as long as the
 *     call is, however long what the client sent was.
 * @param isPlain whether it asks for keys in their order, and for all of them.
 */
record RangeStreamRequest(byte[] bytes, boolean isSerializable, boolean isPlain) {
    private static final int ASCEND = 1;
    private static final byte[] NOTHING = {};

    /** Reads what {@link KvChecks#range} has looked at. */
    static RangeStreamRequest read(final DirectBuffer buffer, final int offset, final int length) {
        byte[] key = NOTHING;
        byte[] end = NOTHING;
        long limit = 0;
        long revision = 0;
        long order = 0;
        long target = 0;
        boolean isSerializable = false;
        boolean isKeysOnly = false;
        boolean isCountOnly = false;
        boolean hasFilter = false;
        final ProtoReader message = new ProtoReader().wrap(buffer, offset, length);
        while (message.next()) {
            switch (message.field()) {
                case Fields.Range.KEY -> key = bytes(message);
                case Fields.Range.RANGE_END -> end = bytes(message);
                case Fields.Range.LIMIT -> limit = message.number();
                case Fields.Range.REVISION -> revision = message.number();
                case Fields.Range.SORT_ORDER -> order = message.number();
                case Fields.Range.SORT_TARGET -> target = message.number();
                case Fields.Range.SERIALIZABLE -> isSerializable = message.flag();
                case Fields.Range.KEYS_ONLY -> isKeysOnly = message.flag();
                case Fields.Range.COUNT_ONLY -> isCountOnly = message.flag();
                case Fields.Range.MIN_MOD_REVISION,
                        Fields.Range.MAX_MOD_REVISION,
                        Fields.Range.MIN_CREATE_REVISION,
                        Fields.Range.MAX_CREATE_REVISION ->
                        hasFilter |= message.number() != 0;
                default -> {}
            }
        }
        final boolean isPlain = order <= ASCEND && target == 0 && !hasFilter;
        return new RangeStreamRequest(
                write(key, end, limit, revision, isKeysOnly, isCountOnly), isSerializable, isPlain);
    }

    private static byte[] bytes(final ProtoReader field) {
        final byte[] bytes = new byte[field.length()];
        if (bytes.length > 0) {
            field.buffer().getBytes(field.offset(), bytes);
        }
        return bytes;
    }

    private static byte[] write(
            final byte[] key,
            final byte[] end,
            final long limit,
            final long revision,
            final boolean isKeysOnly,
            final boolean isCountOnly) {
        final int length =
                ProtoWriter.bytesLength(Fields.Range.KEY, key.length)
                        + ProtoWriter.bytesLength(Fields.Range.RANGE_END, end.length)
                        + ProtoWriter.numberLength(Fields.Range.LIMIT, limit)
                        + ProtoWriter.numberLength(Fields.Range.REVISION, revision)
                        + ProtoWriter.numberLength(Fields.Range.KEYS_ONLY, isKeysOnly ? 1 : 0)
                        + ProtoWriter.numberLength(Fields.Range.COUNT_ONLY, isCountOnly ? 1 : 0);
        final UnsafeBuffer target = new UnsafeBuffer(new byte[length]);
        final UnsafeBuffer source = new UnsafeBuffer(key);
        int at = ProtoWriter.bytes(target, 0, Fields.Range.KEY, source, 0, key.length);
        source.wrap(end);
        at = ProtoWriter.bytes(target, at, Fields.Range.RANGE_END, source, 0, end.length);
        at = ProtoWriter.number(target, at, Fields.Range.LIMIT, limit);
        at = ProtoWriter.number(target, at, Fields.Range.REVISION, revision);
        at = ProtoWriter.flag(target, at, Fields.Range.KEYS_ONLY, isKeysOnly);
        ProtoWriter.flag(target, at, Fields.Range.COUNT_ONLY, isCountOnly);
        return target.byteArray();
    }
}
