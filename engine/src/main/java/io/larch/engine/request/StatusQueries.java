package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.peer.PeerClocks;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.Progress;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.Distribution;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.stats.LatencyRecorder;
import io.larch.engine.stats.SelfStats;
import io.larch.engine.stats.Stage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Answers the questions of the cold path that need no waiting. Owned by the engine thread. */
public final class StatusQueries {
    static final String NO_LEADER = "no leader";

    private final EngineContext context;
    private final RaftCore raft;
    private final Applications applications;
    private final Supplier<QueryViews.StoreCounts> keyCounts;
    private final ClusterState cluster;
    private final LeaderInfo leadership;
    private final PeerClocks peerClocks;
    private final EngineStats stats;
    private final LongReads longReads;
    private final IntSupplier pendingWrites;
    private final BooleanSupplier isDiskFull;
    private final Supplier<QueryViews.Archive> archive;
    private final long startTimeNanos;

    public StatusQueries(
            final EngineContext context,
            final RaftCore raft,
            final Applications applications,
            final Supplier<QueryViews.StoreCounts> keyCounts,
            final ClusterState cluster,
            final LeaderInfo leadership,
            final PeerClocks peerClocks,
            final EngineStats stats,
            final LongReads longReads,
            final IntSupplier pendingWrites,
            final BooleanSupplier isDiskFull,
            final Supplier<QueryViews.Archive> archive) {
        this.context = context;
        this.raft = raft;
        this.applications = applications;
        this.keyCounts = keyCounts;
        this.cluster = cluster;
        this.leadership = leadership;
        this.peerClocks = peerClocks;
        this.stats = stats;
        this.longReads = longReads;
        this.pendingWrites = pendingWrites;
        this.isDiskFull = isDiskFull;
        this.archive = archive;
        startTimeNanos = context.epochNanos().getAsLong();
    }

    /** The answer, of the type that the question's kind names. */
    Object answer(final Query.Kind kind) {
        return switch (kind) {
            case CLUSTER -> cluster.view(context.memberId(), raft.leaderId(), raft.conf());
            case SELF -> self();
            case STORE -> keyCounts.get();
            case LEADER -> raft.isLeader() ? leader() : null;
            case RAFT -> raftView();
            case FOLLOWER_LATENCY -> raft.isLeader() ? followerLatencies(false) : null;
            case FOLLOWER_LATENCY_AND_RESET -> raft.isLeader() ? followerLatencies(true) : null;
            case STAGE_LATENCY -> stageLatencies(false);
            case STAGE_LATENCY_AND_RESET -> stageLatencies(true);
            case CONTACTS -> contacts();
            case METRICS -> metrics();
            case HEALTH, READY, CHANGE_MEMBERS, MOVE_LEADER, STATE ->
                    throw new IllegalArgumentException("not to be answered at once: " + kind);
        };
    }

    /** As far as it is known here, without asking anybody. */
    QueryViews.Health health() {
        if (raft.leaderId() == 0) {
            return new QueryViews.Health(false, NO_LEADER);
        }
        if (applications.isNearlyFull()) {
            return new QueryViews.Health(false, "the store is nearly full");
        }
        if (isDiskFull.getAsBoolean()) {
            return new QueryViews.Health(false, "no space left for the write-ahead log");
        }
        return new QueryViews.Health(true, "");
    }

    private QueryViews.Contacts contacts() {
        return new QueryViews.Contacts(
                context.memberId(),
                context.epochNanos().getAsLong(),
                cluster.present(context.transport().contacts()));
    }

    private QueryViews.Self self() {
        final SelfStats self = stats.self();
        final long nowNanos = context.nanoTime().getAsLong();
        return new QueryViews.Self(
                context.name(),
                context.memberId(),
                raft.isLeader(),
                startTimeNanos,
                leadership.leaderId(),
                leadership.sinceEpochNanos(),
                context.epochNanos().getAsLong(),
                self.recvCount(),
                self.recvRate().messagesPerSecond(nowNanos),
                self.recvRate().bytesPerSecond(nowNanos),
                self.sendCount(),
                self.sendRate().messagesPerSecond(nowNanos),
                self.sendRate().bytesPerSecond(nowNanos));
    }

    private QueryViews.Leader leader() {
        return new QueryViews.Leader(raft.id(), followers());
    }

    private Map<Long, QueryViews.Follower> followers() {
        final Map<Long, QueryViews.Follower> followers = new TreeMap<>(Long::compareUnsigned);
        stats.leader()
                .forEach(
                        (id, f) ->
                                followers.put(
                                        id,
                                        new QueryViews.Follower(
                                                f.currentMs(),
                                                f.averageMs(),
                                                f.standardDeviationMs(),
                                                f.minimumMs(),
                                                f.maximumMs(),
                                                f.fails(),
                                                f.successes())));
        return followers;
    }

    private QueryViews.FollowerLatencies followerLatencies(final boolean restartsInterval) {
        final long nowNanos = context.nanoTime().getAsLong();
        final Map<Long, QueryViews.Latency> followers = new TreeMap<>(Long::compareUnsigned);
        stats.leader().forEach((id, f) -> followers.put(id, latency(f.recorder())));
        final long intervalNanos = stats.leader().intervalNanos(nowNanos);
        if (restartsInterval) {
            stats.leader().restartInterval(nowNanos);
        }
        return new QueryViews.FollowerLatencies(raft.id(), intervalNanos, followers);
    }

    private QueryViews.StageLatencies stageLatencies(final boolean restartsInterval) {
        final long nowNanos = context.nanoTime().getAsLong();
        final Map<String, QueryViews.Latency> stages = new LinkedHashMap<>();
        for (final Stage stage : Stage.values()) {
            stages.put(stage.label(), latency(stats.stages().recorder(stage)));
        }
        final long intervalNanos = stats.stages().intervalNanos(nowNanos);
        if (restartsInterval) {
            stats.stages().restartInterval(nowNanos);
        }
        return new QueryViews.StageLatencies(intervalNanos, stages);
    }

    private static QueryViews.Latency latency(final LatencyRecorder recorder) {
        return new QueryViews.Latency(
                percentiles(recorder.total()), percentiles(recorder.interval()));
    }

    private static QueryViews.Percentiles percentiles(final Distribution d) {
        return new QueryViews.Percentiles(
                d.count(), d.sum(), d.min(), d.mean(), d.p50(), d.p90(), d.p99(), d.p999(),
                d.max());
    }

    private static QueryViews.Buckets buckets(final LatencyRecorder recorder) {
        final long[] bounds =
                QueryViews.Buckets.BOUNDS_NANOS.stream().mapToLong(Long::longValue).toArray();
        return new QueryViews.Buckets(
                Arrays.stream(recorder.countsByBound(bounds)).boxed().toList(),
                recorder.sumNanos());
    }

    private QueryViews.Metrics metrics() {
        final Application keys = applications.of(KeysCommand.DOMAIN);
        final Map<Long, QueryViews.Percentiles> followers = new TreeMap<>(Long::compareUnsigned);
        if (raft.isLeader()) {
            stats.leader().forEach((id, f) -> followers.put(id, percentiles(f.recorder().total())));
        }
        final Map<String, QueryViews.Percentiles> stages = new LinkedHashMap<>();
        for (final Stage stage : Stage.values()) {
            stages.put(stage.label(), percentiles(stats.stages().recorder(stage).total()));
        }
        return new QueryViews.Metrics(
                raft.isLeader(),
                raft.leaderId() != 0,
                health().healthy(),
                stats.leaderChanges(),
                raft.term(),
                raft.commitIndex(),
                raft.appliedIndex(),
                raft.lastIndex(),
                keys.index(),
                keys.entries(),
                keys.bytes(),
                pendingWrites.getAsInt(),
                stats.failedProposals(),
                stats.self().recvCount(),
                stats.self().sendCount(),
                keyCounts.get(),
                buckets(stats.proposals()),
                buckets(stats.walSyncs()),
                raft.isLeader() ? followers() : Map.of(),
                followers,
                stages,
                peerClocks.differencesMs(),
                new QueryViews.LongReads(
                        longReads.count(),
                        keys.heldBytes(),
                        longReads.slowCount(),
                        longReads.replacedCount()),
                new QueryViews.Learners(context.standing().isLearner(), stats.promotions()),
                archive.get());
    }

    private QueryViews.Raft raftView() {
        final Map<Long, QueryViews.Progress> progress = new LinkedHashMap<>();
        for (int i = 0; i < raft.peerCount(); i++) {
            final Progress peer = raft.peer(i);
            progress.put(
                    peer.id(), new QueryViews.Progress(peer.match(), peer.next(), progress(peer)));
        }
        return new QueryViews.Raft(
                raft.id(),
                raft.term(),
                raft.votedFor(),
                raft.commitIndex(),
                raft.appliedIndex(),
                raft.leaderId(),
                role(),
                progress);
    }

    /** As etcd names it; a candidate for a pre-vote is one more of those. */
    private String role() {
        return switch (raft.role()) {
            case LEADER -> "StateLeader";
            case FOLLOWER -> "StateFollower";
            default -> "StateCandidate";
        };
    }

    private static String progress(final Progress peer) {
        return switch (peer.state()) {
            case PROBE -> "ProgressStateProbe";
            case REPLICATE -> "ProgressStateReplicate";
            case SNAPSHOT -> "ProgressStateSnapshot";
        };
    }
}
