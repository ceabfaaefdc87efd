package io.larch.engine.raft;

import java.util.Set;
import java.util.SplittableRandom;

/**
 * What the concerns of one {@link RaftCore} share, and their changes of role, which all of them
 * hear of.
 */
final class RaftState {
    final RaftConfig config;
    final RaftLog log;
    final Outbox outbox;
    final ProgressTracker tracker;
    final Ready ready;
    final Election election;
    final Replication replication;
    final AppendHandler appends;
    final ReadIndex reads;
    final Membership membership;
    final Transfer transfer;
    final Forwarding forwarding;
    final SplittableRandom random;

    RaftRole role = RaftRole.FOLLOWER;
    long leaderId;

    /** Which life of the leader was heard last; 0 = unknown. */
    long leaderIncarnation;

    /** The core's clock. */
    long now;

    /** Messages dropped because they were not meant for this member, life or cluster. */
    long dropped;

    private final boolean[] broken = new boolean[Rule.values().length];

    RaftState(
            final RaftConfig config,
            final LogStorage storage,
            final HardState hardState,
            final ConfState conf,
            final long appliedIndex,
            final Set<Rule> brokenRules) {
        this.config = config;
        breakRules(brokenRules);
        random = new SplittableRandom(config.seed());
        log = new RaftLog(this, storage, hardState, appliedIndex);
        outbox = new Outbox(config, storage.position());
        tracker = new ProgressTracker(this);
        tracker.change(conf, storage.lastIndex());
        reads = new ReadIndex(this);
        forwarding = new Forwarding(this);
        ready = new Ready(outbox, reads, forwarding);
        election = new Election(this);
        replication = new Replication(this);
        appends = new AppendHandler(this);
        membership = new Membership(this);
        transfer = new Transfer(this);
        ready.noteRole(this);
    }

    long id() {
        return config.id();
    }

    long term() {
        return log.currentTerm();
    }

    boolean isLeader() {
        return role == RaftRole.LEADER;
    }

    /** Whether a rule is kept; all are, but in tests of the tests. */
    boolean keeps(final Rule rule) {
        return !Rule.CAN_BE_BROKEN || !broken[rule.ordinal()];
    }

    private void breakRules(final Set<Rule> rules) {
        if (!Rule.CAN_BE_BROKEN && !rules.isEmpty()) {
            throw new IllegalStateException("rules can be broken with -ea only: " + rules);
        }
        for (final Rule rule : rules) {
            broken[rule.ordinal()] = true;
        }
    }

    /** Writes down term and vote; nothing leaves until they are durable. */
    void saveTerm(final long term, final long votedFor) {
        log.saveTerm(term, votedFor);
        if (keeps(Rule.GRANT_WAITS_FOR_DISK)) {
            outbox.holdUntil(log.position());
        }
    }

    void becomeFollower(final long newTerm, final long newLeaderId) {
        if (newTerm < term()) {
            throw new RaftInvariantError("term " + term() + " must not become " + newTerm);
        }
        if (newTerm > term()) {
            saveTerm(newTerm, 0);
        }
        changeRole(RaftRole.FOLLOWER, newLeaderId);
    }

    void becomePreCandidate() {
        changeRole(RaftRole.PRE_CANDIDATE, 0);
    }

    void becomeCandidate() {
        saveTerm(term() + 1, id());
        changeRole(RaftRole.CANDIDATE, 0);
    }

    void becomeLeader() {
        changeRole(RaftRole.LEADER, id());
        config.leaderStamp().elected(term(), log.storage(), log.appliedIndex());
        config.admission().elected(log.storage(), log.appliedIndex());
        membership.start();
        replication.start();
        reads.start();
    }

    /** A leader of the current term is heard. */
    void followLeader(final RaftMessage message) {
        if (role == RaftRole.LEADER) {
            throw new RaftInvariantError(
                    "two leaders in term "
                            + term()
                            + ": "
                            + Long.toHexString(id())
                            + " and "
                            + Long.toHexString(message.from()));
        }
        if (role != RaftRole.FOLLOWER || leaderId != message.from()) {
            changeRole(RaftRole.FOLLOWER, message.from());
        }
        leaderIncarnation = message.fromIncarnation();
        election.leaderHeard();
    }

    private void changeRole(final RaftRole newRole, final long newLeaderId) {
        final boolean wasLeader = role == RaftRole.LEADER;
        role = newRole;
        if (leaderId != newLeaderId) {
            leaderIncarnation = 0;
        }
        leaderId = newLeaderId;
        election.restartTimer();
        tracker.clearVotes();
        reads.leaderChanged(wasLeader);
        transfer.clear();
        membership.clear();
        ready.noteRole(this);
        if (wasLeader && newRole != RaftRole.LEADER) {
            ready.noteStepDown();
        }
    }
}
