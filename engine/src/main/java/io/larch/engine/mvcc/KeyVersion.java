package io.larch.engine.mvcc;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * View of one version of a key: points at its record, copies nothing; used again and again. Valid
 * until the next slice of compaction ({@link MvccStore#compactSome}), or the store's end; writes do
 * it no harm.
 */
public final class KeyVersion {
    private static final byte CREATE_REVISION =
            KeyValueBytes.numberTag(KeyValueBytes.CREATE_REVISION);
    private static final byte MOD_REVISION = KeyValueBytes.numberTag(KeyValueBytes.MOD_REVISION);
    private static final byte VERSION = KeyValueBytes.numberTag(KeyValueBytes.VERSION);
    private static final byte VALUE = KeyValueBytes.bytesTag(KeyValueBytes.VALUE);
    private static final byte LEASE = KeyValueBytes.numberTag(KeyValueBytes.LEASE);

    private DirectBuffer buffer;
    private int offset;
    private boolean isDecoded;
    private int keyOffset;
    private int keyLength;
    private int valueField;
    private int valueOffset;
    private int valueLength;
    private long createRevision;
    private long modRevision;
    private long version;
    private long lease;
    private int at;

    /** Whether it shows a version. */
    public boolean isSet() {
        return buffer != null;
    }

    /** Shows nothing any more. */
    public KeyVersion unset() {
        buffer = null;
        isDecoded = false;
        return this;
    }

    /** Shows what another one shows. */
    public KeyVersion set(final KeyVersion other) {
        return set(other.buffer, other.offset);
    }

    KeyVersion set(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        isDecoded = false;
        return this;
    }

    /** Whether it is the deletion of the key. */
    public boolean isTombstone() {
        return RecordLayout.isTombstone(buffer, offset);
    }

    /** Position of the change in its transaction, from 0. */
    public int sub() {
        return RecordLayout.sub(buffer, offset);
    }

    int versionId() {
        return RecordLayout.versionId(buffer, offset);
    }

    /** What all offsets are meant in. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Where the KeyValue begins: etcd's {@code mvccpb.KeyValue} in its canonical form, ready to be
     * copied behind tag and length. That of a deletion has key and mod_revision alone.
     */
    public int bytesOffset() {
        return RecordLayout.bodyOffset(offset);
    }

    public int bytesLength() {
        return RecordLayout.bodyLength(buffer, offset);
    }

    public int keyOffset() {
        decode();
        return keyOffset;
    }

    public int keyLength() {
        decode();
        return keyLength;
    }

    public int valueOffset() {
        decode();
        return valueOffset;
    }

    public int valueLength() {
        decode();
        return valueLength;
    }

    public long createRevision() {
        decode();
        return createRevision;
    }

    public long modRevision() {
        decode();
        return modRevision;
    }

    public long version() {
        decode();
        return version;
    }

    public long lease() {
        decode();
        return lease;
    }

    /** Length of the KeyValue when its value is left out. */
    public int bytesLengthWithoutValue() {
        decode();
        return bytesLength() - (valueOffset + valueLength - valueField);
    }

    /**
     * Copies the KeyValue without its value.
     *
     * @return the end of what was written.
     */
    public int putWithoutValue(final MutableDirectBuffer target, final int targetOffset) {
        decode();
        final int before = valueField - bytesOffset();
        final int behind = valueOffset + valueLength;
        final int rest = bytesOffset() + bytesLength() - behind;
        target.putBytes(targetOffset, buffer, bytesOffset(), before);
        target.putBytes(targetOffset + before, buffer, behind, rest);
        return targetOffset + before + rest;
    }

    private void decode() {
        if (isDecoded) {
            return;
        }
        final int end = bytesOffset() + bytesLength();
        keyLength = RecordLayout.keyLength(buffer, offset);
        keyOffset = RecordLayout.keyOffset(offset, keyLength);
        at = keyOffset + keyLength;
        createRevision = number(CREATE_REVISION, end);
        modRevision = number(MOD_REVISION, end);
        version = number(VERSION, end);
        valueField = at;
        valueLength = (int) number(VALUE, end);
        valueOffset = at;
        at += valueLength;
        lease = number(LEASE, end);
        isDecoded = true;
    }

    /** The number of the next field, if it is the one looked for; else 0. */
    private long number(final byte tag, final int end) {
        if (at >= end || buffer.getByte(at) != tag) {
            return 0;
        }
        final long number = KeyValueBytes.varint(buffer, at + 1);
        at += 1 + ProtoWriter.varintLength(number);
        return number;
    }
}
