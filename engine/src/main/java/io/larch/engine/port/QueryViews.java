package io.larch.engine.port;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Answers to {@link Query}: immutable pictures of a moment. Ids are 64 bits, unsigned; 0 means
 * nobody.
 */
public final class QueryViews {
    private QueryViews() {}

    /**
     * One member; name empty and clientUrls empty until it has published them.
     *
     * @param isLearner whether it stays a learner until it is promoted.
     */
    public record Member(
            long id,
            String name,
            List<String> peerUrls,
            List<String> clientUrls,
            boolean isLearner) {
        /** A member that votes, now or soon. */
        public Member(
                final long id,
                final String name,
                final List<String> peerUrls,
                final List<String> clientUrls) {
            this(id, name, peerUrls, clientUrls, false);
        }
    }

    /**
     * The membership as applied here.
     *
     * @param members in the order of their ids, unsigned.
     * @param leaderId 0 during an election.
     * @param version the cluster version as {@code 2.3.0}, or {@code not_decided}.
     */
    public record Cluster(
            long clusterId, long localId, long leaderId, String version, List<Member> members) {}

    /** For /v2/stats/self. Times in nanoseconds since the epoch; a rate of 0 is not shown. */
    public record Self(
            String name,
            long id,
            boolean isLeader,
            long startTimeNanos,
            long leaderId,
            long leaderStartTimeNanos,
            long nowNanos,
            long recvAppendCount,
            double recvPkgRate,
            double recvBandwidthRate,
            long sendAppendCount,
            double sendPkgRate,
            double sendBandwidthRate) {}

    /** For /v2/stats/store. */
    public record StoreCounts(
            long getsSuccess,
            long getsFail,
            long setsSuccess,
            long setsFail,
            long deleteSuccess,
            long deleteFail,
            long updateSuccess,
            long updateFail,
            long createSuccess,
            long createFail,
            long compareAndSwapSuccess,
            long compareAndSwapFail,
            long compareAndDeleteSuccess,
            long compareAndDeleteFail,
            long expireCount,
            long watchers) {}

    /** For /v2/stats/leader: latencies in milliseconds. */
    public record Follower(
            double current,
            double average,
            double standardDeviation,
            double minimum,
            double maximum,
            long fail,
            long success) {}

    /**
     * @param followers by id; printed sorted by its lower-case hex.
     */
    public record Leader(long leaderId, Map<Long, Follower> followers) {}

    /** For /debug/vars. */
    public record Raft(
            long id,
            long term,
            long vote,
            long commitIndex,
            long appliedIndex,
            long leaderId,
            String role,
            Map<Long, Progress> progress) {}

    /** What the leader knows of a follower. */
    public record Progress(long match, long next, String state) {}

    /**
     * @param reason empty when healthy.
     */
    public record Health(boolean healthy, String reason) {}

    /**
     * All that this member has applied.
     *
     * @param file to be closed by whoever gets it; null when there is none.
     * @param reason why there is none; else empty.
     */
    public record State(StateFile file, String reason) {}

    /**
     * How this member stands with the others.
     *
     * @param localId of this member.
     * @param nowNanos since the epoch.
     * @param peers in no order.
     */
    public record Contacts(long localId, long nowNanos, List<PeerContact> peers) {}

    /**
     * How a change of the membership ended.
     *
     * @param member the member added, updated or promoted; null otherwise.
     */
    public record MemberChanged(ChangeOutcome outcome, Member member) {}

    /** Ends of a change of the membership, in the order in which they are looked for. */
    public enum ChangeOutcome {
        DONE,
        /** {@code --strict-reconfig-check}: too few members would be up. */
        NOT_ENOUGH_STARTED,
        /** The id was removed for ever. */
        ID_REMOVED,
        /** A member of that id exists. */
        ID_EXISTS,
        /** There is no member of that id. */
        ID_NOT_FOUND,
        /** Another member uses one of the URLs. */
        PEER_URL_EXISTS,
        /** The member to be promoted is no learner that waits for it. */
        NOT_A_LEARNER,
        /** There are as many learners that wait for a promotion as there may be. */
        TOO_MANY_LEARNERS,
        /** The learner to be promoted lacks too much, or its leader does not hear from it. */
        LEARNER_NOT_READY,
        /** A member is of a build that knows of no such change, or has not told yet. */
        NOT_UNDERSTOOD,
        /** The last member cannot be removed. */
        LAST_MEMBER,
        /** Nor can the only one that votes, before one of the others has caught up. */
        LAST_VOTER,
        /** The group has as many members as it can have. */
        TOO_MANY_MEMBERS,
        /** No majority within the time-out: the change was dropped. */
        NOT_MADE,
        /** No end within the time-out: the change is on its way and may yet be made. */
        TIMED_OUT,
        /** So many others wait: the change was dropped. */
        TOO_MANY_REQUESTS,
        /** This member stops. */
        STOPPED
    }

    /** What became of handing leadership to another member. */
    public enum LeaderMove {
        DONE,
        /** Only the leader can. */
        NOT_LEADER,
        /** There is no such member, or it has no vote. */
        BAD_TARGET,
        /** The other does not lead within the time-out; it may yet come to. */
        TIMED_OUT
    }

    /** One distribution, in nanoseconds; all 0 when nothing was counted. */
    public record Percentiles(
            long count,
            double sum,
            long min,
            long mean,
            long p50,
            long p90,
            long p99,
            long p999,
            long max) {}

    /** A distribution since the start, and since the interval began. */
    public record Latency(Percentiles total, Percentiles interval) {}

    /**
     * Append sent to durable acknowledgement, for each follower.
     *
     * @param intervalNanos how long the interval has lasted.
     */
    public record FollowerLatencies(
            long leaderId, long intervalNanos, Map<Long, Latency> followers) {}

    /**
     * Where a write spends its time, by the name of the stage, in the order of the way.
     *
     * @param intervalNanos how long the interval has lasted.
     */
    public record StageLatencies(long intervalNanos, Map<String, Latency> stages) {}

    /**
     * A distribution by fixed bounds.
     *
     * @param counts up to each of {@link #BOUNDS_NANOS} and above the one before; at the end what
     *     is above all.
     * @param sum of all, in nanoseconds.
     */
    public record Buckets(List<Long> counts, double sum) {
        /** etcd's for what the disk and the quorum take: 1 ms, doubled thirteen times. */
        public static final List<Long> BOUNDS_NANOS =
                LongStream.iterate(1_000_000L, nanos -> nanos * 2).limit(14).boxed().toList();
    }

    /**
     * Reads that are answered in parts.
     *
     * @param open now, begun or not.
     * @param heldBytes of nodes as they were, kept for those that are begun.
     * @param slow ended since the start because their clients took them too slowly.
     * @param replaced ended since the start because a snapshot took the place of what they read.
     */
    public record LongReads(long open, long heldBytes, long slow, long replaced) {}

    /**
     * Of members that stay learners until they are promoted.
     *
     * @param isLearner whether this member is one.
     * @param promoted how many were promoted while this member led, since its start.
     */
    public record Learners(boolean isLearner, long promoted) {}

    /**
     * Figures for {@code /metrics}.
     *
     * @param leaderChanges seen since the start.
     * @param proposalsFailed requests that raft did not finish, since the start.
     * @param proposals how long writes that were answered here took until they were committed.
     * @param walSyncs how long syncs of the log take.
     * @param followers empty when this member is not the leader.
     * @param clockDifferencesMs by how much the wall clocks of the others are ahead of the
     *     leader's; empty when this member is not the leader.
     * @param archive null: there is none.
     */
    public record Metrics(
            boolean isLeader,
            boolean hasLeader,
            boolean isHealthy,
            long leaderChanges,
            long term,
            long commitIndex,
            long appliedIndex,
            long lastIndex,
            long storeIndex,
            long nodes,
            long storeBytes,
            long proposalsPending,
            long proposalsFailed,
            long recvAppendCount,
            long sendAppendCount,
            StoreCounts store,
            Buckets proposals,
            Buckets walSyncs,
            Map<Long, Follower> followers,
            Map<Long, Percentiles> followerLatencies,
            Map<String, Percentiles> stages,
            Map<Long, Long> clockDifferencesMs,
            LongReads longReads,
            Learners learners,
            Archive archive) {}

    /**
     * What became of files that are to be kept for restores to a moment of the past.
     *
     * @param kept since the start of the member.
     * @param waiting to be kept.
     * @param failures tries that failed.
     * @param lost files that are missing in the archive.
     */
    public record Archive(long kept, long waiting, long failures, long lost) {}
}
