package io.larch.engine.mvcc;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a record of the log, in the machine's byte order, aligned to 4 bytes.
 *
 * <pre>
 *   0             4             8                       12
 *   +-------------+-------------+-----------------------+------------------
 *   | body length | version id  | sub << 1 | tombstone  | KeyValue bytes ...
 *   +-------------+-------------+-----------------------+------------------
 * </pre>
 *
 * The main revision is the mod_revision in the {@link KeyValueBytes}. The id is that of the slot in
 * {@link Versions} that points back here, as long as the record is alive; it is all of a record
 * that ever changes, and of no meaning to other threads.
 */
final class RecordLayout {
    static final int ALIGNMENT = 4;
    static final int HEADER_LENGTH = 12;

    /** More than any request may have. */
    static final int MAX_BODY_LENGTH = 1 << 30;

    private static final int LENGTH_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int CHANGE_OFFSET = 8;
    private static final int TOMBSTONE = 1;
    private static final byte KEY = KeyValueBytes.bytesTag(KeyValueBytes.KEY);
    private static final byte CREATE_REVISION =
            KeyValueBytes.numberTag(KeyValueBytes.CREATE_REVISION);
    private static final byte MOD_REVISION = KeyValueBytes.numberTag(KeyValueBytes.MOD_REVISION);

    private RecordLayout() {}

    static long length(final long bodyLength) {
        return BitUtil.align(HEADER_LENGTH + bodyLength, (long) ALIGNMENT);
    }

    static void putHeader(
            final MutableDirectBuffer buffer,
            final int offset,
            final int bodyLength,
            final int versionId,
            final int change) {
        buffer.putInt(offset + LENGTH_OFFSET, bodyLength);
        buffer.putInt(offset + VERSION_OFFSET, versionId);
        buffer.putInt(offset + CHANGE_OFFSET, change);
    }

    /** The position in a transaction, and what kind of change it is, as one number. */
    static int change(final int sub, final boolean isTombstone) {
        return sub << 1 | (isTombstone ? TOMBSTONE : 0);
    }

    static int change(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + CHANGE_OFFSET);
    }

    static int subOf(final int change) {
        return change >>> 1;
    }

    static boolean isTombstone(final int change) {
        return (change & TOMBSTONE) != 0;
    }

    static int sub(final DirectBuffer buffer, final int offset) {
        return subOf(change(buffer, offset));
    }

    static boolean isTombstone(final DirectBuffer buffer, final int offset) {
        return isTombstone(change(buffer, offset));
    }

    static int bodyLength(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + LENGTH_OFFSET);
    }

    static int recordLength(final DirectBuffer buffer, final int offset) {
        return (int) length(bodyLength(buffer, offset));
    }

    static int bodyOffset(final int offset) {
        return offset + HEADER_LENGTH;
    }

    static int versionId(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + VERSION_OFFSET);
    }

    static void versionId(final MutableDirectBuffer buffer, final int offset, final int id) {
        buffer.putInt(offset + VERSION_OFFSET, id);
    }

    static int keyLength(final DirectBuffer buffer, final int offset) {
        final int at = offset + HEADER_LENGTH + 1;
        final byte first = buffer.getByte(at);
        return first >= 0 ? first : (int) KeyValueBytes.varint(buffer, at);
    }

    static int keyOffset(final int offset, final int keyLength) {
        return offset + HEADER_LENGTH + 1 + ProtoWriter.varintLength(keyLength);
    }

    /** The main revision, without decoding the rest. */
    static long revision(final DirectBuffer buffer, final int offset) {
        final int keyLength = keyLength(buffer, offset);
        int at = keyOffset(offset, keyLength) + keyLength;
        if (buffer.getByte(at) == CREATE_REVISION) {
            at++;
            while (buffer.getByte(at) < 0) {
                at++;
            }
            at++;
        }
        return KeyValueBytes.varint(buffer, at + 1);
    }

    /** Bytes of the KeyValue that etcd stores, and so hashes: of a deletion the key alone. */
    static int hashedLength(final DirectBuffer buffer, final int offset) {
        if (!isTombstone(buffer, offset)) {
            return bodyLength(buffer, offset);
        }
        final int keyLength = keyLength(buffer, offset);
        return keyOffset(offset, keyLength) + keyLength - bodyOffset(offset);
    }

    /** Whether a record of unknown origin can be read: a key, and a revision behind it. */
    static boolean isWhole(final DirectBuffer buffer, final int offset) {
        final int end = bodyOffset(offset) + bodyLength(buffer, offset);
        int at = bodyOffset(offset);
        if (end - at < 2 || buffer.getByte(at) != KEY) {
            return false;
        }
        final int keyLengthEnd = KeyValueBytes.varintEnd(buffer, at + 1, end);
        final long keyLength = keyLengthEnd < 0 ? 0 : KeyValueBytes.varint(buffer, at + 1);
        if (keyLength <= 0 || keyLength > end - keyLengthEnd) {
            return false;
        }
        at = keyLengthEnd + (int) keyLength;
        if (at < end && buffer.getByte(at) == CREATE_REVISION) {
            at = KeyValueBytes.varintEnd(buffer, at + 1, end);
        }
        return at >= 0
                && at < end
                && buffer.getByte(at) == MOD_REVISION
                && KeyValueBytes.varintEnd(buffer, at + 1, end) > 0;
    }
}
