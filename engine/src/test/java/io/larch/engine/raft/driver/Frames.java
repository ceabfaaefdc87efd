package io.larch.engine.raft.driver;

import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.raft.SimLogStorage;
import io.larch.engine.raft.SimNode;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Messages between the core's frames and the protocol's JSON. Beside the protocol's fields they
 * have {@code inc} and {@code to_inc}, the lives of sender and receiver, and {@code seq}, the
 * sender's number of a proposal or read; all may be left out.
 */
final class Frames {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final Map<String, MessageType> TYPES =
            Map.ofEntries(
                    Map.entry("prevote", MessageType.PRE_VOTE),
                    Map.entry("prevote_resp", MessageType.PRE_VOTE_REPLY),
                    Map.entry("vote", MessageType.VOTE),
                    Map.entry("vote_resp", MessageType.VOTE_REPLY),
                    Map.entry("app", MessageType.APPEND),
                    Map.entry("app_resp", MessageType.APPEND_REPLY),
                    Map.entry("hb", MessageType.HEARTBEAT),
                    Map.entry("hb_resp", MessageType.HEARTBEAT_REPLY),
                    Map.entry("snap", MessageType.SNAPSHOT),
                    Map.entry("timeout_now", MessageType.TIMEOUT_NOW),
                    Map.entry("prop", MessageType.FORWARD),
                    Map.entry("read", MessageType.READ_INDEX),
                    Map.entry("read_resp", MessageType.READ_REPLY),
                    Map.entry("transfer", MessageType.TRANSFER));

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final Opaque opaque;
    private int length;

    Frames(final Opaque opaque) {
        this.opaque = opaque;
    }

    /** The number of a cluster that goes by a name. */
    static long clusterId(final Object name) {
        return name.toString().hashCode() * 0x9e3779b97f4a7c15L;
    }

    /** Whether the protocol knows messages of a type. */
    static boolean isShown(final MessageType type) {
        return TYPES.containsValue(type);
    }

    SimNode.Packet packet(final Map<String, Object> json, final Object ownCluster) {
        final MessageType type = TYPES.get(String.valueOf(json.get("type")));
        if (type == null) {
            throw new IllegalArgumentException("not a type: " + json.get("type"));
        }
        RaftMessage.encodeHeader(buffer, 0, type);
        length = RaftMessage.HEADER_LENGTH;
        final Object cluster = json.getOrDefault("cluster", ownCluster);
        put(RaftMessage.CLUSTER_ID_OFFSET, clusterId(cluster));
        put(RaftMessage.FROM_OFFSET, number(json, "from"));
        put(RaftMessage.TO_OFFSET, number(json, "to"));
        put(RaftMessage.TERM_OFFSET, number(json, "term"));
        put(RaftMessage.FROM_INCARNATION_OFFSET, number(json, "inc"));
        put(RaftMessage.TO_INCARNATION_OFFSET, number(json, "to_inc"));
        put(RaftMessage.COMMIT_OFFSET, number(json, "commit"));
        put(RaftMessage.COMMIT_TERM_OFFSET, number(json, "commit_term"));
        final SimNode.Snapshot snapshot = fill(json, type);
        buffer.putInt(RaftMessage.BODY_LENGTH_OFFSET, length - RaftMessage.HEADER_LENGTH, ORDER);
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return new SimNode.Packet(number(json, "from"), number(json, "to"), type, bytes, snapshot);
    }

    private SimNode.Snapshot fill(final Map<String, Object> json, final MessageType type) {
        switch (type) {
            case VOTE, PRE_VOTE -> {
                put(RaftMessage.INDEX_OFFSET, number(json, "last"));
                put(RaftMessage.LOG_TERM_OFFSET, number(json, "last_term"));
                flags(Boolean.TRUE.equals(json.get("transfer")) ? RaftMessage.TRANSFER : 0);
            }
            case VOTE_REPLY, PRE_VOTE_REPLY ->
                    flags(Boolean.TRUE.equals(json.get("granted")) ? 0 : RaftMessage.REJECT);
            case APPEND -> fillAppend(json);
            case APPEND_REPLY -> fillAppendReply(json);
            case HEARTBEAT, HEARTBEAT_REPLY -> {
                put(RaftMessage.CONTEXT_OFFSET, opaque.number(json.get("ctx")));
                put(RaftMessage.INDEX_OFFSET, opaque.number(json.get("t")));
                flags(Boolean.TRUE.equals(json.get("reject")) ? RaftMessage.REJECT : 0);
            }
            case SNAPSHOT -> {
                return fillSnapshot(json);
            }
            case FORWARD -> fillForward(json);
            case READ_INDEX, READ_REPLY -> fillRead(json, type);
            case TRANSFER -> put(RaftMessage.CONTEXT_OFFSET, number(json, "target"));
            default -> {
                // Nothing but the header.
            }
        }
        return null;
    }

    private void fillAppend(final Map<String, Object> json) {
        put(RaftMessage.INDEX_OFFSET, number(json, "prev"));
        put(RaftMessage.LOG_TERM_OFFSET, number(json, "prev_term"));
        for (final Object shown : list(json, "ents")) {
            final SimLogStorage.Entry entry = Bodies.entry(shown);
            final int padded = (entry.body().length + 7) & ~7;
            buffer.putLong(length + RaftMessage.ENTRY_TERM_OFFSET, entry.term(), ORDER);
            buffer.putInt(length + RaftMessage.ENTRY_LENGTH_OFFSET, entry.body().length, ORDER);
            buffer.putInt(length + RaftMessage.ENTRY_KIND_OFFSET, entry.kind(), ORDER);
            length += RaftMessage.ENTRY_HEADER_LENGTH;
            buffer.putBytes(length, java.util.Arrays.copyOf(entry.body(), padded));
            length += padded;
        }
    }

    private void fillAppendReply(final Map<String, Object> json) {
        if (json.get("reject") == null || Boolean.FALSE.equals(json.get("reject"))) {
            put(RaftMessage.INDEX_OFFSET, number(json, "match"));
            return;
        }
        flags(RaftMessage.REJECT);
        put(RaftMessage.INDEX_OFFSET, number(json, "reject"));
        put(RaftMessage.CONTEXT_OFFSET, number(json, "hint"));
        put(RaftMessage.LOG_TERM_OFFSET, number(json, "hint_term"));
    }

    private SimNode.Snapshot fillSnapshot(final Map<String, Object> json) {
        final ConfState conf = Bodies.conf(json.get("conf"));
        put(RaftMessage.INDEX_OFFSET, number(json, "idx"));
        put(RaftMessage.LOG_TERM_OFFSET, number(json, "sterm"));
        length += conf.encode(buffer, length);
        return new SimNode.Snapshot(
                number(json, "idx"), number(json, "sterm"), conf, List.copyOf(list(json, "data")));
    }

    private void fillForward(final Map<String, Object> json) {
        final Object letter = json.getOrDefault("kind", "d");
        final byte kind = Bodies.kind(letter == null ? "d" : letter.toString());
        put(RaftMessage.CONTEXT_OFFSET, number(json, "seq"));
        flags(kind << 8);
        final byte[] body = Bodies.body(kind, String.valueOf(json.get("data")));
        buffer.putBytes(length, body);
        length += body.length;
    }

    private void fillRead(final Map<String, Object> json, final MessageType type) {
        final long id = opaque.number(json.get("id"));
        put(RaftMessage.INDEX_OFFSET, id);
        put(
                RaftMessage.CONTEXT_OFFSET,
                json.get("seq") == null ? opaque.ticket(id) : number(json, "seq"));
        if (type == MessageType.READ_REPLY) {
            final boolean isAnswered = json.get("index") != null;
            put(RaftMessage.LOG_TERM_OFFSET, number(json, "index"));
            flags(isAnswered ? 0 : RaftMessage.REJECT);
        }
    }

    Map<String, Object> json(final SimNode.Packet packet, final Object cluster) {
        final RaftMessage message =
                new RaftMessage().wrap(new UnsafeBuffer(packet.bytes()), 0, packet.bytes().length);
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", name(message.type()));
        json.put("from", message.from());
        json.put("to", message.to());
        json.put("term", message.term());
        json.put("cluster", cluster);
        show(message, packet, json);
        json.put("inc", message.fromIncarnation());
        json.put("to_inc", message.toIncarnation());
        return json;
    }

    private void show(
            final RaftMessage message,
            final SimNode.Packet packet,
            final Map<String, Object> json) {
        switch (message.type()) {
            case VOTE, PRE_VOTE -> {
                json.put("last", message.index());
                json.put("last_term", message.logTerm());
                json.put("transfer", message.isTransfer());
                showCommit(message, json);
            }
            case VOTE_REPLY, PRE_VOTE_REPLY -> {
                json.put("granted", !message.isReject());
                showCommit(message, json);
            }
            case APPEND -> {
                json.put("prev", message.index());
                json.put("prev_term", message.logTerm());
                json.put("ents", entries(message));
                json.put("commit", message.commit());
            }
            case APPEND_REPLY -> showAppendReply(message, json);
            case HEARTBEAT, HEARTBEAT_REPLY -> {
                json.put("ctx", opaque.value(message.context()));
                json.put("t", opaque.value(message.tick()));
                json.put("commit", message.commit());
            }
            case SNAPSHOT -> {
                json.put("idx", message.index());
                json.put("sterm", message.logTerm());
                json.put("conf", Bodies.shown(packet.snapshot().conf()));
                json.put("data", packet.snapshot().state());
            }
            case FORWARD -> showForward(message, json);
            case READ_INDEX -> showRead(message, json);
            case READ_REPLY -> {
                showRead(message, json);
                json.put("index", message.isReject() ? null : (Long) message.logTerm());
            }
            case TRANSFER -> json.put("target", message.context());
            default -> {
                // Nothing but the header.
            }
        }
    }

    private static void showCommit(final RaftMessage message, final Map<String, Object> json) {
        json.put("commit", message.commit());
        json.put("commit_term", message.commitTerm());
    }

    private static void showAppendReply(final RaftMessage message, final Map<String, Object> json) {
        if (message.isReject()) {
            json.put("reject", message.index());
            json.put("hint", message.context());
            json.put("hint_term", message.logTerm());
        } else {
            json.put("match", message.index());
        }
        json.put("commit", message.commit());
    }

    private static void showForward(final RaftMessage message, final Map<String, Object> json) {
        final byte[] body = new byte[message.bodyLength()];
        message.buffer().getBytes(RaftMessage.HEADER_LENGTH, body);
        json.put("data", Bodies.shown(message.kind(), body));
        json.put("kind", Bodies.letter(message.kind()));
        json.put("seq", message.context());
    }

    private void showRead(final RaftMessage message, final Map<String, Object> json) {
        json.put("id", opaque.value(message.index()));
        json.put("seq", message.context());
        if (message.type() == MessageType.READ_INDEX) {
            opaque.rememberTicket(message.index(), message.context());
        }
    }

    private static List<Object> entries(final RaftMessage message) {
        final List<Object> entries = new ArrayList<>();
        int at = RaftMessage.HEADER_LENGTH;
        while (at < message.length()) {
            final long term = message.buffer().getLong(at + RaftMessage.ENTRY_TERM_OFFSET, ORDER);
            final int size = message.buffer().getInt(at + RaftMessage.ENTRY_LENGTH_OFFSET, ORDER);
            final byte kind = message.buffer().getByte(at + RaftMessage.ENTRY_KIND_OFFSET);
            at += RaftMessage.ENTRY_HEADER_LENGTH;
            final byte[] body = new byte[size];
            message.buffer().getBytes(at, body);
            entries.add(Bodies.shown(new SimLogStorage.Entry(term, kind, body)));
            at += (size + 7) & ~7;
        }
        return entries;
    }

    private static String name(final MessageType type) {
        for (final Map.Entry<String, MessageType> entry : TYPES.entrySet()) {
            if (entry.getValue() == type) {
                return entry.getKey();
            }
        }
        throw new IllegalArgumentException("not shown: " + type);
    }

    private void put(final int offset, final long value) {
        buffer.putLong(offset, value, ORDER);
    }

    private void flags(final int value) {
        buffer.putInt(RaftMessage.FLAGS_OFFSET, value, ORDER);
    }

    static long number(final Map<String, Object> json, final String name) {
        return json.get(name) instanceof Number number ? number.longValue() : 0;
    }

    static List<?> list(final Map<String, Object> json, final String name) {
        return json.get(name) instanceof List<?> list ? list : List.of();
    }

    /** Values that only come back: numbers as they are, others under a negative number. */
    static final class Opaque {
        private final Map<Object, Long> numbers = new HashMap<>();
        private final Map<Long, Object> values = new HashMap<>();
        private final Map<Long, Long> tickets = new HashMap<>();

        long number(final Object value) {
            if (value instanceof Long number && number >= 0) {
                return number;
            }
            if (value == null) {
                return 0;
            }
            return numbers.computeIfAbsent(
                    value,
                    key -> {
                        final long number = -2L - values.size();
                        values.put(number, key);
                        return number;
                    });
        }

        Object value(final long number) {
            return number < 0 ? values.get(number) : (Object) number;
        }

        void rememberTicket(final long id, final long ticket) {
            tickets.put(id, ticket);
        }

        long ticket(final long id) {
            return tickets.getOrDefault(id, 0L);
        }
    }
}
