package io.larch.bench.load;

import io.larch.engine.codec.kv.ProtoWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frames of one kind of unary call, complete but for the stream's number and the digits of the
 * key, which each request writes anew. Header blocks use no table that changes, so they are the
 * same each time.
 */
final class GrpcTemplate {
    private static final int KEY_DIGITS = 8;
    private static final String KEY_START = "bench/";
    private static final byte[] KEY = ascii(KEY_START + "0".repeat(KEY_DIGITS));
    private static final byte[] END_OF_KEYS = ascii("bench0");
    private static final int LIST_LIMIT = 500;
    private static final int FRAME_HEAD_LENGTH = Http2Frames.HEAD_LENGTH;
    private static final int MESSAGE_HEAD_LENGTH = CallStream.MESSAGE_HEAD_LENGTH;

    /** etcd takes 128 operations in a transaction, and any server a frame of 16 KiB. */
    private static final int MAX_PUTS = 100;

    private static final int MAX_FRAME_LENGTH = 16 << 10;

    /** A put in a transaction takes not more beside its value. */
    private static final int PUT_OVERHEAD = 40;

    // Fields that stand in HPACK's static table, by number (RFC 7541, appendix A).
    private static final byte METHOD_POST = (byte) 0x83;
    private static final byte SCHEME_HTTP = (byte) 0x86;
    private static final int AUTHORITY = 1;
    private static final int PATH = 4;
    private static final int CONTENT_TYPE = 31;
    private static final int FOUR_BITS = 15;

    private final byte[] bytes;
    private final int dataOffset;
    private final int[] keyOffsets;

    /** From a key to the next in the same request. */
    private final int keyStep;

    GrpcTemplate(final LoadContext context, final LoadContext.Operation operation) {
        final byte[] block = headerBlock(operation.method(), context.url().getAuthority());
        final byte[] message = message(operation, context.valueSize());
        dataOffset = FRAME_HEAD_LENGTH + block.length;
        bytes = new byte[dataOffset + FRAME_HEAD_LENGTH + MESSAGE_HEAD_LENGTH + message.length];
        final ByteBuffer frames = ByteBuffer.wrap(bytes);
        Http2Frames.head(frames, block.length, Http2Frames.HEADERS, Http2Frames.END_HEADERS, 0);
        frames.put(block);
        Http2Frames.head(
                frames,
                MESSAGE_HEAD_LENGTH + message.length,
                Http2Frames.DATA,
                Http2Frames.END_STREAM,
                0);
        frames.put((byte) 0).putInt(message.length).put(message);
        keyOffsets = keyOffsets(bytes);
        keyStep = operation == LoadContext.Operation.V3_FILL ? 1 : 0;
    }

    /** How many keys one request of {@link LoadContext.Operation#V3_FILL} writes. */
    static int keysOfFill(final int valueSize) {
        return Math.max(1, Math.min(MAX_PUTS, MAX_FRAME_LENGTH / (valueSize + PUT_OVERHEAD) - 1));
    }

    ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Make the buffer the call for a key, ready to be written. */
    void prepare(final ByteBuffer buffer, final int streamId, final int key) {
        buffer.putInt(5, streamId).putInt(dataOffset + 5, streamId);
        int each = key;
        for (final int keyOffset : keyOffsets) {
            int rest = each;
            each += keyStep;
            for (int i = keyOffset + KEY_DIGITS - 1; i >= keyOffset; i--) {
                buffer.put(i, (byte) ('0' + rest % 10));
                rest /= 10;
            }
        }
        buffer.clear();
    }

    /** The header block of a call; nothing of it is put in a table. */
    static byte[] headerBlock(final String method, final String authority) {
        final ByteBuffer block = ByteBuffer.allocate(512);
        block.put(METHOD_POST).put(SCHEME_HTTP);
        literal(block, PATH, "/etcdserverpb." + method);
        literal(block, AUTHORITY, authority);
        literal(block, CONTENT_TYPE, "application/grpc");
        block.put((byte) 0);
        text(block, "te");
        text(block, "trailers");
        return bytes(block);
    }

    /** A field that is not put in the table, its name by number. */
    private static void literal(final ByteBuffer block, final int name, final String value) {
        if (name < FOUR_BITS) {
            block.put((byte) name);
        } else {
            block.put((byte) FOUR_BITS).put((byte) (name - FOUR_BITS));
        }
        text(block, value);
    }

    private static void text(final ByteBuffer block, final String text) {
        block.put((byte) text.length()).put(ascii(text));
    }

    private static byte[] message(final LoadContext.Operation operation, final int valueSize) {
        final MutableDirectBuffer target = new ExpandableArrayBuffer();
        int end = 0;
        switch (operation) {
            case V3_PUT -> end = put(target, 0, valueSize);
            case V3_RANGE -> end = bytes(target, 0, 1, KEY);
            case V3_SERIALIZABLE_RANGE -> {
                end = bytes(target, 0, 1, KEY);
                end = ProtoWriter.flag(target, end, 7, true);
            }
            case V3_LIST -> {
                end = bytes(target, 0, 1, KEY);
                end = bytes(target, end, 2, END_OF_KEYS);
                end = ProtoWriter.number(target, end, 3, LIST_LIMIT);
            }
            case V3_COUNT -> {
                end = bytes(target, 0, 1, ascii(KEY_START));
                end = bytes(target, end, 2, END_OF_KEYS);
                end = ProtoWriter.flag(target, end, 9, true);
            }
            case V3_TXN -> end = txn(target, valueSize);
            case V3_FILL -> end = fill(target, valueSize);
            default -> throw new IllegalArgumentException("not of the v3 API: " + operation);
        }
        final byte[] message = new byte[end];
        target.getBytes(0, message);
        return message;
    }

    private static int put(final MutableDirectBuffer target, final int offset, final int size) {
        return bytes(target, bytes(target, offset, 1, KEY), 2, ascii("v".repeat(size)));
    }

    /** If the key is there, put it; else read it: as Kubernetes changes what it knows. */
    private static int txn(final MutableDirectBuffer target, final int valueSize) {
        final MutableDirectBuffer part = new ExpandableArrayBuffer();
        final MutableDirectBuffer op = new ExpandableArrayBuffer();
        int length = ProtoWriter.number(part, 0, 1, 1);
        length = bytes(part, length, 3, KEY);
        int end = ProtoWriter.element(target, 0, 1, part, 0, length);
        length = ProtoWriter.element(op, 0, 2, part, 0, put(part, 0, valueSize));
        end = ProtoWriter.element(target, end, 2, op, 0, length);
        length = ProtoWriter.element(op, 0, 1, part, 0, bytes(part, 0, 1, KEY));
        return ProtoWriter.element(target, end, 3, op, 0, length);
    }

    /** Puts of as many keys as go into one transaction, without a condition. */
    private static int fill(final MutableDirectBuffer target, final int valueSize) {
        final MutableDirectBuffer part = new ExpandableArrayBuffer();
        final MutableDirectBuffer op = new ExpandableArrayBuffer();
        int end = 0;
        for (int i = 0; i < keysOfFill(valueSize); i++) {
            final int length = ProtoWriter.element(op, 0, 2, part, 0, put(part, 0, valueSize));
            end = ProtoWriter.element(target, end, 2, op, 0, length);
        }
        return end;
    }

    private static int bytes(
            final MutableDirectBuffer target, final int offset, final int field, final byte[] of) {
        return ProtoWriter.bytes(target, offset, field, new UnsafeBuffer(of), 0, of.length);
    }

    /** Where the digits of keys stand. */
    private static int[] keyOffsets(final byte[] bytes) {
        final String text = new String(bytes, StandardCharsets.ISO_8859_1);
        final String key = new String(KEY, StandardCharsets.ISO_8859_1);
        final IntArrayList found = new IntArrayList();
        for (int at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
            found.addInt(at + KEY_START.length());
        }
        return found.toIntArray();
    }

    private static byte[] bytes(final ByteBuffer filled) {
        final byte[] copy = new byte[filled.position()];
        filled.get(0, copy);
        return copy;
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
