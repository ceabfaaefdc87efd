package io.larch.tools.dump;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/**
 * What can be told of a command in the log: by its envelope, and also which key, lease or revision.
 */
final class CommandFields {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final CommandEnvelope envelope = new CommandEnvelope();
    private final KeysCommand keys = new KeysCommand();
    private final KvFields kv = new KvFields();

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
        fields.put("command", CommandNames.of(envelope.domain(), envelope.type()));
        fields.put("time", time(envelope.timestampNanos()));
        fields.put(
                "origin",
                Hex.of(envelope.originId())
                        + "/"
                        + envelope.incarnation()
                        + "/"
                        + envelope.sequence());
        if (envelope.domain() == KvCommand.DOMAIN
                && KvCommand.isWellFormed(buffer, offset, length)) {
            kv.put(fields, envelope);
        }
        if (envelope.domain() == KeysCommand.DOMAIN
                && KeysCommand.isWellFormed(buffer, offset, length)) {
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

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
