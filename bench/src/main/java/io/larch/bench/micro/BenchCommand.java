package io.larch.bench.micro;

import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import org.agrona.concurrent.UnsafeBuffer;

/** One encoded command on a path {@code /bench/NNNNNNNN}, whose number can be changed in place. */
final class BenchCommand {
    private static final String START = "/bench/";
    private static final int DIGITS = 8;
    private static final long NOW_NS = 1_800_000_000_000_000_000L;

    private final UnsafeBuffer buffer;
    private final CommandFlyweight command = new CommandFlyweight();
    private final byte[] value;
    private final CommandType type;

    BenchCommand(final CommandType type, final int valueLength) {
        this.type = type;
        value = "v".repeat(valueLength).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        buffer =
                new UnsafeBuffer(
                        new byte
                                [CommandFlyweight.HEADER_LENGTH
                                        + START.length()
                                        + DIGITS
                                        + valueLength]);
        encode(0);
    }

    /** Write the whole command anew, as the edge does for each request. Returns its length. */
    int encode(final int key) {
        final int pathOffset =
                CommandFlyweight.encodeHeader(
                        buffer,
                        0,
                        type,
                        0,
                        1,
                        NOW_NS,
                        CommandFlyweight.PERMANENT,
                        0,
                        START.length() + DIGITS,
                        value.length,
                        0);
        final int digits = pathOffset + buffer.putStringWithoutLengthAscii(pathOffset, START);
        number(digits, key);
        buffer.putBytes(digits + DIGITS, value);
        return digits + DIGITS + value.length;
    }

    /** The command with another key. */
    CommandFlyweight withKey(final int key) {
        number(CommandFlyweight.HEADER_LENGTH + START.length(), key);
        return command.wrap(buffer, 0);
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    static long nowNs() {
        return NOW_NS;
    }

    private void number(final int offset, final int key) {
        int rest = key;
        for (int i = offset + DIGITS - 1; i >= offset; i--) {
            buffer.putByte(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }
}
