package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.KeyVersion;
import org.agrona.MutableDirectBuffer;

/** KeyValue messages as fields of answers: the store's bytes behind a tag and a length. */
final class KeyValues {
    /** Of the keys in a RangeResponse. */
    static final int RANGE_KVS = 2;

    private KeyValues() {}

    /** Bytes that {@link #put} writes. */
    static int length(final int field, final KeyVersion version, final boolean isKeyOnly) {
        return ProtoWriter.elementLength(field, bodyLength(version, isKeyOnly));
    }

    /** Writes a version. Returns the end. */
    static int put(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final KeyVersion version,
            final boolean isKeyOnly) {
        if (!isKeyOnly) {
            return ProtoWriter.element(
                    target,
                    offset,
                    field,
                    version.buffer(),
                    version.bytesOffset(),
                    version.bytesLength());
        }
        final int at = ProtoWriter.head(target, offset, field, bodyLength(version, true));
        return version.putWithoutValue(target, at);
    }

    private static int bodyLength(final KeyVersion version, final boolean isKeyOnly) {
        return isKeyOnly ? version.bytesLengthWithoutValue() : version.bytesLength();
    }
}
