package io.larch.engine;

/**
 * A question off the hot path: membership, statistics, health. Objects are fine here.
 *
 * @param <R> an immutable answer.
 */
public interface AdminQuery<R> {
    /** Which question it is. */
    Kind kind();

    /** Called once, on the thread of the event loop that asked. */
    void answer(R result);

    /** The questions; the type of the answer stands behind each. */
    enum Kind {
        /** {@link AdminViews.Cluster}. */
        CLUSTER,
        /** {@link AdminViews.Self}. */
        SELF,
        /** {@link AdminViews.StoreCounts}. */
        STORE,
        /** {@link AdminViews.Leader}, or null when this member is not the leader. */
        LEADER,
        /** {@link AdminViews.Raft}. */
        RAFT,
        /** {@link AdminViews.Health}: from what is known now. */
        HEALTH,
        /** {@link AdminViews.Health}: after a quorum read, or its time-out. */
        READY
    }
}
