package io.larch.engine;

import io.larch.engine.raft.Progress;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.store.Store;
import io.larch.engine.store.StoreStats;
import io.larch.engine.store.StoreStats.Counter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Answers the questions of the cold path that need no waiting. Owned by the engine thread. */
final class AdminDesk {
    private final EngineContext context;
    private final RaftCore raft;
    private final Store store;
    private final ClusterState cluster;
    private final Leadership leadership;
    private final BooleanSupplier isDiskFull;
    private final long startTimeNanos;

    AdminDesk(
            final EngineContext context,
            final RaftCore raft,
            final Store store,
            final ClusterState cluster,
            final Leadership leadership,
            final BooleanSupplier isDiskFull) {
        this.context = context;
        this.raft = raft;
        this.store = store;
        this.cluster = cluster;
        this.leadership = leadership;
        this.isDiskFull = isDiskFull;
        startTimeNanos = context.epochNanos().getAsLong();
    }

    /** The answer, of the type that the question's kind names. */
    Object answer(final AdminQuery.Kind kind) {
        return switch (kind) {
            case CLUSTER -> cluster.view(context.memberId(), raft.leaderId());
            case SELF -> self();
            case STORE -> storeCounts();
            case LEADER -> raft.isLeader() ? new AdminViews.Leader(raft.id(), Map.of()) : null;
            case RAFT -> raftView();
            case HEALTH, READY -> health();
            case FOLLOWER_LATENCY, FOLLOWER_LATENCY_AND_RESET -> null;
            case STAGE_LATENCY, STAGE_LATENCY_AND_RESET ->
                    new AdminViews.StageLatencies(0, Map.of());
            case CHANGE_MEMBERS ->
                    new AdminViews.MemberChanged(AdminViews.ChangeOutcome.TIMED_OUT, null);
        };
    }

    AdminViews.Health health() {
        if (raft.leaderId() == 0) {
            return new AdminViews.Health(false, "no leader");
        }
        if (store.isNearlyFull()) {
            return new AdminViews.Health(false, "the store is nearly full");
        }
        if (isDiskFull.getAsBoolean()) {
            return new AdminViews.Health(false, "no space left for the write-ahead log");
        }
        return new AdminViews.Health(true, "");
    }

    private AdminViews.Self self() {
        return new AdminViews.Self(
                context.name(),
                context.memberId(),
                raft.isLeader(),
                startTimeNanos,
                leadership.leaderId(),
                leadership.sinceEpochNanos(),
                context.epochNanos().getAsLong(),
                0,
                0,
                0,
                0,
                0,
                0);
    }

    private AdminViews.StoreCounts storeCounts() {
        final StoreStats s = store.stats();
        return new AdminViews.StoreCounts(
                s.get(Counter.GETS_SUCCESS),
                s.get(Counter.GETS_FAIL),
                s.get(Counter.SETS_SUCCESS),
                s.get(Counter.SETS_FAIL),
                s.get(Counter.DELETE_SUCCESS),
                s.get(Counter.DELETE_FAIL),
                s.get(Counter.UPDATE_SUCCESS),
                s.get(Counter.UPDATE_FAIL),
                s.get(Counter.CREATE_SUCCESS),
                s.get(Counter.CREATE_FAIL),
                s.get(Counter.COMPARE_AND_SWAP_SUCCESS),
                s.get(Counter.COMPARE_AND_SWAP_FAIL),
                s.get(Counter.COMPARE_AND_DELETE_SUCCESS),
                s.get(Counter.COMPARE_AND_DELETE_FAIL),
                s.get(Counter.EXPIRE_COUNT),
                s.get(Counter.WATCHERS));
    }

    private AdminViews.Raft raftView() {
        final Map<Long, AdminViews.Progress> progress = new LinkedHashMap<>();
        for (int i = 0; i < raft.peerCount(); i++) {
            final Progress peer = raft.peer(i);
            progress.put(
                    peer.id(),
                    new AdminViews.Progress(peer.match(), peer.next(), peer.state().toString()));
        }
        return new AdminViews.Raft(
                raft.id(),
                raft.term(),
                raft.votedFor(),
                raft.commitIndex(),
                raft.appliedIndex(),
                raft.leaderId(),
                raft.role().name(),
                progress);
    }
}
