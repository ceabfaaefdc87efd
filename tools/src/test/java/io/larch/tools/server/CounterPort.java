package io.larch.tools.server;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.port.Query;
import io.larch.engine.port.RequestPort;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A way into the engine on which one key is a counter: to set it is to add to it. On the event
 * loop's thread.
 */
final class CounterPort implements RequestPort {
    static final String PATH = "/counter";

    private final UnsafeBuffer translated =
            new UnsafeBuffer(new byte[CommandEnvelope.HEADER_LENGTH + Long.BYTES]);
    private final KeysCommand command = new KeysCommand();
    private final RequestPort port;
    private final CounterReplies replies;

    CounterPort(final RequestPort port, final CounterReplies replies) {
        this.port = port;
        this.replies = replies;
    }

    @Override
    public int id() {
        return port.id();
    }

    @Override
    public boolean offer(final DirectBuffer source, final int offset, final int length) {
        command.wrap(source, offset);
        final CommandType type = command.type();
        final boolean isWrite = type == CommandType.SET;
        if (!isWrite && type != CommandType.GET || !path().equals(PATH)) {
            return port.offer(source, offset, length);
        }
        final long id = command.correlationId();
        final int encoded =
                isWrite
                        ? CounterApplication.encodeAdd(translated, id, amount())
                        : CounterApplication.encodeRead(
                                translated, id, command.has(CommandEnvelope.QUORUM));
        replies.expect(id);
        return port.offer(translated, 0, encoded);
    }

    private String path() {
        return command.buffer()
                .getStringWithoutLengthUtf8(command.pathOffset(), command.pathLength());
    }

    private long amount() {
        return command.buffer().parseLongAscii(command.valueOffset(), command.valueLength());
    }

    @Override
    public boolean ask(final Query<?> query) {
        return port.ask(query);
    }

    @Override
    public void flush() {
        port.flush();
    }
}
