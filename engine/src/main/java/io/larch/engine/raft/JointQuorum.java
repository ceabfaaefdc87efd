package io.larch.engine.raft;

/** What a majority of both halves of a joint membership agree on. */
final class JointQuorum {
    private JointQuorum() {}

    /** As {@link MajorityQuorum#reached}, of both sets. */
    static long reached(
            final long[] incoming,
            final int incomingCount,
            final long[] outgoing,
            final int outgoingCount) {
        return Math.min(
                MajorityQuorum.reached(incoming, incomingCount),
                MajorityQuorum.reached(outgoing, outgoingCount));
    }
}
