package io.larch.engine.raft;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The leader's part of the log: appends to it, feeds the followers, counts what is committed. */
final class Replication {
    /** Appends of at most this many times the size of one go to one peer in one turn. */
    private static final int APPENDS_PER_TURN = 4;

    private static final DirectBuffer NO_BODY = new UnsafeBuffer(new byte[0]);

    private final RaftState state;
    private final RaftConfig config;
    private final UncommittedBytes uncommitted = new UncommittedBytes();
    private final EntryWriter entryWriter = new EntryWriter();
    private boolean isDirty;
    private int heartbeatElapsed;

    Replication(final RaftState state) {
        this.state = state;
        config = state.config;
    }

    /** This member has been elected. */
    void start() {
        final long lastIndex = state.log.lastIndex();
        for (final Progress peer : state.tracker.peers()) {
            peer.reset(lastIndex);
            peer.startRound(lastIndex, state.now);
            if (!state.keeps(Rule.NEW_FOLLOWER_IS_PROBED)) {
                peer.becomeReplicate();
            }
        }
        uncommitted.reset(lastIndex + 1);
        heartbeatElapsed = 0;
        if (state.keeps(Rule.NOOP_OF_NEW_LEADER)) {
            append(EntryKind.NOOP, NO_BODY, 0, 0);
        }
        isDirty = true;
    }

    boolean isDirty() {
        return isDirty && state.isLeader();
    }

    /** Something may have to be sent: look at it in the next turn. */
    void touch() {
        isDirty = true;
    }

    /** Whether another command of a length keeps within the bound. */
    boolean hasRoomFor(final int length) {
        uncommitted.committed(state.log.commitIndex());
        return config.maxUncommittedBytes() == 0
                || uncommitted.bytes() == 0 && state.keeps(Rule.ONE_IS_ALWAYS_ADMITTED)
                || length == 0
                || uncommitted.bytes() + length <= config.maxUncommittedBytes()
                || !state.keeps(Rule.UNCOMMITTED_IS_BOUNDED);
    }

    long append(final byte kind, final DirectBuffer body, final int offset, final int length) {
        state.log.saveCommit();
        final long index = state.log.append(state.term(), kind, body, offset, length);
        uncommitted.appended(length);
        config.admission().appended(index, kind, body, offset, length);
        if (!state.keeps(Rule.LEADER_COUNTS_ITSELF_WHEN_DURABLE)) {
            countCommitted();
        }
        isDirty = true;
        return index;
    }

    /** Raises the commit index to what a quorum holds, if that is an entry of the own term. */
    void countCommitted() {
        final Progress self = state.tracker.self();
        if (self != null) {
            self.ownMatch(
                    state.keeps(Rule.LEADER_COUNTS_ITSELF_WHEN_DURABLE)
                            ? state.log.durableIndex()
                            : state.log.lastIndex());
        }
        final long index = state.tracker.reached(Progress::match);
        if (index > state.log.commitIndex()
                && (state.log.term(index) == state.term()
                        || !state.keeps(Rule.COMMIT_ONLY_OWN_TERM))) {
            state.log.commitTo(index);
            uncommitted.committed(index);
            isDirty = true;
        }
    }

    void tick() {
        // What could not be sent is tried again.
        isDirty = true;
        if (++heartbeatElapsed >= config.heartbeatTicks()) {
            heartbeatElapsed = 0;
            broadcastHeartbeat();
        }
        for (final Progress peer : state.tracker.peers()) {
            if (!state.keeps(Rule.COMMIT_IS_TOLD_ONCE)) {
                peer.sentCommit = 0;
            }
            // A snapshot may be lost without anybody telling.
            if (peer.state() == Progress.State.SNAPSHOT
                    && state.now - peer.snapshotTick >= config.electionTicks()
                    && state.keeps(Rule.SNAPSHOT_TIMES_OUT)) {
                probeAgain(peer);
            }
        }
    }

    private void probeAgain(final Progress peer) {
        peer.becomeProbe();
        peer.poke = true;
        isDirty = true;
    }

    /** A leader that hears no quorum steps down. */
    void checkQuorum() {
        if (!config.checkQuorum()) {
            return;
        }
        final Progress self = state.tracker.self();
        if (self != null) {
            self.recentActive = true;
        }
        final boolean isHeard = state.tracker.reached(peer -> peer.recentActive ? 1 : 0) >= 1;
        if (!isHeard && state.keeps(Rule.LEADER_NEEDS_QUORUM_CONTACT)) {
            state.becomeFollower(state.term(), 0);
            return;
        }
        for (final Progress peer : state.tracker.peers()) {
            peer.endPeriod();
        }
    }

    void broadcastHeartbeat() {
        for (final Progress peer : state.tracker.peers()) {
            // Never more than it is known to hold: it cannot check what it is told.
            final long commit =
                    state.keeps(Rule.HEARTBEAT_COMMIT_IS_MATCHED)
                            ? Math.min(peer.match(), state.log.commitIndex())
                            : state.log.commitIndex();
            peer.sentCommit = Math.max(peer.sentCommit, commit);
            state.outbox
                    .begin(MessageType.HEARTBEAT, peer.id(), state.term())
                    .commit(commit)
                    .context(state.reads.round())
                    .index(state.now)
                    .send();
        }
    }

    void onHeartbeatReply(final RaftMessage reply) {
        final Progress peer = heard(reply);
        if (peer == null) {
            return;
        }
        if (state.keeps(Rule.HEARTBEAT_REPLY_RESUMES)) {
            peer.resume();
            if (peer.match() < state.log.lastIndex() || peer.state() == Progress.State.PROBE) {
                peer.poke = true;
                isDirty = true;
            }
        }
        state.reads.onHeartbeatReply(peer, reply);
    }

    private Progress heard(final RaftMessage reply) {
        final Progress peer = state.tracker.get(reply.from());
        if (peer != null) {
            peer.recentActive = true;
            peer.knownCommit = Math.max(peer.knownCommit, reply.commit());
            state.membership.onCommitKnown();
        }
        return state.isLeader() ? peer : null;
    }

    void onAppendReply(final RaftMessage reply) {
        final Progress peer = heard(reply);
        if (peer == null) {
            return;
        }
        if (reply.isReject()) {
            final long hint =
                    reply.logTerm() > 0 && state.keeps(Rule.LEADER_USES_TERM_HINT)
                            ? state.log.lastIndexWithTermAtMost(reply.context(), reply.logTerm())
                            : reply.context();
            if (peer.rejected(reply.index(), hint, state.keeps(Rule.STALE_REJECT_IS_IGNORED))) {
                isDirty = true;
            }
            return;
        }
        onAcknowledged(peer, reply.index());
    }

    private void onAcknowledged(final Progress peer, final long index) {
        if (index > state.log.lastIndex()) {
            throw new RaftInvariantError(
                    Long.toHexString(peer.id())
                            + " acknowledges "
                            + index
                            + " behind the end of the log "
                            + state.log.lastIndex());
        }
        final boolean isNews = peer.acknowledged(index);
        switch (peer.state()) {
            case PROBE -> {
                if (isNews || peer.match() == index) {
                    peer.becomeReplicate();
                    isDirty = true;
                }
            }
            case SNAPSHOT -> {
                // Any will do that lets the log go on from there, and the one that was sent: if
                // the log has been compacted further since, another one follows at once.
                final boolean isArrived =
                        peer.match() + 1 >= peer.next() && state.keeps(Rule.ANY_SNAPSHOT_WILL_DO);
                if (isNews && (isArrived || peer.match() + 1 >= state.log.firstIndex())) {
                    peer.becomeReplicate();
                    isDirty = true;
                }
            }
            case REPLICATE -> {
                peer.inflights.freeTo(index);
                isDirty = true;
            }
        }
        if (isNews) {
            countCommitted();
            state.transfer.onProgress(peer);
        }
        state.membership.onProgress(peer);
    }

    /** Builds the appends that are due. */
    void flush() {
        isDirty = false;
        for (final Progress peer : state.tracker.peers()) {
            flush(peer);
        }
    }

    private void flush(final Progress peer) {
        long budget = config.maxAppendBytes() * APPENDS_PER_TURN;
        while (isDue(peer)) {
            if (budget <= 0) {
                isDirty = true;
                return;
            }
            final long previous = peer.next() - 1;
            final long previousTerm = state.log.term(previous);
            if (previousTerm < 0) {
                sendSnapshot(peer);
                return;
            }
            budget -= sendAppend(peer, previous, previousTerm);
        }
    }

    private boolean isDue(final Progress peer) {
        if (peer.state() == Progress.State.SNAPSHOT) {
            return false;
        }
        if (isPaused(peer)) {
            return peer.poke
                    && peer.state() == Progress.State.REPLICATE
                    && state.keeps(Rule.FULL_WINDOW_IS_PROBED);
        }
        return peer.poke || peer.next() <= state.log.lastIndex() || commitToTell(peer) > 0;
    }

    private boolean isPaused(final Progress peer) {
        return peer.isPaused()
                && switch (peer.state()) {
                    case PROBE, SNAPSHOT -> true;
                    case REPLICATE -> state.keeps(Rule.WINDOW_IS_BOUNDED);
                };
    }

    /** What is committed of that which was sent to a peer, if it was not told; else 0. */
    private long commitToTell(final Progress peer) {
        if (!state.keeps(Rule.COMMIT_IS_TOLD_AT_ONCE)) {
            return 0;
        }
        final long commit = Math.min(state.log.commitIndex(), peer.next() - 1);
        return commit > peer.sentCommit ? commit : 0;
    }

    private long sendAppend(final Progress peer, final long previous, final long previousTerm) {
        final long commit = state.log.commitIndex();
        state.outbox
                .begin(MessageType.APPEND, peer.id(), state.term())
                .index(previous)
                .logTerm(previousTerm)
                .commit(commit);
        int entries = 0;
        entryWriter.start();
        if (!isPaused(peer) && peer.next() <= state.log.lastIndex()) {
            final long last = Math.min(state.log.lastIndex(), previous + config.maxAppendEntries());
            entries =
                    state.log
                            .storage()
                            .read(peer.next(), last, config.maxAppendBytes(), entryWriter);
        }
        // At once: this member's own disk works at the same time as the others'.
        final boolean isAtOnce = state.keeps(Rule.APPEND_DOES_NOT_WAIT_FOR_DISK);
        state.outbox.sendWhenDurable(isAtOnce ? 0 : state.log.position());
        peer.sentCommit = Math.max(peer.sentCommit, Math.min(commit, previous + entries));
        peer.sent(previous + entries, entries, entryWriter.bytes);
        return entryWriter.bytes + RaftMessage.HEADER_LENGTH;
    }

    private void sendSnapshot(final Progress peer) {
        if (!peer.recentActive) {
            // A heartbeat's answer will poke it again.
            peer.poke = false;
            return;
        }
        final long index = state.log.firstIndex() - 1;
        peer.becomeSnapshot(index, state.now);
        state.outbox
                .begin(MessageType.SNAPSHOT, peer.id(), state.term())
                .index(index)
                .logTerm(state.log.term(index))
                .send();
    }

    /** A peer cannot be reached: what was sent ahead may be lost. */
    void unreachable(final long id) {
        final Progress peer = state.tracker.get(id);
        if (peer != null
                && peer.state() == Progress.State.REPLICATE
                && state.keeps(Rule.UNREACHABLE_IS_PROBED)) {
            peer.becomeProbe();
        }
    }

    void notSent(final RaftMessage message) {
        final Progress peer = state.tracker.get(message.to());
        if (peer == null || !state.isLeader() || message.term() != state.term()) {
            return;
        }
        if (message.type() == MessageType.APPEND && state.keeps(Rule.NOT_SENT_IS_SENT_AGAIN)) {
            peer.notSent(message.index());
        } else if (message.type() == MessageType.SNAPSHOT) {
            snapshotFailed(message.to());
        }
    }

    void snapshotProgress(final long id) {
        final Progress peer = state.tracker.get(id);
        if (peer != null) {
            peer.snapshotTick = state.now;
        }
    }

    void snapshotFailed(final long id) {
        final Progress peer = state.tracker.get(id);
        if (peer != null && peer.state() == Progress.State.SNAPSHOT) {
            // The answer to the next heartbeat starts another try.
            peer.becomeProbe();
            peer.sent(0, 0, 0);
        }
    }

    /** The lowest index that an active follower still needs entries behind. */
    long lowestActiveMatch() {
        long lowest = Long.MAX_VALUE;
        for (final Progress peer : state.tracker.peers()) {
            if (peer.recentActive && peer.state() != Progress.State.SNAPSHOT) {
                lowest = Math.min(lowest, peer.match());
            }
        }
        return lowest;
    }

    /** Writes entries into the message that is being built. */
    private final class EntryWriter implements LogStorage.EntryConsumer {
        private long bytes;

        void start() {
            bytes = 0;
        }

        @Override
        public boolean onEntry(
                final long index,
                final long term,
                final byte kind,
                final DirectBuffer body,
                final int offset,
                final int length) {
            state.outbox.entry(term, kind, body, offset, length);
            bytes += length;
            return true;
        }
    }
}
