package io.larch.engine;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An edge that keeps what it is told. */
final class TestEdge implements ReplyHandler {
    /** Of all commands, by the clock of a member that took them. */
    private static final long TIMESTAMP = 1;

    RequestPort port;
    Runnable onReply = () -> {};

    /** The clients are gone: what is told now nobody hears. */
    boolean isMuted;

    /** Asks for no further parts of long reads by itself. */
    boolean isPaused;

    private final List<Answer> answers = new ArrayList<>();
    private final Map<Long, List<String>> actions = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Map<Long, ExpandableArrayBuffer> parts = new HashMap<>();
    private final Map<Long, Integer> partLengths = new HashMap<>();
    private long sequence;

    /** What came back: either an event in {@code body} or an error. */
    record Answer(
            long correlationId,
            boolean created,
            int errorCode,
            long storeIndex,
            long raftIndex,
            long raftTerm,
            DirectBuffer body) {
        String value() {
            return body.getStringWithoutLengthUtf8(
                    EventFlyweight.valueOffset(body, EventFlyweight.HEADER_LENGTH),
                    EventFlyweight.valueLength(body, EventFlyweight.HEADER_LENGTH));
        }

        String action() {
            return TestEdge.action(body, 0);
        }

        String cause() {
            return body.getStringWithoutLengthUtf8(0, body.capacity());
        }
    }

    void offer(
            final CommandType type,
            final int flags,
            final String path,
            final String value,
            final long index) {
        offer(type, flags, path, value, index, CommandEnvelope.PERMANENT);
    }

    void offerWithTtl(final String path, final String value, final long ttlNanos) {
        offer(CommandType.SET, 0, path, value, 0, TIMESTAMP + ttlNanos);
    }

    private void offer(
            final CommandType type,
            final int flags,
            final String path,
            final String value,
            final long index,
            final long expirationNanos) {
        final byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
        final byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
        final int at =
                KeysCommand.encodeHeader(
                        command,
                        0,
                        type,
                        flags,
                        ((long) port.id() << 48) + ++sequence,
                        TIMESTAMP,
                        expirationNanos,
                        index,
                        pathBytes.length,
                        valueBytes.length,
                        0);
        command.putBytes(at, pathBytes);
        command.putBytes(at + pathBytes.length, valueBytes);
        port.offer(command, 0, at + pathBytes.length + valueBytes.length);
        port.flush();
    }

    /** Writes a command of any domain with the id it is given, and tells its length. */
    interface Encoder {
        int encode(MutableDirectBuffer target, long correlationId);
    }

    void offer(final Encoder encoder) {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
        final long id = ((long) port.id() << 48) + ++sequence;
        port.offer(command, 0, encoder.encode(command, id));
        port.flush();
    }

    /** The client of a request, or of a watch, is gone. */
    void cancel(final long id) {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
        final int end =
                KeysCommand.encodeHeader(command, 0, CommandType.CANCEL, 0, id, 0, 0, 0, 0, 0, 0);
        port.offer(command, 0, end);
        port.flush();
    }

    long lastId() {
        return ((long) port.id() << 48) + sequence;
    }

    Answer last() {
        return answers.get(answers.size() - 1);
    }

    int answerCount() {
        return answers.size();
    }

    /** All that answered a request: one, or something is wrong. */
    List<Answer> answersTo(final long correlationId) {
        return answers.stream().filter(answer -> answer.correlationId() == correlationId).toList();
    }

    List<String> actions(final long watch) {
        return actions.getOrDefault(watch, List.of());
    }

    boolean isEnded(final long watch) {
        return ended.contains(watch);
    }

    <R> R ask(final Query.Kind kind, final Class<R> type) {
        return ask(kind, type, () -> {});
    }

    /** Asks for a change of the membership; the list gets the answer. */
    List<QueryViews.MemberChanged> change(
            final Query.MemberChange.Op op, final long id, final List<String> peerUrls) {
        final List<QueryViews.MemberChanged> answers = new ArrayList<>();
        port.ask(new ChangeQuery(new Query.MemberChange(op, id, peerUrls), answers::add));
        return answers;
    }

    <R> R ask(final Query.Kind kind, final Class<R> type, final Runnable turn) {
        final List<R> answers = askLater(kind, type);
        turn.run();
        return answers.get(0);
    }

    /** Asks; the list gets the answer, which may take time. */
    <R> List<R> askLater(final Query.Kind kind, final Class<R> type) {
        final List<R> answers = new ArrayList<>();
        port.ask(
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

    @Override
    public void onReply(final Reply reply) {
        switch (reply.kind()) {
            case RESULT, ERROR -> keep(reply);
            case READ_OPENED -> {
                parts.put(reply.correlationId(), new ExpandableArrayBuffer());
                partLengths.put(reply.correlationId(), 0);
                more(reply.correlationId());
            }
            case READ_PART -> part(reply);
            case WATCH_START -> actions.put(reply.correlationId(), new ArrayList<>());
            case EVENT -> {
                final String action = action(reply.bytes(), reply.offset());
                for (int i = 0; i < reply.watchCount(); i++) {
                    actions.get(reply.watches()[i]).add(action);
                }
            }
            case READ_CUT, WATCH_END -> ended.add(reply.correlationId());
        }
    }

    private void keep(final Reply reply) {
        if (!isMuted) {
            final byte[] bytes = new byte[reply.length()];
            reply.bytes().getBytes(reply.offset(), bytes);
            answers.add(
                    new Answer(
                            reply.correlationId(),
                            reply.isCreated(),
                            reply.error() == null ? 0 : reply.error().code(),
                            reply.storeIndex(),
                            reply.raftIndex(),
                            reply.raftTerm(),
                            new UnsafeBuffer(bytes)));
            onReply.run();
        }
    }

    private void part(final Reply part) {
        final long id = part.correlationId();
        final int at = partLengths.get(id);
        parts.get(id).putBytes(at, part.bytes(), part.offset(), part.length());
        partLengths.put(id, at + part.length());
        if (part.isLast()) {
            keep(part.bytes(parts.remove(id), 0, at + part.length()));
        } else if (!isPaused) {
            more(id);
        }
    }

    /** Asks for the next part of a long read. */
    void more(final long correlationId) {
        offerAbout(CommandType.MORE, correlationId);
    }

    void offerAbout(final CommandType type, final long correlationId) {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
        final int end =
                KeysCommand.encodeHeader(command, 0, type, 0, correlationId, 1, 0, 0, 0, 0, 0);
        port.offer(command, 0, end);
    }

    private static String action(final DirectBuffer event, final int offset) {
        return new String(EventFlyweight.action(event, offset).text(), StandardCharsets.US_ASCII);
    }
}
