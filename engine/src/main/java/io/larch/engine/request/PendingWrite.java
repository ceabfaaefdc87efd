package io.larch.engine.request;

import org.agrona.ExpandableArrayBuffer;

/**
 * A command that was proposed by this member and is not applied yet. Owned by the engine thread.
 */
final class PendingWrite {
    /** The command, as long as it may have to be proposed again. */
    final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(256);

    /** Bytes kept; 0 when the command is not kept. */
    int length;

    long sequence;

    /** Who waits for the answer; {@link PendingWrites#NOBODY}: a command of the member itself. */
    long correlationId;

    /** When the edge took it, by this member's wall clock. */
    long edgeEpochNanos;

    long startNanos;

    /** When it was proposed last. */
    long sentNanos;

    /** Under which leader it was proposed last; 0: not, or certainly in vain. */
    long leaderEpoch;

    /** {@link io.larch.engine.raft.RaftCore#forwardSequence} of the last time; 0: not forwarded. */
    long forwardSequence;

    int attempts;

    /** How many times it was proposed and not certainly refused: so many logs may have it. */
    int copies;

    /** Whose command it is. */
    int domain;

    /** What it compares with; {@link Comparisons#NONE}: nothing. */
    long subject;

    /** What it makes its application grow by. */
    long growthEntries;

    long growthBytes;
}
