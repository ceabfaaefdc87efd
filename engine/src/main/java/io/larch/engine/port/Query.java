package io.larch.engine.port;

import java.util.List;

/**
 * A question off the hot path: membership, statistics, health. Objects are fine here.
 *
 * @param <R> an immutable answer.
 */
public interface Query<R> {
    /** Which question it is. */
    Kind kind();

    /** The change that {@link Kind#CHANGE_MEMBERS} asks for; null for the other kinds. */
    default MemberChange change() {
        return null;
    }

    /** Who is to lead, for {@link Kind#MOVE_LEADER}; 0 for the other kinds. */
    default long target() {
        return 0;
    }

    /** Called once, on the thread of the event loop that asked. */
    void answer(R result);

    /** The questions; the type of the answer stands behind each. */
    enum Kind {
        /** {@link QueryViews.Cluster}. */
        CLUSTER,
        /** {@link QueryViews.Self}. */
        SELF,
        /** {@link QueryViews.StoreCounts}. */
        STORE,
        /** {@link QueryViews.Leader}, or null when this member is not the leader. */
        LEADER,
        /** {@link QueryViews.Raft}. */
        RAFT,
        /** {@link QueryViews.Health}: after a majority was heard, or within a second without. */
        HEALTH,
        /** {@link QueryViews.Health}: after a quorum read, or within a second without. */
        READY,
        /** {@link QueryViews.MemberChanged}: after the change was applied here, or refused. */
        CHANGE_MEMBERS,
        /** {@link QueryViews.LeaderMove}: after the other leads, or why it does not. */
        MOVE_LEADER,
        /** {@link QueryViews.FollowerLatencies}, or null when this member is not the leader. */
        FOLLOWER_LATENCY,
        /** As {@link #FOLLOWER_LATENCY}; the interval starts anew with the answer. */
        FOLLOWER_LATENCY_AND_RESET,
        /** {@link QueryViews.StageLatencies}. */
        STAGE_LATENCY,
        /** As {@link #STAGE_LATENCY}; the interval starts anew with the answer. */
        STAGE_LATENCY_AND_RESET,
        /** {@link QueryViews.Contacts}. */
        CONTACTS,
        /** {@link QueryViews.Metrics}. */
        METRICS,
        /** {@link QueryViews.State}: once a snapshot of all that is applied is durable. */
        STATE;

        /** Whether it is asked by those who watch over this member and want a word soon. */
        public boolean isProbe() {
            return this == HEALTH || this == READY;
        }
    }

    /**
     * A change of the membership as a client asks for it.
     *
     * @param memberId of the member to remove, update or promote; 0 for an addition, whose id
     *     follows from its URLs and the moment.
     * @param peerUrls well-formed and sorted; empty for a removal and a promotion.
     */
    record MemberChange(Op op, long memberId, List<String> peerUrls) {
        public enum Op {
            ADD,
            REMOVE,
            UPDATE,
            /** Adds a member that stays a learner until it is promoted. */
            ADD_LEARNER,
            /** Such a learner is to vote. */
            PROMOTE;

            /** Whether there is a member more then. */
            public boolean isAddition() {
                return this == ADD || this == ADD_LEARNER;
            }
        }
    }
}
