package io.larch.engine.raft;

/**
 * Negative results of {@link RaftCore#propose}, {@link RaftCore#proposeConfChange}, {@link
 * RaftCore#readIndex} and {@link RaftCore#transferLeadership}. Positive results are Raft indexes.
 * All but {@link #FORWARDED} say that what was asked is certainly in nobody's log.
 */
public final class ProposalResult {
    /** Done or begun; the answer comes with {@link Ready}. */
    public static final int ACCEPTED = 0;

    /** No leader of the term is known here. */
    public static final int NO_LEADER = -1;

    /** The leader is handing over, or leaving the group. */
    public static final int REFUSED_TRANSFER = -2;

    /** The bound on entries that wait for their quorum is reached. */
    public static final int TOO_MUCH_UNCOMMITTED = -3;

    /**
     * Sent to the leader. Outcome unknown until it is applied here: the core never repeats it, and
     * the message may be lost.
     */
    public static final int FORWARDED = -4;

    /** Another change of the membership is under way, or may be: ask again later. */
    public static final int CONF_CHANGE_PENDING = -5;

    /** The change makes no sense for the present membership, e.g. removes the last voter. */
    public static final int CONF_CHANGE_INVALID = -6;

    /** The entry is longer than {@link RaftConfig#maxEntryBytes}. */
    public static final int TOO_LARGE = -7;

    /** The target of a transfer is this member, a stranger or a learner. */
    public static final int BAD_TARGET = -8;

    /** Too many reads wait. */
    public static final int TOO_MANY_READS = -9;

    /** The learner to be promoted has not caught up, or is not heard from: ask again later. */
    public static final int LEARNER_NOT_READY = -10;

    /** All below say that the {@link Admission} refused, and why. */
    private static final long NOT_ADMITTED = -1000;

    /** The result for a reason of the {@link Admission}. */
    static long notAdmitted(final int reason) {
        return NOT_ADMITTED - reason;
    }

    /**
     * What whoever forwarded a proposal is told of why it was refused: the reason of the {@link
     * Admission}, {@link #LEARNER_NOT_READY}, or 0: it may be taken another time.
     */
    static int toldReason(final long result) {
        return result == LEARNER_NOT_READY ? LEARNER_NOT_READY : reason(result);
    }

    /** Why the {@link Admission} refused; 0: it did not. */
    public static int reason(final long result) {
        return result < NOT_ADMITTED ? (int) (NOT_ADMITTED - result) : 0;
    }

    private ProposalResult() {}
}
