package io.larch.engine.raft.driver;

import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.HardState;
import io.larch.engine.raft.Progress;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftConfig;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.RaftRole;
import io.larch.engine.raft.SimLogStorage;
import io.larch.engine.raft.SimNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One member that is driven by requests. */
final class DriverNode {
    private final Frames.Opaque opaque = new Frames.Opaque();
    private final Frames frames = new Frames(opaque);
    private final Names names = new Names();
    private final Object cluster;
    private final SimNode node;
    private final Object initialConf;

    DriverNode(final Map<String, Object> request) {
        final Map<String, Object> opts = object(request.get("opts"));
        cluster = opts.getOrDefault("cluster", "A");
        initialConf = request.getOrDefault("conf", List.of());
        final int timers = (int) option(opts, "timers", 0);
        final long uncommitted = option(opts, "max_uncommitted", 0);
        final boolean isLease = isSet(opts, "lease");
        final RaftConfig config =
                new RaftConfig()
                        .id(Frames.number(request, "node"))
                        .clusterId(Frames.clusterId(cluster))
                        .seed(Frames.number(request, "node"))
                        .preVote(isSet(opts, "prevote"))
                        .checkQuorum(isSet(opts, "checkquorum") || isLease)
                        .leaseReads(isLease)
                        .electionTicks((int) option(opts, "election", 10))
                        .heartbeatTicks((int) option(opts, "heartbeat", 1))
                        .electionTimer(timers > 0)
                        .fixedTimeoutTicks(timers)
                        .maxInflightMessages((int) option(opts, "inflight", 256))
                        .maxAppendEntries((int) option(opts, "batch", 64))
                        .maxUncommittedBytes(uncommitted * Bodies.LENGTH)
                        .autoPromote(false);
        node = new SimNode(config, Bodies.conf(initialConf), names);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(final Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static long option(
            final Map<String, Object> opts, final String name, final long otherwise) {
        return opts.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    private static boolean isSet(final Map<String, Object> opts, final String name) {
        return Boolean.TRUE.equals(opts.get(name));
    }

    /** Does what a request asks for. */
    Map<String, Object> handle(final Map<String, Object> request) {
        final String result = act(String.valueOf(request.get("op")), request);
        final Map<String, Object> reply = new LinkedHashMap<>();
        final List<Object> out = new ArrayList<>();
        for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
            if (Frames.isShown(p.type())) {
                out.add(frames.json(p, cluster));
            }
        }
        reply.put("out", out);
        reply.put("events", events());
        reply.put("result", result);
        reply.put("state", state());
        return reply;
    }

    private Map<String, Object> events() {
        final Map<String, Object> events = new LinkedHashMap<>();
        events.put("acked", names.takeAcknowledged());
        final List<Object> reads = new ArrayList<>();
        for (final SimNode.Answer answer : node.answers()) {
            if (answer.index() >= 0) {
                reads.add(List.of(opaque.value(answer.requestId()), answer.index()));
            }
        }
        node.answers().clear();
        node.refused().clear();
        events.put("reads", reads);
        return events;
    }

    private String act(final String op, final Map<String, Object> request) {
        switch (op) {
            case "noop", "new" -> node.pump();
            case "tick" -> node.tick();
            case "campaign" -> node.campaign();
            case "step" -> node.step(frames.packet(object(request.get("msg")), cluster));
            case "propose" -> {
                return propose(request);
            }
            case "read" -> {
                final boolean isLeader = node.core().isLeader();
                final int result = node.readIndex(opaque.number(request.get("id")));
                return result < 0 ? "refused" : isLeader ? "ok" : "forwarded";
            }
            case "transfer" -> {
                return shown(node.transfer(Frames.number(request, "target")));
            }
            case "disk" -> node.diskManual(Boolean.TRUE.equals(request.get("manual")));
            case "sync" -> node.sync();
            case "apply" -> node.holdApply(Boolean.TRUE.equals(request.get("hold")));
            case "compact" ->
                    node.compact(
                            request.get("upto") == null
                                    ? node.core().appliedIndex()
                                    : Frames.number(request, "upto"));
            case "crash" -> {
                names.forget();
                node.crash();
            }
            case "load" -> load(request);
            default -> throw new IllegalArgumentException("not an op: " + op);
        }
        return null;
    }

    private String propose(final Map<String, Object> request) {
        final String data = String.valueOf(request.get("data"));
        final byte kind = Bodies.kind(String.valueOf(request.getOrDefault("kind", "d")));
        // Told before, as a lone voter applies at once.
        names.proposed(data);
        final long result =
                kind == EntryKind.CONF_CHANGE
                        ? node.proposeConfChange(Bodies.change(data))
                        : node.propose(Bodies.data(data));
        if (result < 0 && result != ProposalResult.FORWARDED) {
            names.withdraw(data);
        }
        return shown(result);
    }

    private static String shown(final long result) {
        if (result == ProposalResult.FORWARDED) {
            return "forwarded";
        }
        return result < 0 ? "refused" : "ok";
    }

    private void load(final Map<String, Object> request) {
        final List<?> snap = Frames.list(request, "snap");
        SimNode.Snapshot snapshot = null;
        if (snap.size() == 2 && ((Number) snap.get(0)).longValue() > 0) {
            snapshot =
                    new SimNode.Snapshot(
                            ((Number) snap.get(0)).longValue(),
                            ((Number) snap.get(1)).longValue(),
                            Bodies.conf(request.getOrDefault("conf", initialConf)),
                            List.copyOf(Frames.list(request, "snap_data")));
        }
        final List<SimLogStorage.Entry> entries = new ArrayList<>();
        for (final Object shown : Frames.list(request, "log")) {
            entries.add(Bodies.entry(shown));
        }
        node.load(
                new HardState(
                        Frames.number(request, "term"),
                        Frames.number(request, "vote"),
                        Frames.number(request, "commit")),
                snapshot,
                entries);
        node.pump();
    }

    private Map<String, Object> state() {
        final RaftCore core = node.core();
        final Map<String, Object> state = new LinkedHashMap<>();
        state.put("id", core.id());
        state.put("role", role(core.role()));
        state.put("term", core.term());
        state.put("vote", core.votedFor());
        state.put("lead", core.leaderId());
        state.put("commit", core.commitIndex());
        state.put("applied", core.appliedIndex());
        final SimLogStorage.Image log = node.log().current();
        state.put("snap", List.of(log.snapshotIndex(), log.snapshotTerm()));
        state.put("log", log.entries().stream().map(Bodies::shown).toList());
        state.put("data", List.copyOf(names.data()));
        state.put("conf", Bodies.shown(node.conf()));
        final SimLogStorage.Image disk = node.log().durable();
        state.put("disk_term", disk.hardState().term());
        state.put("disk_vote", disk.hardState().votedFor());
        state.put("disk_snap", List.of(disk.snapshotIndex(), disk.snapshotTerm()));
        state.put("disk_log", disk.entries().stream().map(Bodies::shown).toList());
        if (core.isLeader()) {
            state.put("progress", progress(core));
        }
        return state;
    }

    private static String role(final RaftRole role) {
        return role == RaftRole.PRE_CANDIDATE
                ? "precandidate"
                : role.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> progress(final RaftCore core) {
        final Map<String, Object> progress = new LinkedHashMap<>();
        for (int i = 0; i < core.peerCount(); i++) {
            final Progress peer = core.peer(i);
            progress.put(
                    Long.toString(peer.id()),
                    List.of(
                            peer.state().name().toLowerCase(Locale.ROOT),
                            peer.match(),
                            peer.next()));
        }
        return progress;
    }
}
