package io.larch.engine.raft;

/**
 * What a member must remember across a restart, beside its log.
 *
 * @param term the highest term seen.
 * @param votedFor who got this member's vote in the term; 0 = nobody.
 * @param commitIndex a lower bound: the commit index is written with the entries that came with it.
 */
public record HardState(long term, long votedFor, long commitIndex) {
    /** The state of a member that was never started. */
    public static final HardState EMPTY = new HardState(0, 0, 0);
}
