package io.larch.http;

import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.Action;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An engine for tests of the edge: a flat map of files, or answers given by hand. */
final class FakeEngine implements RequestPort {
    static final long RAFT_INDEX = 11;
    static final long RAFT_TERM = 2;

    /** A command as it was offered. */
    record Command(
            CommandType type,
            int flags,
            long id,
            long timestampNanos,
            long expirationNanos,
            long index,
            String path,
            String value,
            String prevValue) {}

    final List<Command> commands = new ArrayList<>();
    final List<Query<?>> queries = new ArrayList<>();

    /** Ids of the watches that no CANCEL has ended. */
    final Set<Long> openWatches = new LinkedHashSet<>();

    /** The commands about users and roles as they were offered. */
    final List<byte[]> authCommands = new ArrayList<>();

    /** What these commands are answered with; null: as the application does. */
    ErrorCode authError;

    String authCause = "";

    /** Takes them; a test may give it other views. */
    AuthApplication auth = new AuthApplication(new AuthViews());

    /** A command of the v3 API as it was offered. */
    record KvAsked(byte type, int flags, long id, byte[] body) {}

    final List<KvAsked> kvCommands = new ArrayList<>();

    /** Answers them; by default nobody does. */
    Consumer<KvAsked> kv = asked -> {};

    /** The number that stands for what the next results say; 0: none. */
    long listing;

    boolean isFull;
    boolean isAnswering = true;

    /** What is answered who wants the whole state. */
    QueryViews.State state;

    QueryViews.Health health = new QueryViews.Health(true, "");
    QueryViews.Contacts contacts = new QueryViews.Contacts(1, 0, List.of());
    QueryViews.Leader leader = new QueryViews.Leader(0x99bca5ffd3b6b513L, Map.of());
    QueryViews.ChangeOutcome outcome;
    long leaderId = 0x99bca5ffd3b6b513L;
    QueryViews.FollowerLatencies followerLatencies;
    QueryViews.StageLatencies stageLatencies;
    QueryViews.Metrics metrics;
    ReplyHandler handler;

    private final Queue<Runnable> heldBack = new ArrayDeque<>();
    private final Map<String, byte[]> files = new HashMap<>();
    private final ExpandableArrayBuffer event = new ExpandableArrayBuffer();
    private long storeIndex = 3;

    FakeEngine attach(final ReplyHandler handler) {
        this.handler = handler;
        return this;
    }

    @Override
    public int id() {
        return 5;
    }

    @Override
    public boolean offer(final DirectBuffer buffer, final int offset, final int length) {
        if (isFull) {
            return false;
        }
        if (buffer.getByte(offset + CommandEnvelope.DOMAIN_OFFSET) == AuthCommand.DOMAIN) {
            offerAuth(buffer, offset, length);
            return true;
        }
        if (buffer.getByte(offset + CommandEnvelope.DOMAIN_OFFSET) == KvCommand.DOMAIN) {
            offerKv(buffer, offset, length);
            return true;
        }
        if (!KeysCommand.isWellFormed(buffer, offset, length)) {
            throw new IllegalArgumentException("malformed command");
        }
        final KeysCommand view = new KeysCommand().wrap(buffer, offset);
        final Command command =
                new Command(
                        view.type(),
                        view.flags(),
                        view.correlationId(),
                        view.timestampNanos(),
                        view.expirationNanos(),
                        view.index(),
                        text(buffer, view.pathOffset(), view.pathLength()),
                        text(buffer, view.valueOffset(), view.valueLength()),
                        text(buffer, view.prevValueOffset(), view.prevValueLength()));
        commands.add(command);
        if (isAnswering) {
            answer(command);
        } else {
            heldBack.add(() -> answer(command));
        }
        return true;
    }

    private void offerKv(final DirectBuffer buffer, final int offset, final int length) {
        if (!KvCommand.isWellFormed(buffer, offset, length)) {
            throw new IllegalArgumentException("malformed command");
        }
        final CommandEnvelope command = new CommandEnvelope().wrap(buffer, offset);
        final byte[] body = new byte[KvCommand.bodyLength(command)];
        buffer.getBytes(KvCommand.bodyOffset(command), body);
        final KvAsked asked =
                new KvAsked(
                        command.type(),
                        buffer.getByte(offset + CommandEnvelope.FLAGS_OFFSET),
                        command.correlationId(),
                        body);
        kvCommands.add(asked);
        if (asked.type() == KvCommand.WATCH) {
            openWatches.add(asked.id());
        }
        kv.accept(asked);
    }

    KvAsked lastKv() {
        return kvCommands.get(kvCommands.size() - 1);
    }

    /** A result of the v3 API, at a revision. */
    void kvResult(final long id, final long revision, final byte[] body) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        final int at = KvReply.encodeHead(bytes, 0, false, null);
        bytes.putBytes(at, body);
        handler.onReply(
                new Reply()
                        .begin(Reply.Kind.RESULT, id)
                        .indexes(revision, RAFT_INDEX, RAFT_TERM)
                        .bytes(bytes, 0, at + body.length));
    }

    void kvError(final long id, final KvError error) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        handler.onReply(
                new Reply()
                        .begin(Reply.Kind.RESULT, id)
                        .indexes(1, RAFT_INDEX, RAFT_TERM)
                        .bytes(bytes, 0, KvReply.encodeHead(bytes, 0, false, error)));
    }

    void kvWatchStart(final long id, final long revision) {
        handler.onReply(
                new Reply()
                        .begin(Reply.Kind.WATCH_START, id)
                        .indexes(revision, RAFT_INDEX, RAFT_TERM));
    }

    /** Events of one revision each, the last of them at a revision. */
    void kvEvents(final long revision, final byte[][] events, final long... ids) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        int at = KvEvents.encodeHead(bytes, 0, events.length, revision, revision);
        for (final byte[] event : events) {
            at = ProtoWriter.element(bytes, at, 11, new UnsafeBuffer(event), 0, event.length);
        }
        handler.onReply(new Reply().beginEvent(ids, ids.length).bytes(bytes, 0, at));
    }

    private void offerAuth(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        authCommands.add(bytes);
        if (isAnswering) {
            answerAuth(bytes);
        } else {
            heldBack.add(() -> answerAuth(bytes));
        }
    }

    private void answerAuth(final byte[] bytes) {
        final CommandEnvelope command = new CommandEnvelope().wrap(new UnsafeBuffer(bytes), 0);
        final long id = command.correlationId();
        if (authError != null) {
            error(id, authError, authCause);
            return;
        }
        final Result result = new Result();
        if (!auth.isWellFormed(command.buffer(), 0, bytes.length)) {
            throw new IllegalArgumentException("malformed command");
        }
        final int refusal = auth.admit(command, new Growth(), new Growth());
        if (refusal != 0) {
            error(id, ErrorCode.of(refusal), "the store is full");
            return;
        }
        auth.apply(command, result);
        handler.onReply(
                reply(Reply.Kind.RESULT, id)
                        .bytes(result.event(), result.eventOffset(), result.eventLength()));
    }

    /** Gives the answers held back while it was not to answer, and those that these lead to. */
    void answerHeldBack() {
        while (!heldBack.isEmpty()) {
            heldBack.remove().run();
        }
        handler.onBatchEnd();
    }

    boolean isAnswerHeldBack() {
        return !heldBack.isEmpty();
    }

    private void answer(final Command command) {
        switch (command.type) {
            case GET -> {
                final byte[] value = files.get(command.path);
                if (value == null) {
                    error(command.id, ErrorCode.KEY_NOT_FOUND, command.path);
                } else {
                    result(command.id, false, Action.GET, command.path, value);
                }
            }
            case SET -> {
                storeIndex++;
                final byte[] value = command.value.getBytes(StandardCharsets.ISO_8859_1);
                final boolean isNew = files.put(command.path, value) == null;
                result(command.id, isNew, Action.SET, command.path, value);
            }
            case WATCH -> {
                openWatches.add(command.id);
                tell(Reply.Kind.WATCH_START, command.id);
            }
            case CANCEL -> openWatches.remove(command.id);
            case MORE -> {}
            default -> error(command.id, ErrorCode.KEY_NOT_FOUND, command.path);
        }
    }

    Command last() {
        return commands.get(commands.size() - 1);
    }

    void result(
            final long id,
            final boolean created,
            final Action action,
            final String key,
            final byte[] value) {
        final int length = encode(action, key, value);
        handler.onReply(
                reply(Reply.Kind.RESULT, id)
                        .created(created)
                        .listing(action == Action.GET ? listing : 0)
                        .bytes(event, 0, length));
    }

    /** A part of a long read, as of a store index. */
    void part(
            final long id,
            final long asOf,
            final DirectBuffer part,
            final int length,
            final boolean isLast) {
        handler.onReply(
                reply(Reply.Kind.READ_PART, id)
                        .indexes(asOf, RAFT_INDEX, RAFT_TERM)
                        .bytes(part, 0, length)
                        .last(isLast));
    }

    /** Tells what has no bytes. */
    void tell(final Reply.Kind kind, final long id) {
        handler.onReply(reply(kind, id));
    }

    /** A new one each time: an edge that is told one may ask for the next meanwhile. */
    private Reply reply(final Reply.Kind kind, final long id) {
        return new Reply().begin(kind, id).indexes(storeIndex, RAFT_INDEX, RAFT_TERM);
    }

    void events(final Action action, final String key, final String value, final long... ids) {
        final int length = encode(action, key, value.getBytes(StandardCharsets.UTF_8));
        handler.onReply(new Reply().beginEvent(ids, ids.length).bytes(event, 0, length));
    }

    void error(final long id, final ErrorCode code, final String cause) {
        final byte[] bytes = cause.getBytes(StandardCharsets.ISO_8859_1);
        handler.onReply(
                new Reply()
                        .begin(Reply.Kind.ERROR, id)
                        .error(code)
                        .indexes(storeIndex, 0, 0)
                        .bytes(new UnsafeBuffer(bytes), 0, bytes.length));
    }

    private int encode(final Action action, final String key, final byte[] value) {
        final byte[] path = key.getBytes(StandardCharsets.ISO_8859_1);
        int at = EventFlyweight.encodeHeader(event, 0, action, 0, storeIndex);
        at =
                EventFlyweight.encodeNode(
                        event,
                        at,
                        EventFlyweight.NODE_HAS_VALUE,
                        path.length,
                        value.length,
                        0,
                        storeIndex,
                        storeIndex,
                        0,
                        0);
        event.putBytes(at, path);
        event.putBytes(at + path.length, value);
        return at + path.length + value.length;
    }

    @Override
    public boolean ask(final Query<?> query) {
        if (isFull) {
            return false;
        }
        queries.add(query);
        if (isAnswering) {
            answer(query);
        } else {
            heldBack.add(() -> answer(query));
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    void answer(final Query<?> query) {
        final Query<Object> any = (Query<Object>) query;
        final long id = 0x99bca5ffd3b6b513L;
        switch (query.kind()) {
            case CLUSTER ->
                    any.answer(
                            new QueryViews.Cluster(
                                    0xa10e20a2639400dbL,
                                    id,
                                    leaderId,
                                    "2.3.0",
                                    List.of(
                                            new QueryViews.Member(
                                                    id,
                                                    "default",
                                                    List.of("http://127.0.0.1:27380"),
                                                    List.of("http://127.0.0.1:27379")))));
            case SELF ->
                    any.answer(
                            new QueryViews.Self(
                                    "c1",
                                    id,
                                    true,
                                    1795224325282720219L,
                                    id,
                                    1795224325485329124L,
                                    1795224329294939712L,
                                    0,
                                    0,
                                    0,
                                    54,
                                    14.25,
                                    1163.5));
            case STORE ->
                    any.answer(
                            new QueryViews.StoreCounts(
                                    5, 12, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7));
            case LEADER -> any.answer(leader);
            case CONTACTS -> any.answer(contacts);
            case RAFT ->
                    any.answer(
                            new QueryViews.Raft(
                                    id,
                                    2,
                                    id,
                                    1796,
                                    1796,
                                    id,
                                    "StateLeader",
                                    Map.of(
                                            id,
                                            new QueryViews.Progress(
                                                    1796, 1797, "ProgressStateProbe"))));
            case HEALTH, READY -> any.answer(health);
            case CHANGE_MEMBERS -> any.answer(changed(query.change()));
            case FOLLOWER_LATENCY, FOLLOWER_LATENCY_AND_RESET -> any.answer(followerLatencies);
            case STAGE_LATENCY, STAGE_LATENCY_AND_RESET -> any.answer(stageLatencies);
            case METRICS -> any.answer(metrics);
            case STATE -> any.answer(state);
            default -> throw new IllegalArgumentException("unexpected " + query.kind());
        }
    }

    /** As an engine of one member does, unless the test says how it ends. */
    private QueryViews.MemberChanged changed(final Query.MemberChange change) {
        final boolean isAddition = change.op().isAddition();
        QueryViews.ChangeOutcome end = outcome;
        if (end == null && change.peerUrls().contains("http://127.0.0.1:27380")) {
            end = QueryViews.ChangeOutcome.PEER_URL_EXISTS;
        } else if (end == null) {
            end =
                    isAddition
                            ? QueryViews.ChangeOutcome.DONE
                            : QueryViews.ChangeOutcome.ID_NOT_FOUND;
        }
        final QueryViews.Member member =
                new QueryViews.Member(
                        isAddition ? 0xabcL : change.memberId(),
                        "",
                        change.peerUrls(),
                        List.of(),
                        change.op() == Query.MemberChange.Op.ADD_LEARNER);
        return new QueryViews.MemberChanged(
                end, end == QueryViews.ChangeOutcome.DONE ? member : null);
    }

    @Override
    public void flush() {}

    private static String text(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
