package io.larch.tools.etcd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A message of protobuf in the making. */
final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(final int field, final long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    Message bytes(final int field, final byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    Message text(final int field, final String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private void varint(final long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) left & 0x7f | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    /** A request as etcd writes it: what is not set is there, too. */
    static Message request(final String method, final String path, final String value) {
        return new Message()
                .number(1, 42)
                .text(2, method)
                .text(3, path)
                .text(4, value)
                .number(5, 0)
                .text(6, "")
                .number(7, 0)
                .number(9, 0)
                .number(10, 0)
                .number(11, 0)
                .number(12, 0)
                .number(13, 0)
                .number(14, 0)
                .number(15, 0)
                .number(16, 0);
    }
}
