package io.larch.engine.sim;

import static io.larch.engine.kv.ProtoMessage.message;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvDraw;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.port.Reply;
import io.larch.engine.sim.Operation.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The v3 clients of one member in one life of it. What they ask of single keys is judged as what is
 * asked of the keys of the v2 API is; watches by {@link KvWatch}.
 */
final class KvClients {
    /** Their keys are other histories than those of v2. */
    static final int FIRST_KEY = 1 << 22;

    private static final String ALL = "\0";
    private static final int GROUP = 3;
    private static final String[] OTHER_KEYS = {
        "m/", "m/1", "m/1/x", "m/2", "m/\u00ff", "m0", "n", "n\0"
    };
    private static final String[] OTHER_ENDS = {"m0", "n0"};
    private static final int OTHER_LEASES = 7;

    // Of Compare.
    private static final int EQUAL = 0;
    private static final int GREATER = 1;
    private static final int BY_CREATE = 1;
    private static final int BY_VALUE = 3;

    private final Map<Long, KvWatch> watches = new TreeMap<>();
    private final int place;
    private final CheckedEdge edge;
    private final Clients clients;
    private final Locks locks;
    private final KvHistory history;
    private final LongSupplier now;
    private long seen = 1;

    KvClients(
            final int place,
            final CheckedEdge edge,
            final Clients clients,
            final Locks locks,
            final KvHistory history,
            final LongSupplier now) {
        this.place = place;
        this.edge = edge;
        this.clients = clients;
        this.locks = locks;
        this.history = history;
        this.now = now;
    }

    private static String path(final int key) {
        return "k/" + key;
    }

    private static String text(final long value) {
        return value % 16 == 0 ? value + ".".repeat(1800) : Long.toString(value);
    }

    private static long value(final byte[] kv) {
        if (kv == null) {
            return 0;
        }
        final String text = ProtoMessage.text(ProtoMessage.bytes(kv, 5, 0));
        final int end = text.indexOf('.');
        return Long.parseLong(end < 0 ? text : text.substring(0, end));
    }

    private void send(final byte type, final ProtoMessage body, final Consumer<Reply> onAnswer) {
        send(type, body.bytes(), onAnswer);
    }

    private void send(final byte type, final byte[] body, final Consumer<Reply> onAnswer) {
        send(type, KvCommand.isRead(type) ? CommandEnvelope.QUORUM : 0, body, onAnswer);
    }

    private void send(
            final byte type, final int flags, final byte[] body, final Consumer<Reply> onAnswer) {
        edge.ask(
                (target, id) -> {
                    final int at = KvCommand.encode(target, 0, type, flags, id, 1, body.length);
                    target.putBytes(at, body);
                    return at + body.length;
                },
                onAnswer);
    }

    /** The body of an answer; null: it is an error, or a refusal. */
    private static byte[] body(final Reply reply) {
        if (reply.kind() == Reply.Kind.ERROR
                || KvReply.error(reply.bytes(), reply.offset()) != null) {
            return null;
        }
        final byte[] body = new byte[reply.length() - KvReply.HEAD_LENGTH];
        reply.bytes().getBytes(reply.offset() + KvReply.HEAD_LENGTH, body);
        return body;
    }

    // --- single keys ---

    void ask(final int key, final Kind kind, final long value, final long expected) {
        final int id = FIRST_KEY + key;
        final Operation operation = clients.ask(id, kind, value, expected, now.getAsLong());
        final long bound = clients.acknowledgedIndex();
        final byte type =
                switch (kind) {
                    case READ -> KvCommand.RANGE;
                    case SET -> KvCommand.PUT;
                    case DELETE -> KvCommand.DELETE_RANGE;
                    default -> KvCommand.TXN;
                };
        send(type, request(path(key), operation), reply -> answered(id, operation, bound, reply));
    }

    private static ProtoMessage request(final String key, final Operation operation) {
        final ProtoMessage get = message().text(1, key);
        final ProtoMessage put =
                message().text(1, key).text(2, text(operation.value)).flag(4, true);
        final ProtoMessage delete = message().text(1, key).flag(3, true);
        return switch (operation.kind) {
            case READ -> get;
            case SET -> put;
            case DELETE -> delete;
            case CREATE -> txn(compare(EQUAL, BY_CREATE, key), 2, put, get);
            case UPDATE -> txn(compare(GREATER, BY_CREATE, key), 2, put, get);
            case SWAP -> txn(hasValue(key, operation.expected), 2, put, get);
            case COMPARE_AND_DELETE -> txn(hasValue(key, operation.expected), 3, delete, get);
        };
    }

    private static ProtoMessage compare(final int result, final int target, final String key) {
        return message().number(1, result).number(2, target).text(3, key);
    }

    private static ProtoMessage hasValue(final String key, final long value) {
        return compare(EQUAL, BY_VALUE, key).text(7, text(value));
    }

    private static ProtoMessage txn(
            final ProtoMessage compare,
            final int kind,
            final ProtoMessage operation,
            final ProtoMessage otherwise) {
        return message()
                .element(1, compare)
                .element(2, message().element(kind, operation))
                .element(3, message().element(1, otherwise));
    }

    private void answered(
            final int key, final Operation operation, final long bound, final Reply reply) {
        final byte[] body = body(reply);
        if (body == null) {
            if (reply.kind() != Reply.Kind.ERROR) {
                throw new Violation("answers", "a refusal for " + operation);
            }
            if (operation.kind == Kind.READ || reply.error() == ErrorCode.STORE_FULL) {
                clients.refused(key, operation);
            }
            return;
        }
        if (operation.kind == Kind.READ) {
            if (reply.raftIndex() < bound) {
                throw new Violation(
                        "reads are not stale",
                        "member "
                                + place
                                + " reads v3 at entry "
                                + reply.raftIndex()
                                + " though "
                                + bound
                                + " was acknowledged before");
            }
        } else {
            clients.acknowledged(reply.raftIndex());
        }
        final long answer = answer(operation, body);
        operation.answered(answer, now.getAsLong());
        clients.saw(
                key, operation.value == 0 || answer < 0 ? Math.max(0, answer) : operation.value);
    }

    /** What the operation says of the key before it, or why it did nothing. */
    private static long answer(final Operation operation, final byte[] body) {
        final byte[] response = ProtoMessage.bytes(body, 3, 0);
        final boolean isDone = ProtoMessage.number(body, 2) != 0;
        return switch (operation.kind) {
            case READ -> orAbsent(value(ProtoMessage.bytes(body, 2, 0)));
            case SET -> value(ProtoMessage.bytes(body, 2, 0));
            case DELETE -> orAbsent(value(ProtoMessage.bytes(body, 3, 0)));
            case CREATE -> isDone ? 0 : Operation.EXISTS;
            case UPDATE -> isDone ? value(previous(response, 2)) : Operation.ABSENT;
            case SWAP -> isDone ? value(previous(response, 2)) : different(response);
            case COMPARE_AND_DELETE -> isDone ? value(previous(response, 3)) : different(response);
        };
    }

    private static long orAbsent(final long value) {
        return value == 0 ? Operation.ABSENT : value;
    }

    /** What was before, in the answer to a put or a deletion within a transaction. */
    private static byte[] previous(final byte[] response, final int kind) {
        return ProtoMessage.bytes(ProtoMessage.bytes(response, kind, 0), kind, 0);
    }

    private static long different(final byte[] response) {
        return ProtoMessage.count(ProtoMessage.bytes(response, 1, 0), 2) == 0
                ? Operation.ABSENT
                : Operation.DIFFERENT;
    }

    // --- what only the history of revisions judges ---

    /** Puts some keys and deletes others, at once; under a lease, if there is such a one. */
    void group(final long value, final long lease) {
        final ProtoMessage txn = message();
        for (int i = 0; i < GROUP; i++) {
            final String key = "g/" + (value + i) % (2 * GROUP);
            txn.element(
                    2,
                    message()
                            .element(
                                    2,
                                    message().text(1, key).text(2, text(value)).number(3, lease)));
        }
        final String gone = "g/" + (value + GROUP) % (2 * GROUP);
        txn.element(2, message().element(3, message().text(1, gone)));
        send(KvCommand.TXN, txn, this::acknowledged);
    }

    void lease(final int kind, final long id, final long ttlSeconds) {
        switch (kind) {
            case 0 ->
                    send(
                            KvCommand.LEASE_GRANT,
                            message().number(1, ttlSeconds).number(2, id),
                            this::acknowledged);
            case 1 -> send(KvCommand.LEASE_KEEP_ALIVE, id(id), this::acknowledged);
            default -> send(KvCommand.LEASE_REVOKE, message().number(1, id), this::acknowledged);
        }
    }

    private static byte[] id(final long id) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(id).array();
    }

    /** Asks anything of keys that nobody else asks of; the model judges what comes of it. */
    void any(final long seed, final long revision) {
        final SplittableRandom random = new SplittableRandom(seed);
        final KvDraw draw =
                new KvDraw(random, OTHER_KEYS, OTHER_ENDS, OTHER_LEASES, () -> revision);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> send(KvCommand.PUT, draw.put(draw.key()).encode(), this::acknowledged);
            case 3 -> send(KvCommand.DELETE_RANGE, draw.delete().encode(), this::acknowledged);
            case 4, 5 -> look(random, KvCommand.RANGE, draw.range(true).encode());
            case 6 -> look(random, KvCommand.TXN_READ, draw.txn(true).encode());
            case 7, 8 -> send(KvCommand.TXN, draw.txn(false).encode(), this::acknowledged);
            default -> {
                final int kind = 1 + random.nextInt(2);
                final int action = kind == 1 ? 2 : 1 + random.nextInt(2);
                send(
                        KvCommand.ALARM,
                        message().number(1, action).number(2, random.nextInt(3)).number(3, kind),
                        this::acknowledged);
            }
        }
    }

    private void look(final SplittableRandom random, final byte type, final ProtoMessage body) {
        send(type, random.nextInt(2) * CommandEnvelope.QUORUM, body.bytes(), reply -> {});
    }

    void compact(final long revision) {
        send(KvCommand.COMPACT, message().number(1, revision), this::acknowledged);
    }

    private void acknowledged(final Reply reply) {
        if (reply.kind() == Reply.Kind.RESULT) {
            clients.acknowledged(reply.raftIndex());
        }
    }

    // --- locks, as keys under a lease ---

    /** A client asks for a lock, or for more time. The lease is named as the lock's holder is. */
    void lock(final Locks.Ask ask, final int lock, final boolean isNew) {
        if (isNew) {
            send(
                    KvCommand.LEASE_GRANT,
                    message().number(1, seconds(ask.ttlNanos())).number(2, ask.token()),
                    reply -> granted(ask, lock, reply));
        } else {
            send(KvCommand.LEASE_KEEP_ALIVE, id(ask.token()), reply -> kept(ask, reply));
        }
    }

    static long seconds(final long nanos) {
        return nanos / 1_000_000_000L;
    }

    private void granted(final Locks.Ask ask, final int lock, final Reply reply) {
        if (body(reply) == null) {
            locks.unknown(ask);
            return;
        }
        final String key = lockKey(lock);
        final ProtoMessage put =
                message().text(1, key).text(2, Long.toString(ask.token())).number(3, ask.token());
        send(
                KvCommand.TXN,
                txn(compare(EQUAL, BY_CREATE, key), 2, put, message().text(1, key)),
                answer -> taken(ask, answer));
    }

    static String lockKey(final int lock) {
        return "l/" + lock;
    }

    private void taken(final Locks.Ask ask, final Reply reply) {
        final byte[] body = body(reply);
        if (body == null) {
            final boolean isLeaseGone =
                    reply.kind() == Reply.Kind.RESULT
                            && KvReply.error(reply.bytes(), reply.offset())
                                    == KvError.LEASE_NOT_FOUND;
            if (isLeaseGone) {
                locks.refused(ask);
            } else {
                locks.unknown(ask);
            }
        } else if (ProtoMessage.number(body, 2) != 0) {
            locks.acknowledged(ask, reply.raftIndex());
        } else {
            locks.refused(ask);
        }
    }

    private void kept(final Locks.Ask ask, final Reply reply) {
        final byte[] body = body(reply);
        if (body == null) {
            locks.unknown(ask);
        } else if (ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong(8) > 0) {
            locks.acknowledged(ask, reply.raftIndex());
        } else {
            locks.refused(ask);
        }
    }

    // --- watches ---

    int watchCount() {
        return watches.size();
    }

    /**
     * Starts a watch that goes on.
     *
     * @param key 0: all keys.
     * @param from revision to begin at; 0: now.
     * @param kind bits of {@link KvWatch}.
     */
    void watch(final int key, final long from, final int kind) {
        final String start;
        final String end;
        if (key == 0) {
            start = ALL;
            end = ALL;
        } else if ((kind & KvWatch.RANGE) == 0) {
            start = path(key);
            end = "";
        } else {
            start = OTHER_KEYS[key % OTHER_KEYS.length];
            end = OTHER_ENDS[key % OTHER_ENDS.length];
        }
        register(new KvWatch(start, end, kind, from));
    }

    private void register(final KvWatch watch) {
        final byte[] body = watch.request();
        final long id =
                edge.watch(
                        (target, correlationId) -> {
                            final int at =
                                    KvCommand.encode(
                                            target,
                                            0,
                                            KvCommand.WATCH,
                                            0,
                                            correlationId,
                                            1,
                                            body.length);
                            target.putBytes(at, body);
                            return at + body.length;
                        },
                        watch);
        watches.put(id, watch);
    }

    /** Ends the oldest watch. */
    void unwatch() {
        if (!watches.isEmpty()) {
            final long id = watches.keySet().iterator().next();
            watches.remove(id).isOver = true;
            edge.cancel(id);
        }
    }

    void started(final KvWatch watch, final long revision) {
        if (watch.next == 0) {
            watch.next = revision + 1;
        }
    }

    // --- what must hold ---

    /** Looks at what the member has, and at what its watches were told of it. */
    void check(final KvApplication application) {
        seen = history.see(place, application.store(), seen);
        final Map<Long, KvWatch> ended = new TreeMap<>();
        watches.forEach(
                (id, watch) -> {
                    watch.check(place, history, application.store().compactedRevision());
                    if (watch.isOver) {
                        ended.put(id, watch);
                    }
                });
        ended.forEach(
                (id, watch) -> {
                    watches.remove(id);
                    if (!watch.isCompacted()) {
                        // A snapshot came: the edge goes on where the watch was.
                        watch.again();
                        register(watch);
                    }
                });
    }

    void checkEnd(final KvApplication application) {
        watches.values()
                .forEach(
                        watch ->
                                watch.checkEnd(
                                        place,
                                        history,
                                        application.store().compactedRevision(),
                                        application.index()));
    }
}
