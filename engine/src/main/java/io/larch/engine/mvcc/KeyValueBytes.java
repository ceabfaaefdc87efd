package io.larch.engine.mvcc;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes etcd's {@code mvccpb.KeyValue} in its canonical form: fields in ascending order, zeros and
 * empty bytes left out. It is what etcd stores, so that hashes are equal, and what it sends, so
 * that a reply is a copy.
 *
 * <pre>
 *   key 1 (bytes) | create_revision 2 | mod_revision 3 | version 4 | value 5 (bytes) | lease 6
 * </pre>
 *
 * A deletion has key and mod_revision alone: what a watch tells of it. Of these etcd stores the key
 * alone.
 */
final class KeyValueBytes {
    static final int KEY = 1;
    static final int CREATE_REVISION = 2;
    static final int MOD_REVISION = 3;
    static final int VERSION = 4;
    static final int VALUE = 5;
    static final int LEASE = 6;

    private static final int TYPE_BITS = 3;
    private static final int MAX_VARINT_LENGTH = 10;

    private KeyValueBytes() {}

    /** What a field of a number begins with. */
    static byte numberTag(final int field) {
        return (byte) (field << TYPE_BITS);
    }

    /** What a field of bytes begins with. */
    static byte bytesTag(final int field) {
        return (byte) (field << TYPE_BITS | 2);
    }

    /** Most bytes that a key and a value can take. */
    static long maxLength(final int keyLength, final int valueLength) {
        // A tag each, the lengths of two, and four numbers.
        return keyLength + (long) valueLength + 6 + 2 * 5 + 4 * MAX_VARINT_LENGTH;
    }

    static int length(
            final int keyLength,
            final long createRevision,
            final long modRevision,
            final long version,
            final int valueLength,
            final long lease) {
        return Math.addExact(
                ProtoWriter.bytesLength(KEY, keyLength)
                        + ProtoWriter.numberLength(CREATE_REVISION, createRevision)
                        + ProtoWriter.numberLength(MOD_REVISION, modRevision)
                        + ProtoWriter.numberLength(VERSION, version)
                        + ProtoWriter.numberLength(LEASE, lease),
                ProtoWriter.bytesLength(VALUE, valueLength));
    }

    /**
     * Writes a put.
     *
     * @param key all that the buffer shows.
     */
    static void put(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer key,
            final long createRevision,
            final long modRevision,
            final long version,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long lease) {
        int at = ProtoWriter.bytes(target, offset, KEY, key, 0, key.capacity());
        at = ProtoWriter.number(target, at, CREATE_REVISION, createRevision);
        at = ProtoWriter.number(target, at, MOD_REVISION, modRevision);
        at = ProtoWriter.number(target, at, VERSION, version);
        at = ProtoWriter.bytes(target, at, VALUE, value, valueOffset, valueLength);
        ProtoWriter.number(target, at, LEASE, lease);
    }

    /** Writes a deletion. */
    static void putTombstone(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer key,
            final long modRevision) {
        final int at = ProtoWriter.bytes(target, offset, KEY, key, 0, key.capacity());
        ProtoWriter.number(target, at, MOD_REVISION, modRevision);
    }

    static long varint(final DirectBuffer buffer, final int offset) {
        long number = 0;
        int at = offset;
        int shift = 0;
        byte next = buffer.getByte(at++);
        while (next < 0) {
            number |= (next & 0x7fL) << shift;
            shift += 7;
            next = buffer.getByte(at++);
        }
        return number | (long) next << shift;
    }

    /** Where a number of unknown origin ends, -1 if it does not before a bound. */
    static int varintEnd(final DirectBuffer buffer, final int offset, final int bound) {
        final int last = Math.min(bound, offset + MAX_VARINT_LENGTH);
        for (int at = offset; at < last; at++) {
            if (buffer.getByte(at) >= 0) {
                return at + 1;
            }
        }
        return -1;
    }
}
