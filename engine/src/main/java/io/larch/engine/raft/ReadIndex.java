package io.larch.engine.raft;

/**
 * Linearizable reads without a log entry.
 *
 * <p>A read passes through up to three queues: at a follower {@code asked} until the leader
 * answers; at the leader {@code fresh} until a round of heartbeats starts for it and {@code
 * inRound} until a quorum has answered that round, which proves that nobody else led when it
 * started; where it was asked {@code confirmed} until the index is applied.
 */
final class ReadIndex {
    /** The lease ends this much before the shortest election time-out: clocks drift. */
    private static final int LEASE_PERCENT = 90;

    private static final long FAILED = -1;

    private final RaftState state;
    private final PendingReads fresh = new PendingReads();
    private final PendingReads inRound = new PendingReads();
    private final PendingReads asked = new PendingReads();
    private final PendingReads confirmed = new PendingReads();

    /** Numbers of the rounds ascend within a term; parallel to inRound: the index of each. */
    private long round;

    private long confirmedRound;
    private long lastTicket;
    private long leaseFloor = Long.MIN_VALUE;
    private boolean isLeaseForbidden;

    ReadIndex(final RaftState state) {
        this.state = state;
    }

    long round() {
        return round;
    }

    /** Name, within this life of the member, of the read that was asked last. */
    long lastTicket() {
        return lastTicket;
    }

    void start() {
        round = 0;
        confirmedRound = 0;
        isLeaseForbidden = false;
    }

    /**
     * @param isProof whether that a quorum follows is all that is asked for: then the answer does
     *     not wait until the index is applied here.
     */
    int ask(final long requestId, final boolean isProof) {
        if (fresh.count() + inRound.count() + asked.count() + confirmed.count()
                >= state.config.maxPendingReads()) {
            return ProposalResult.TOO_MANY_READS;
        }
        if (state.isLeader()) {
            fresh.add(++lastTicket, requestId, state.id(), state.config.incarnation(), 0, isProof);
            return ProposalResult.ACCEPTED;
        }
        if (state.leaderId == 0) {
            return ProposalResult.NO_LEADER;
        }
        asked.add(++lastTicket, requestId, state.leaderId, 0, state.now, isProof);
        state.outbox
                .begin(MessageType.READ_INDEX, state.leaderId, state.term())
                .index(requestId)
                .context(lastTicket)
                .send();
        return ProposalResult.ACCEPTED;
    }

    void onRequest(final RaftMessage request) {
        if (!state.isLeader()
                || fresh.count() + inRound.count() >= state.config.maxPendingReads()) {
            answer(
                    request.from(),
                    request.fromIncarnation(),
                    request.context(),
                    request.index(),
                    FAILED);
            return;
        }
        fresh.add(request.context(), request.index(), request.from(), request.fromIncarnation(), 0);
    }

    void onReply(final RaftMessage reply) {
        for (int i = 0; i < asked.count(); i++) {
            if (asked.ticket(i) == reply.context() && asked.from(i) == reply.from()) {
                final long index = reply.isReject() ? FAILED : reply.logTerm();
                confirmed.add(asked.ticket(i), asked.requestId(i), 0, 0, index, asked.isProof(i));
                asked.remove(i);
                return;
            }
        }
    }

    private void answer(
            final long to,
            final long incarnation,
            final long ticket,
            final long requestId,
            final long index) {
        state.outbox
                .begin(MessageType.READ_REPLY, to, state.term())
                .toIncarnation(incarnation)
                .context(ticket)
                .index(requestId)
                .logTerm(Math.max(0, index))
                .flags(index == FAILED ? RaftMessage.REJECT : 0)
                .send();
    }

    /** Whether there is something to do in {@link #startRound} or to hand out. */
    boolean isDue() {
        return fresh.count() > 0 && mayStart() || hasAnswered();
    }

    private boolean mayStart() {
        return state.isLeader()
                && (state.log.hasCommittedInTerm() || !state.keeps(Rule.READ_AFTER_OWN_COMMIT));
    }

    /** All reads that have come since the last round share the next one. */
    void startRound() {
        if (fresh.count() == 0 || !mayStart()) {
            return;
        }
        if (state.tracker.isSelfQuorum() || hasLease() || !state.keeps(Rule.READ_NEEDS_ROUND)) {
            for (int i = 0; i < fresh.count(); i++) {
                deliver(fresh, i, state.log.commitIndex());
            }
            fresh.clear();
            return;
        }
        if (state.keeps(Rule.READ_ROUND_IS_NEW) || round == 0) {
            round++;
        }
        for (int i = 0; i < fresh.count(); i++) {
            inRound.add(
                    fresh.ticket(i),
                    fresh.requestId(i),
                    fresh.from(i),
                    fresh.incarnation(i),
                    round,
                    fresh.isProof(i));
        }
        fresh.clear();
        noteRound();
        state.replication.broadcastHeartbeat();
        release();
    }

    private long[] roundIndexes = new long[16];

    private void noteRound() {
        while (inRound.count() > roundIndexes.length) {
            roundIndexes = java.util.Arrays.copyOf(roundIndexes, roundIndexes.length * 2);
        }
        for (int i = inRound.count() - 1; i >= 0 && inRound.value(i) == round; i--) {
            roundIndexes[i] = state.log.commitIndex();
        }
    }

    void onHeartbeatReply(final Progress peer, final RaftMessage reply) {
        if (reply.context() > round) {
            return;
        }
        peer.ackedRound = Math.max(peer.ackedRound, reply.context());
        final long leaseStart = state.keeps(Rule.LEASE_STARTS_WHEN_SENT) ? reply.tick() : state.now;
        peer.ackedTick = Math.max(peer.ackedTick, Math.min(leaseStart, state.now));
        if (inRound.count() > 0) {
            release();
        }
    }

    /** Answers the reads whose round a quorum has answered. */
    private void release() {
        final Progress self = state.tracker.self();
        if (self != null) {
            self.ackedRound = round;
        }
        confirmedRound = Math.max(confirmedRound, state.tracker.reached(peer -> peer.ackedRound));
        int count = 0;
        while (count < inRound.count() && inRound.value(count) <= confirmedRound) {
            deliver(inRound, count, roundIndexes[count]);
            count++;
        }
        if (count > 0) {
            inRound.removeFirst(count);
            System.arraycopy(roundIndexes, count, roundIndexes, 0, inRound.count());
        }
    }

    private void deliver(final PendingReads reads, final int i, final long index) {
        if (reads.from(i) == state.id()) {
            confirmed.add(reads.ticket(i), reads.requestId(i), 0, 0, index, reads.isProof(i));
        } else {
            answer(reads.from(i), reads.incarnation(i), reads.ticket(i), reads.requestId(i), index);
        }
    }

    private boolean hasLease() {
        if (!state.config.leaseReads() || isLeaseForbidden || state.transfer.isUnderWay()) {
            return false;
        }
        final Progress self = state.tracker.self();
        if (self != null) {
            self.ackedTick = state.now;
        }
        final long start = state.tracker.reached(peer -> peer.ackedTick);
        return start > leaseFloor
                && state.now - start < (long) state.config.electionTicks() * LEASE_PERCENT / 100;
    }

    /** The clock stood still for too long: only heartbeats sent from now on make a lease. */
    void voidLease() {
        if (state.keeps(Rule.CLOCK_GAP_ENDS_LEASE)) {
            leaseFloor = state.now;
        }
    }

    /** Somebody was told to campaign at once: until the end of the term there is no lease. */
    void forbidLease() {
        isLeaseForbidden = state.keeps(Rule.TRANSFER_ENDS_LEASE);
    }

    /** Reads that depend on a leader that is gone are lost. */
    void leaderChanged(final boolean wasLeader) {
        failLocal(asked);
        if (wasLeader) {
            failLocal(inRound);
            failLocal(fresh);
        }
    }

    private void failLocal(final PendingReads reads) {
        if (!state.keeps(Rule.LOST_READ_IS_TOLD)) {
            reads.clear();
            return;
        }
        for (int i = 0; i < reads.count(); i++) {
            if (reads == asked || reads.from(i) == state.id()) {
                confirmed.add(reads.ticket(i), reads.requestId(i), 0, 0, FAILED);
            } else {
                answer(
                        reads.from(i),
                        reads.incarnation(i),
                        reads.ticket(i),
                        reads.requestId(i),
                        FAILED);
            }
        }
        reads.clear();
    }

    /** Gives up on reads whose question or answer seems lost. */
    void tick() {
        int count = 0;
        while (count < asked.count()
                && state.now - asked.value(count) >= state.config.electionTicks()) {
            confirmed.add(asked.ticket(count), asked.requestId(count), 0, 0, FAILED);
            count++;
        }
        if (count > 0) {
            asked.removeFirst(count);
        }
    }

    private boolean isApplied(final int i) {
        return confirmed.isProof(i)
                || confirmed.value(i) <= state.log.appliedIndex()
                || !state.keeps(Rule.READ_WAITS_FOR_APPLY);
    }

    private boolean hasAnswered() {
        for (int i = 0; i < confirmed.count(); i++) {
            if (isApplied(i)) {
                return true;
            }
        }
        return false;
    }

    /** Passes the reads whose index is applied, and the lost ones. */
    int drain(final Ready.ReadHandler handler) {
        final int before = confirmed.count();
        int kept = 0;
        for (int i = 0; i < before; i++) {
            if (isApplied(i)) {
                handler.onRead(confirmed.requestId(i), confirmed.value(i));
            } else {
                confirmed.move(i, kept++);
            }
        }
        confirmed.keepFirst(kept);
        return before - kept;
    }
}
