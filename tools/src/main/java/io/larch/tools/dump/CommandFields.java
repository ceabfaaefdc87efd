package io.larch.tools.dump;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/** What can be told of a command in the log: by its envelope, and of the keys' also which key. */
final class CommandFields {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final CommandEnvelope envelope = new CommandEnvelope();
    private final KeysCommand keys = new KeysCommand();

    /** Adds them; nothing if the bytes are no command. */
    void put(
            final Map<String, Object> fields,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (!CommandEnvelope.isWellFormed(buffer, offset, length)) {
            return;
        }
        envelope.wrap(buffer, offset);
        fields.put("domain", envelope.domain());
        final boolean isOfKeys = envelope.domain() == KeysCommand.DOMAIN;
        fields.put(
                "command",
                isOfKeys && CommandType.isKnown(envelope.type())
                        ? CommandType.of(envelope.type()).name().toLowerCase(Locale.ROOT)
                        : String.valueOf(envelope.type()));
        fields.put("time", time(envelope.timestampNanos()));
        fields.put(
                "origin",
                Hex.of(envelope.originId())
                        + "/"
                        + envelope.incarnation()
                        + "/"
                        + envelope.sequence());
        if (isOfKeys && KeysCommand.isWellFormed(buffer, offset, length)) {
            keys.wrap(buffer, offset);
            fields.put("path", text(buffer, keys.pathOffset(), keys.pathLength()));
            fields.put("valueLength", keys.valueLength());
        }
    }

    private static String time(final long epochNanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(epochNanos, NANOS_PER_SECOND),
                        Math.floorMod(epochNanos, NANOS_PER_SECOND))
                .toString();
    }

    private static String text(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
