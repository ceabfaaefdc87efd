package io.larch.engine.sim;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/** What a client asks of the keys: that which is not said is empty, 0, or never. */
public final class KeyCommand implements SimEdge.Encoder {
    private final CommandType type;
    private final byte[] path;
    private byte[] value = {};
    private byte[] expected = {};
    private int flags;
    private long index;
    private long timestampNanos;
    private long expirationNanos = CommandEnvelope.PERMANENT;

    public KeyCommand(final CommandType type, final String path) {
        this.type = type;
        this.path = bytes(path);
    }

    public KeyCommand flags(final int flags) {
        this.flags = flags;
        return this;
    }

    public KeyCommand value(final String value) {
        this.value = bytes(value);
        return this;
    }

    /** The value that there has to be before. */
    public KeyCommand expected(final String expected) {
        this.expected = bytes(expected);
        return this;
    }

    /** Where a watch begins. */
    public KeyCommand index(final long index) {
        this.index = index;
        return this;
    }

    /** When the client asked, by the wall clock of the member that took it. */
    public KeyCommand at(final long timestampNanos) {
        this.timestampNanos = timestampNanos;
        return this;
    }

    /** By the same clock. */
    public KeyCommand expires(final long expirationNanos) {
        this.expirationNanos = expirationNanos;
        return this;
    }

    @Override
    public int encode(final MutableDirectBuffer target, final long correlationId) {
        int at =
                KeysCommand.encodeHeader(
                        target,
                        0,
                        type,
                        flags,
                        correlationId,
                        timestampNanos,
                        expirationNanos,
                        index,
                        path.length,
                        value.length,
                        expected.length);
        target.putBytes(at, path);
        at += path.length;
        target.putBytes(at, value);
        at += value.length;
        target.putBytes(at, expected);
        return at + expected.length;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
