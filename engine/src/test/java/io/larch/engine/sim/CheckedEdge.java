package io.larch.engine.sim;

import io.larch.engine.codec.AuthReply;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.port.Reply;
import io.larch.engine.sim.Operation.Kind;
import io.larch.engine.sim.WatchCheck.Watch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;

/**
 * The clients of one member in one life of it. Each request must be answered once; those that the
 * member does not live to answer stay unknown. Ids are counted anew in each life and on each
 * member, as real edges do.
 */
final class CheckedEdge extends SimEdge {
    private static final String QUEUE = "/q";
    private static final int LONG_VALUE = 1800;

    private final TreeMap<Long, Request> waiting = new TreeMap<>();
    private final TreeMap<Long, Watch> watches = new TreeMap<>();
    private final TreeMap<Long, KvWatch> kvWatches = new TreeMap<>();
    private final KvClients kv;
    private final Set<Long> cancelled = new HashSet<>();
    private final int place;
    private final Clients clients;
    private final Locks locks;
    private final WatchCheck watchCheck;
    private final Tally tally;
    private final AuthCheck auth;
    private final LongSupplier now;
    private final SimClock clock;
    private long lastStoreIndex;
    private long digest;
    private List<Long> listing;
    private int changesWaiting;
    private boolean isListing;
    private boolean isClogged;

    /** What waits for an answer. */
    private static final class Request {
        private int key;
        private Operation operation;
        private long queued;
        private long bound;
        private boolean isLocal;
        private boolean isListing;
        private Locks.Ask lock;
        private Watch watch;
        private long from;
        private boolean isTally;
        private boolean isAuth;
        private long amount;
        private long floor;
        private KvWatch kvWatch;

        /** Looks at the answer itself. */
        private Consumer<Reply> onAnswer;
    }

    CheckedEdge(
            final int place, final Judges judges, final LongSupplier now, final SimClock clock) {
        this.place = place;
        clients = judges.clients();
        locks = judges.locks();
        watchCheck = judges.watches();
        tally = judges.tally();
        auth = judges.auth();
        this.now = now;
        this.clock = clock;
        kv = new KvClients(place, this, clients, locks, judges.revisions(), now);
    }

    /** Those of the v3 API. */
    KvClients kv() {
        return kv;
    }

    /** Sends what whoever asks judges himself. */
    void ask(final Encoder encoder, final Consumer<Reply> onAnswer) {
        final Request request = new Request();
        request.onAnswer = onAnswer;
        offer(request, encoder);
    }

    /** Starts a watch of v3 keys; returns its id. */
    long watch(final Encoder encoder, final KvWatch watch) {
        final Request request = new Request();
        request.kvWatch = watch;
        offer(request, encoder);
        return lastId();
    }

    /** Whether the way to the clients is full from now on. */
    void clog(final boolean isFull) {
        isClogged = isFull;
    }

    @Override
    public boolean isBehind() {
        return isClogged;
    }

    /** The member is gone: whatever it still says, nobody hears it. */
    void die() {
        deafen();
        waiting.values().stream()
                .filter(request -> request.lock != null)
                .forEach(request -> locks.lost(request.lock));
        waiting.clear();
        watches.clear();
    }

    int waitingCount() {
        return waiting.size() + changesWaiting;
    }

    void changeAsked() {
        changesWaiting++;
    }

    void changeAnswered() {
        if (--changesWaiting < 0) {
            throw new Violation("answers", "a change of the membership is answered twice");
        }
    }

    int watchCount() {
        return watches.size();
    }

    /** Depends on all that was answered, in order. */
    long digest() {
        return digest;
    }

    void ask(final int key, final Kind kind, final long value, final long expected) {
        final Request request = new Request();
        request.key = key;
        request.operation = clients.ask(key, kind, value, expected, now.getAsLong());
        request.bound = clients.acknowledgedIndex();
        final CommandType type =
                switch (kind) {
                    case READ -> CommandType.GET;
                    case SET -> CommandType.SET;
                    case CREATE -> CommandType.CREATE;
                    case UPDATE -> CommandType.UPDATE;
                    case SWAP -> CommandType.COMPARE_AND_SWAP;
                    case DELETE -> CommandType.DELETE;
                    case COMPARE_AND_DELETE -> CommandType.COMPARE_AND_DELETE;
                };
        offer(
                request,
                command(type, path(key))
                        .flags(kind == Kind.READ ? CommandEnvelope.QUORUM : 0)
                        .value(value == 0 ? "" : text(value))
                        .expected(expected == 0 ? "" : text(expected)));
    }

    void look(final int key) {
        final Request request = new Request();
        request.key = key;
        request.isLocal = true;
        offer(request, command(CommandType.GET, path(key)));
    }

    void queue(final long value) {
        final Request request = new Request();
        request.queued = value;
        clients.queueing(value);
        offer(request, command(CommandType.CREATE_IN_ORDER, QUEUE).value(text(value)));
    }

    void expire(final int key, final long value, final long millis) {
        offer(
                new Request(),
                command(CommandType.SET, "/t/" + key)
                        .value(text(value))
                        .expires(clock.wall().getAsLong() + millis * 1_000_000L));
    }

    /** A client asks for a lock, or for more time. */
    void lock(final Locks.Ask ask, final int lock, final boolean isNew) {
        final Request request = new Request();
        request.lock = ask;
        offer(
                request,
                command(isNew ? CommandType.CREATE : CommandType.COMPARE_AND_SWAP, Locks.path(lock))
                        .value(Long.toString(ask.token()))
                        .expected(isNew ? "" : Long.toString(ask.token()))
                        .expires(clock.wall().getAsLong() + ask.ttlNanos()));
    }

    /** The client of a request is gone. */
    void giveUp(final Locks.Ask ask) {
        for (final var each : waiting.entrySet()) {
            if (each.getValue().lock == ask) {
                cancel(each.getKey());
                return;
            }
        }
    }

    /** Lists what the queue holds; it is there when {@link #isListing} is over. */
    List<Long> listQueue() {
        final Request request = new Request();
        request.isListing = true;
        isListing = true;
        listing = new ArrayList<>();
        offer(
                request,
                command(CommandType.GET, QUEUE).flags(KeysCommand.RECURSIVE | KeysCommand.SORTED));
        return listing;
    }

    boolean isListing() {
        return isListing;
    }

    /**
     * Starts a watch that goes on.
     *
     * @param key 0: everything.
     * @param from store index to begin at; 0: now.
     */
    void watch(final int key, final long from) {
        final Request request = new Request();
        final String path = key == 0 ? "/" : path(key);
        request.watch = new Watch(key == 0 ? 0 : WatchCheck.keyHash(bytes(path)));
        request.from = from;
        offer(
                request,
                command(CommandType.WATCH, path)
                        .flags(KeysCommand.STREAM | (key == 0 ? KeysCommand.RECURSIVE : 0))
                        .index(from));
    }

    /** Adds to the counter; 0: reads it. */
    void count(final long amount) {
        final Request request = new Request();
        request.isTally = true;
        request.amount = amount;
        request.floor = tally.floor();
        tally.asking(amount);
        offer(
                request,
                (target, id) ->
                        amount == 0
                                ? CounterApplication.encodeRead(target, id, true)
                                : CounterApplication.encodeAdd(target, id, amount));
    }

    void change(final AuthChange change, final int name, final long number) {
        final Request request = new Request();
        request.isAuth = true;
        request.floor = auth.floor();
        auth.asking();
        offer(request, (target, id) -> change.encode(target, id, name, number));
    }

    private void counted(final Request request, final long sum) {
        if (request.amount == 0) {
            tally.read(place, request.floor, sum);
        } else {
            tally.added(place, request.floor, request.amount, sum);
        }
    }

    /** Ends the oldest watch. */
    void unwatch() {
        if (!watches.isEmpty()) {
            final long id = watches.firstKey();
            watches.remove(id);
            cancelled.add(id);
            cancel(id);
        }
    }

    /** In the end all watchers must have been told of all there is up to this index. */
    void endWatches(final long storeIndex) {
        watches.values().forEach(watch -> watchCheck.pass(place, watch, storeIndex + 1));
    }

    static String path(final int key) {
        return "/k/" + key;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Some values are long, so that they lie outside of the maps and fill the log. */
    private static String text(final long value) {
        return value % 16 == 0 ? value + ".".repeat(LONG_VALUE) : Long.toString(value);
    }

    private KeyCommand command(final CommandType type, final String path) {
        return new KeyCommand(type, path).at(clock.wall().getAsLong());
    }

    private void offer(final Request request, final Encoder encoder) {
        final long id = nextId();
        waiting.put(id, request);
        if (!offer(id, encoder)) {
            waiting.remove(id);
            if (request.lock != null) {
                locks.unknown(request.lock);
            }
        }
    }

    @Override
    protected void answered(final Reply answer) {
        final Request request = waiting.get(answer.correlationId());
        if (request != null && request.onAnswer != null) {
            remove(answer.correlationId());
            digest =
                    (digest * 31 + answer.correlationId()) * 31
                            + answer.storeIndex()
                            + answer.raftIndex();
            request.onAnswer.accept(answer);
        } else if (answer.kind() == Reply.Kind.ERROR) {
            error(answer);
        } else {
            result(answer);
        }
    }

    @Override
    protected void cut(final long correlationId) {
        remove(correlationId);
    }

    private void result(final Reply result) {
        final long raftIndex = result.raftIndex();
        digest = (digest * 31 + result.correlationId()) * 31 + result.storeIndex() + raftIndex;
        final Request request = remove(result.correlationId());
        if (request.isTally) {
            counted(request, CounterApplication.sumOf(result.bytes(), result.offset()));
        } else if (request.isAuth) {
            auth.answered(
                    place,
                    request.floor,
                    result.storeIndex(),
                    AuthReply.decode(result.bytes(), result.offset(), result.length()));
        } else if (request.isListing) {
            isListing = false;
            readListing(result.bytes(), result.offset());
        } else if (request.operation != null) {
            succeeded(request, raftIndex, result.bytes(), result.offset());
        } else if (request.queued != 0) {
            clients.queued(request.queued);
            clients.acknowledged(raftIndex);
        } else if (request.lock != null) {
            locks.acknowledged(request.lock, raftIndex);
        } else if (request.isLocal) {
            looked(result.storeIndex());
        }
    }

    private void succeeded(
            final Request request, final long raftIndex, final DirectBuffer event, final int at) {
        final Operation operation = request.operation;
        final int node = at + EventFlyweight.HEADER_LENGTH;
        if (operation.kind == Kind.READ) {
            if (raftIndex < request.bound) {
                throw new Violation(
                        "reads are not stale",
                        "member "
                                + place
                                + " reads at entry "
                                + raftIndex
                                + " though "
                                + request.bound
                                + " was acknowledged before");
            }
            final long value = value(event, node);
            operation.answered(value, now.getAsLong());
            clients.saw(request.key, value);
            return;
        }
        clients.acknowledged(raftIndex);
        final boolean hasPrev =
                (EventFlyweight.flags(event, at) & EventFlyweight.HAS_PREV_NODE) != 0;
        final long before = hasPrev ? value(event, EventFlyweight.nodeEnd(event, node)) : 0;
        operation.answered(before, now.getAsLong());
        clients.saw(request.key, operation.value == 0 ? before : operation.value);
    }

    private void looked(final long storeIndex) {
        if (storeIndex < lastStoreIndex) {
            throw new Violation(
                    "local reads go forward",
                    "member " + place + " goes from " + lastStoreIndex + " to " + storeIndex);
        }
        lastStoreIndex = storeIndex;
    }

    private void readListing(final DirectBuffer event, final int offset) {
        final int root = offset + EventFlyweight.HEADER_LENGTH;
        int node = EventFlyweight.nodeEnd(event, root);
        for (int i = EventFlyweight.childCount(event, root); i > 0; i--) {
            listing.add(value(event, node));
            node = EventFlyweight.nodeEnd(event, node);
        }
    }

    static long value(final DirectBuffer event, final int node) {
        final int from = EventFlyweight.valueOffset(event, node);
        final int end = from + EventFlyweight.valueLength(event, node);
        long value = 0;
        for (int i = from; i < end && event.getByte(i) != '.'; i++) {
            value = value * 10 + event.getByte(i) - '0';
        }
        return value;
    }

    private void error(final Reply reply) {
        final ErrorCode error = reply.error();
        digest = (digest * 31 + reply.correlationId()) * 31 + error.code() + reply.storeIndex();
        final Request request = remove(reply.correlationId());
        if (error == ErrorCode.STORE_FULL) {
            throw new Violation("capacity", "the store of member " + place + " is full");
        }
        if (request.isListing) {
            // There is nothing to list yet.
            isListing = false;
        } else if (request.operation != null) {
            request.operation.cause =
                    reply.bytes().getStringWithoutLengthUtf8(reply.offset(), reply.length());
            failed(request, error);
        } else if (request.queued != 0 && error != ErrorCode.RAFT_INTERNAL) {
            clients.notQueued(request.queued);
        } else if (request.lock != null) {
            if (error == ErrorCode.RAFT_INTERNAL) {
                locks.unknown(request.lock);
            } else {
                locks.refused(request.lock);
            }
        } else if (request.isLocal) {
            looked(reply.storeIndex());
        }
    }

    private void failed(final Request request, final ErrorCode error) {
        final Operation operation = request.operation;
        switch (error) {
            case KEY_NOT_FOUND -> operation.answered(Operation.ABSENT, now.getAsLong());
            case NODE_EXIST -> operation.answered(Operation.EXISTS, now.getAsLong());
            case TEST_FAILED -> operation.answered(Operation.DIFFERENT, now.getAsLong());
            case RAFT_INTERNAL, LEADER_ELECTION -> {
                if (operation.kind == Kind.READ) {
                    // Nobody was told anything, and nothing was done.
                    clients.refused(request.key, operation);
                }
            }
            default ->
                    throw new Violation("answers", "error " + error.code() + " for " + operation);
        }
    }

    private Request remove(final long correlationId) {
        final Request request = waiting.remove(correlationId);
        if (request == null) {
            throw new Violation(
                    "answers",
                    "member "
                            + place
                            + " answers what nobody asked, or again: "
                            + Long.toHexString(correlationId));
        }
        return request;
    }

    @Override
    protected void watchStarted(final Reply start) {
        final Request request = remove(start.correlationId());
        if (request.kvWatch != null) {
            kvWatches.put(start.correlationId(), request.kvWatch);
            kv.started(request.kvWatch, start.storeIndex());
            return;
        }
        request.watch.next = request.from == 0 ? start.storeIndex() + 1 : request.from;
        watches.put(start.correlationId(), request.watch);
    }

    @Override
    protected void happened(final Reply event) {
        for (int i = 0; i < event.watchCount(); i++) {
            final long id = event.watches()[i];
            final Watch watch = watches.get(id);
            final KvWatch kvWatch = kvWatches.get(id);
            if (kvWatch != null) {
                kvWatch.tell(event.bytes(), event.offset(), event.length());
                continue;
            }
            if (watch == null && cancelled.contains(id)) {
                // The engine has not come to the end of it yet.
                continue;
            }
            if (watch == null) {
                throw new Violation(
                        "watches", "member " + place + " has events for a watch that is over");
            }
            watchCheck.onEvent(place, watch, event.bytes(), event.offset(), event.length());
        }
        digest = digest * 31 + event.bytes().getLong(event.offset() + Long.BYTES);
    }

    @Override
    protected void watchEnded(final long correlationId) {
        final Watch watch = watches.remove(correlationId);
        if (watch != null) {
            watch.isOver = true;
        }
        final KvWatch kvWatch = kvWatches.remove(correlationId);
        if (kvWatch != null) {
            kvWatch.isOver = true;
        }
    }

    /** What waits for an answer, for people. */
    String describeWaiting() {
        final StringBuilder text = new StringBuilder();
        for (final Map.Entry<Long, Request> each : waiting.entrySet()) {
            text.append(' ').append(Long.toHexString(each.getKey()));
            if (each.getValue().operation != null) {
                text.append(' ').append(each.getValue().operation);
            }
        }
        return text.toString();
    }
}
