package io.larch.engine.raft;

/** Kinds of messages between members; the comments say what the shared slots hold. */
public enum MessageType {
    /** Would you vote for me in this (future) term? lastIndex, lastTerm, commit, commitTerm. */
    PRE_VOTE,

    /** REJECT flag or granted, commit, commitTerm. Granted: carries the future term. */
    PRE_VOTE_REPLY,

    /** lastIndex, lastTerm, commit, commitTerm; TRANSFER flag when the leader asked for it. */
    VOTE,

    /** REJECT flag or granted, commit, commitTerm. */
    VOTE_REPLY,

    /** prevIndex, prevTerm, commit, entries in the body. */
    APPEND,

    /** matchIndex, or with REJECT the refused prevIndex and hintIndex, hintTerm; commit. */
    APPEND_REPLY,

    /** commit (no more than the receiver has), round, tick. */
    HEARTBEAT,

    /** round and tick echoed; commit. */
    HEARTBEAT_REPLY,

    /**
     * From the core: the peer needs a snapshot; the newest one is to be streamed to it. To the
     * core: a snapshot has arrived from the leader, complete and durable; index, its term, and the
     * membership in the body.
     */
    SNAPSHOT,

    /** Campaign at once: the leader hands over. */
    TIMEOUT_NOW,

    /** A proposal for the leader: sequence, kind, body. */
    FORWARD,

    /** A proposal was refused by the leader and is in nobody's log: sequence, reason (index). */
    FORWARD_REPLY,

    /** A read for the leader: context = the asker's ticket, index = its request id. */
    READ_INDEX,

    /** context and index echoed, logTerm = the read index; REJECT flag: ask again. */
    READ_REPLY,

    /** A leadership transfer for the leader: target. */
    TRANSFER,

    /** The receiver is no longer a member: it should stop. */
    REMOVED;

    private static final MessageType[] VALUES = values();

    /**
     * The type of a code.
     *
     * @return null when there is none.
     */
    static MessageType of(final int code) {
        return code >= 0 && code < VALUES.length ? VALUES[code] : null;
    }
}
