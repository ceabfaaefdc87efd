package io.larch.engine;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
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

    private final List<Reply> replies = new ArrayList<>();
    private final Map<Long, List<String>> actions = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Map<Long, ExpandableArrayBuffer> parts = new HashMap<>();
    private final Map<Long, Integer> partLengths = new HashMap<>();
    private long sequence;

    /** What came back: either an event in {@code body} or an error. */
    record Reply(
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
            return new String(EventFlyweight.action(body, 0).text(), StandardCharsets.US_ASCII);
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

    Reply last() {
        return replies.get(replies.size() - 1);
    }

    int replyCount() {
        return replies.size();
    }

    /** All that answered a request: one, or something is wrong. */
    List<Reply> repliesTo(final long correlationId) {
        return replies.stream().filter(reply -> reply.correlationId() == correlationId).toList();
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
    public void onResult(
            final long correlationId,
            final boolean created,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (isMuted) {
            return;
        }
        replies.add(
                new Reply(
                        correlationId,
                        created,
                        0,
                        storeIndex,
                        raftIndex,
                        raftTerm,
                        copy(event, offset, length)));
        onReply.run();
    }

    @Override
    public void onError(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
        if (isMuted) {
            return;
        }
        replies.add(
                new Reply(
                        correlationId,
                        false,
                        errorCode,
                        storeIndex,
                        0,
                        0,
                        copy(cause, offset, length)));
        onReply.run();
    }

    @Override
    public void onReadOpened(final long correlationId) {
        parts.put(correlationId, new ExpandableArrayBuffer());
        partLengths.put(correlationId, 0);
        more(correlationId);
    }

    @Override
    public void onReadPart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer part,
            final int offset,
            final int length,
            final boolean isLast) {
        final int at = partLengths.get(correlationId);
        parts.get(correlationId).putBytes(at, part, offset, length);
        partLengths.put(correlationId, at + length);
        if (isLast) {
            onResult(
                    correlationId,
                    false,
                    storeIndex,
                    raftIndex,
                    raftTerm,
                    parts.remove(correlationId),
                    0,
                    at + length);
        } else if (!isPaused) {
            more(correlationId);
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

    @Override
    public void onReadCut(final long correlationId) {
        ended.add(correlationId);
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        actions.put(correlationId, new ArrayList<>());
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        final DirectBuffer copy = copy(event, offset, length);
        for (int i = 0; i < count; i++) {
            actions.get(correlationIds[i])
                    .add(
                            new String(
                                    EventFlyweight.action(copy, 0).text(),
                                    StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        ended.add(correlationId);
    }

    private static DirectBuffer copy(
            final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new UnsafeBuffer(bytes);
    }
}
