package io.larch.engine.raft;

/** What a member is in its term. A learner is a follower that no quorum counts. */
public enum RaftRole {
    FOLLOWER,

    /** Asks whether it could win, without raising its term. */
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER
}
