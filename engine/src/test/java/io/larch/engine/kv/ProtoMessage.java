package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A protobuf message for tests, written by other code than what is tested. Zero, false and empty
 * are left out, unless it is said otherwise. Texts are bytes, one a character.
 */
public final class ProtoMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public static ProtoMessage message() {
        return new ProtoMessage();
    }

    public ProtoMessage number(final int field, final long value) {
        if (value != 0) {
            varint((long) field << 3);
            varint(value);
        }
        return this;
    }

    public ProtoMessage flag(final int field, final boolean value) {
        return number(field, value ? 1 : 0);
    }

    public ProtoMessage text(final int field, final String value) {
        return value.isEmpty() ? this : element(field, bytes(value));
    }

    public ProtoMessage element(final int field, final byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    public ProtoMessage element(final int field, final ProtoMessage value) {
        return element(field, value.bytes());
    }

    /** Appends the fields of another. */
    public ProtoMessage all(final ProtoMessage other) {
        return all(other.bytes());
    }

    /** Appends the fields of another. */
    public ProtoMessage all(final byte[] other) {
        bytes.writeBytes(other);
        return this;
    }

    private void varint(final long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            bytes.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    public static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The first number of a field; 0 when there is none. */
    public static long number(final byte[] message, final int field) {
        final ProtoReader reader = read(message);
        while (reader.next()) {
            if (reader.field() == field) {
                return reader.number();
            }
        }
        return 0;
    }

    /** The n-th bytes of a field; null when there are none. */
    public static byte[] bytes(final byte[] message, final int field, final int n) {
        final ProtoReader reader = read(message);
        int seen = 0;
        while (reader.next()) {
            if (reader.field() == field && seen++ == n) {
                final byte[] bytes = new byte[reader.length()];
                reader.buffer().getBytes(reader.offset(), bytes);
                return bytes;
            }
        }
        return null;
    }

    /** How often a field is there. */
    public static int count(final byte[] message, final int field) {
        final ProtoReader reader = read(message);
        int count = 0;
        while (reader.next()) {
            count += reader.field() == field ? 1 : 0;
        }
        return count;
    }

    private static ProtoReader read(final byte[] message) {
        return new ProtoReader().wrap(new UnsafeBuffer(message), 0, message.length);
    }

    /** Shows fields and what is in them, as deep as it looks like messages, for failures. */
    public static String show(final byte[] message) {
        final StringBuilder text = new StringBuilder("{");
        final ProtoReader reader = read(message);
        while (reader.next()) {
            text.append(reader.field()).append('=');
            if (reader.is(ProtoReader.VARINT)) {
                text.append(reader.number());
            } else {
                final byte[] bytes = new byte[reader.length()];
                reader.buffer().getBytes(reader.offset(), bytes);
                text.append(isMessage(bytes) ? show(bytes) : '"' + text(bytes) + '"');
            }
            text.append(' ');
        }
        return text.append(reader.isBroken() ? "BROKEN}" : "}").toString();
    }

    private static boolean isMessage(final byte[] bytes) {
        final ProtoReader reader = read(bytes);
        while (reader.next()) {
            if (reader.field() > 100) {
                return false;
            }
        }
        return !reader.isBroken();
    }
}
