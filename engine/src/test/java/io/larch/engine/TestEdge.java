package io.larch.engine;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.engine.sim.KeyCommand;
import io.larch.engine.sim.SimEdge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An edge that keeps what it is told. */
final class TestEdge extends SimEdge {
    /** Of all commands, by the clock of a member that took them. */
    private static final long TIMESTAMP = 1;

    Runnable onReply = () -> {};

    private final List<Answer> answers = new ArrayList<>();
    private final Map<Long, List<String>> actions = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();

    /** What watches were told whose events are not the keys' of the v2 API. */
    private final Map<Long, List<byte[]>> told = new HashMap<>();

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
        offer(new KeyCommand(type, path).flags(flags).value(value).index(index).at(TIMESTAMP));
    }

    void offerWithTtl(final String path, final String value, final long ttlNanos) {
        offer(
                new KeyCommand(CommandType.SET, path)
                        .value(value)
                        .at(TIMESTAMP)
                        .expires(TIMESTAMP + ttlNanos));
    }

    void offer(final Encoder encoder) {
        offer(nextId(), encoder);
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

    /** Watches what is told in another form than the keys of the v2 API; returns the watch. */
    long watch(final Encoder encoder) {
        final long watch = nextId();
        told.put(watch, new ArrayList<>());
        offer(watch, encoder);
        return watch;
    }

    List<byte[]> told(final long watch) {
        return told.get(watch);
    }

    boolean isEnded(final long watch) {
        return ended.contains(watch);
    }

    /** Asks for a change of the membership; the list gets the answer. */
    List<QueryViews.MemberChanged> change(
            final Query.MemberChange.Op op, final long id, final List<String> peerUrls) {
        final List<QueryViews.MemberChanged> changes = new ArrayList<>();
        ask(new ChangeQuery(new Query.MemberChange(op, id, peerUrls), changes::add));
        return changes;
    }

    <R> R ask(final Query.Kind kind, final Class<R> type, final Runnable turn) {
        final List<R> results = askLater(kind, type);
        turn.run();
        return results.get(0);
    }

    @Override
    protected void answered(final Reply answer) {
        final byte[] bytes = new byte[answer.length()];
        answer.bytes().getBytes(answer.offset(), bytes);
        answers.add(
                new Answer(
                        answer.correlationId(),
                        answer.isCreated(),
                        answer.error() == null ? 0 : answer.error().code(),
                        answer.storeIndex(),
                        answer.raftIndex(),
                        answer.raftTerm(),
                        new UnsafeBuffer(bytes)));
        onReply.run();
    }

    @Override
    protected void cut(final long correlationId) {
        ended.add(correlationId);
    }

    @Override
    protected void watchStarted(final Reply start) {
        actions.put(start.correlationId(), new ArrayList<>());
    }

    @Override
    protected void happened(final Reply event) {
        for (int i = 0; i < event.watchCount(); i++) {
            final long watch = event.watches()[i];
            if (told.containsKey(watch)) {
                final byte[] bytes = new byte[event.length()];
                event.bytes().getBytes(event.offset(), bytes);
                told.get(watch).add(bytes);
            } else {
                actions.get(watch).add(action(event.bytes(), event.offset()));
            }
        }
    }

    @Override
    protected void watchEnded(final long correlationId) {
        ended.add(correlationId);
    }

    private static String action(final DirectBuffer event, final int offset) {
        return new String(EventFlyweight.action(event, offset).text(), StandardCharsets.US_ASCII);
    }
}
