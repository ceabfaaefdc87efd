package io.larch.bench.micro;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import org.agrona.concurrent.UnsafeBuffer;

/** One encoded command on a path {@code /bench/NNNNNNNN}, whose number can be changed in place. */
final class BenchCommand {
    private static final String START = "/bench/";
    private static final int DIGITS = 8;
    private static final long NOW_NS = 1_800_000_000_000_000_000L;

    private final UnsafeBuffer buffer;
    private final KeysCommand command = new KeysCommand();
    private final byte[] value;
    private final CommandType type;

    BenchCommand(final CommandType type, final int valueLength) {
        this.type = type;
        value = "v".repeat(valueLength).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        buffer =
                new UnsafeBuffer(
                        new byte
                                [KeysCommand.HEADER_LENGTH
                                        + START.length()
                                        + DIGITS
                                        + valueLength]);
        encode(0);
    }

    /** Write the whole command anew, as the edge does for each request. Returns its length. */
    int encode(final int key) {
        final int pathOffset =
                KeysCommand.encodeHeader(
                        buffer,
                        0,
                        type,
                        0,
                        1,
                        NOW_NS,
                        CommandEnvelope.PERMANENT,
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
    KeysCommand withKey(final int key) {
        number(KeysCommand.HEADER_LENGTH + START.length(), key);
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
