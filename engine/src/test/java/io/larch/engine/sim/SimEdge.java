package io.larch.engine.sim;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Query;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * An edge without sockets: gives commands their ids and hands them over, and joins what is told in
 * parts. What is asked, and what becomes of the answers, is its heirs'.
 */
public abstract class SimEdge implements ReplyHandler {
    private final ExpandableArrayBuffer command = new ExpandableArrayBuffer(4096);
    private final Map<Long, Parts> parts = new HashMap<>();
    private RequestPort port;
    private long sequence;
    private boolean isPaused;
    private boolean isDeaf;

    /** Writes a command of any application with the id that it is given, and tells its length. */
    @FunctionalInterface
    public interface Encoder {
        int encode(MutableDirectBuffer target, long correlationId);
    }

    private static final class Parts {
        private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        private int length;
    }

    public final void port(final RequestPort port) {
        this.port = port;
    }

    /** Asks for no further parts of long reads by itself. */
    public final void pause() {
        isPaused = true;
    }

    /** The clients are gone: what is told from now on nobody hears. */
    public final void deafen() {
        isDeaf = true;
    }

    // --- what is asked ---

    /** A new correlation id, for {@link #offer}. */
    protected final long nextId() {
        sequence++;
        return lastId();
    }

    public final long lastId() {
        return ((long) port.id() << RequestPort.ID_SHIFT) + sequence;
    }

    /** Hands over a command; the answer may come within the call. */
    protected final boolean offer(final long correlationId, final Encoder encoder) {
        final boolean isTaken = port.offer(command, 0, encoder.encode(command, correlationId));
        port.flush();
        return isTaken;
    }

    /** Asks for the next part of a long read. */
    public final void more(final long correlationId) {
        offerAbout(CommandType.MORE, correlationId);
    }

    /** The client of a request, or of a watch, is gone. */
    public final void cancel(final long correlationId) {
        offerAbout(CommandType.CANCEL, correlationId);
    }

    private void offerAbout(final CommandType type, final long correlationId) {
        offer(
                correlationId,
                (target, id) -> KeysCommand.encodeHeader(target, 0, type, 0, id, 0, 0, 0, 0, 0, 0));
    }

    public final void ask(final Query<?> query) {
        port.ask(query);
    }

    /** Asks; the list gets the answer, which may take time. */
    public final <R> List<R> askLater(final Query.Kind kind, final Class<R> type) {
        final List<R> answers = new ArrayList<>();
        ask(
                new Query<R>() {
                    @Override
                    public Kind kind() {
                        return kind;
                    }

                    @Override
                    public void answer(final R result) {
                        answers.add(type.cast(result));
                    }
                });
        return answers;
    }

    /** Asks what is answered at once. */
    public final <R> R ask(final Query.Kind kind, final Class<R> type) {
        return askLater(kind, type).get(0);
    }

    // --- what is told ---

    @Override
    public final void onReply(final Reply reply) {
        if (isDeaf) {
            return;
        }
        final long correlationId = reply.correlationId();
        switch (reply.kind()) {
            case RESULT, ERROR -> answered(reply);
            case READ_OPENED -> {
                parts.put(correlationId, new Parts());
                more(correlationId);
            }
            case READ_PART -> join(reply);
            case READ_CUT -> {
                parts.remove(correlationId);
                cut(correlationId);
            }
            case WATCH_START -> watchStarted(reply);
            case EVENT -> happened(reply);
            case WATCH_END -> watchEnded(correlationId);
        }
    }

    private void join(final Reply part) {
        final long correlationId = part.correlationId();
        final Parts joined = parts.get(correlationId);
        joined.bytes.putBytes(joined.length, part.bytes(), part.offset(), part.length());
        joined.length += part.length();
        if (part.isLast()) {
            parts.remove(correlationId);
            answered(
                    new Reply()
                            .begin(Reply.Kind.RESULT, correlationId)
                            .indexes(part.storeIndex(), part.raftIndex(), part.raftTerm())
                            .bytes(joined.bytes, 0, joined.length));
        } else if (!isPaused) {
            more(correlationId);
        }
    }

    /** A whole result, or an error. */
    protected abstract void answered(Reply answer);

    /** A long read was ended by the engine. */
    protected abstract void cut(long correlationId);

    protected abstract void watchStarted(Reply start);

    protected abstract void happened(Reply event);

    protected abstract void watchEnded(long correlationId);
}
