package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/** What must hold after every step of a simulation, each property by itself. */
final class RaftInvariants {
    private final Map<Long, Long> leaders = new HashMap<>();
    private final Map<String, Long> votes = new HashMap<>();
    private final List<Long> committedTerms = new ArrayList<>(List.of(0L));
    private final List<Long> committedHashes = new ArrayList<>(List.of(0L));
    private final Map<String, Long> entries = new HashMap<>();
    private final Map<Long, Long> terms = new HashMap<>();
    private final Set<Long> known = new HashSet<>();
    private final Map<Long, Long> checkedTo = new HashMap<>();
    private long commitBefore;
    private ConfState confBefore;
    private RaftRole roleBefore;
    private long termBefore;
    private RaftCore coreBefore;
    private long hash;

    long hash() {
        return hash;
    }

    long highestApplied() {
        return committedTerms.size() - 1;
    }

    /** Whether somebody asked to change this member already. */
    boolean isKnown(final long id) {
        return known.contains(id);
    }

    void know(final long id) {
        known.add(id);
    }

    void before(final SimNode node) {
        final RaftCore core = node.core();
        coreBefore = core;
        commitBefore = core.commitIndex();
        confBefore = core.conf();
        roleBefore = core.role();
        termBefore = core.term();
    }

    void onCrash(final SimNode node) {
        checkedTo.remove(node.id());
        // A term that was not durable may be forgotten.
        terms.remove(node.id());
    }

    void after(final SimNode node, final TreeMap<Long, SimNode> nodes) {
        final RaftCore core = node.core();
        hash = hash * 31 + core.term() * 7 + core.commitIndex() * 3 + core.role().ordinal();
        check(core.term() >= terms.getOrDefault(core.id(), 0L), "term goes back at " + core.id());
        terms.put(core.id(), core.term());
        if (core == coreBefore) {
            check(core.commitIndex() >= commitBefore, "commit goes back at " + core.id());
        }
        check(core.appliedIndex() <= core.commitIndex(), "applied before committed");
        check(core.appliedIndex() <= durableLast(node), "applied before durable");
        if (core.isLeader()) {
            checkLeader(node, nodes);
        }
        checkLog(node);
    }

    private static long durableLast(final SimNode node) {
        final long inLog = node.log().durable().lastIndex();
        return node.snapshot() == null ? inLog : Math.max(inLog, node.snapshot().index());
    }

    /** Election safety, leader completeness, and that what it commits is durable on a quorum. */
    private void checkLeader(final SimNode node, final TreeMap<Long, SimNode> nodes) {
        final RaftCore core = node.core();
        final Long other = leaders.putIfAbsent(core.term(), core.id());
        check(
                other == null || other == core.id(),
                "two leaders in term " + core.term() + ": " + other + " and " + core.id());
        if (roleBefore != RaftRole.LEADER || termBefore != core.term()) {
            final long last = highestApplied();
            check(
                    core.lastIndex() >= last
                            && (last < node.log().firstIndex() - 1
                                    || node.log().term(last) == committedTerms.get((int) last)),
                    "leader " + core.id() + " lacks committed entry " + last);
        }
        if (core == coreBefore && core.commitIndex() > commitBefore) {
            check(
                    isDurableOnQuorum(core, confBefore, nodes)
                            || isDurableOnQuorum(core, core.conf(), nodes),
                    "committed " + core.commitIndex() + " is not durable on a quorum");
        }
    }

    private boolean isDurableOnQuorum(
            final RaftCore core, final ConfState conf, final TreeMap<Long, SimNode> nodes) {
        return isDurableOnMajority(core, conf.voters(), nodes)
                && (!conf.isJoint() || isDurableOnMajority(core, conf.votersOutgoing(), nodes));
    }

    private boolean isDurableOnMajority(
            final RaftCore core, final long[] voters, final TreeMap<Long, SimNode> nodes) {
        int count = 0;
        for (final long id : voters) {
            final SimNode voter = nodes.get(id);
            // One that has left the simulation had it when it said so.
            if (voter == null || durableLast(voter) >= core.commitIndex()) {
                count++;
            }
        }
        return count > voters.length / 2;
    }

    /** Log matching: an entry's index and term decide what it is and what is before it. */
    private void checkLog(final SimNode node) {
        final SimLogStorage.Image log = node.log().current();
        long from = Math.max(log.snapshotIndex() + 1, checkedTo.getOrDefault(node.id(), 0L));
        from = Math.min(from, Math.max(log.snapshotIndex() + 1, log.lastIndex() - 3));
        for (long index = from; index <= log.lastIndex(); index++) {
            final SimLogStorage.Entry entry = log.entry(index);
            if (entry.term() > node.log().durable().hardState().term()) {
                // A lone voter leads before its vote is durable; nobody has seen this entry yet.
                checkedTo.put(node.id(), index);
                return;
            }
            final long previous =
                    index - 1 == log.snapshotIndex()
                            ? log.snapshotTerm()
                            : log.entry(index - 1).term();
            final long is =
                    java.util.Arrays.hashCode(entry.body()) * 1_000_003L
                            + previous * 31
                            + entry.kind();
            final Long was = entries.putIfAbsent(index + "/" + entry.term(), is);
            check(
                    was == null || was == is,
                    "entry " + index + " of term " + entry.term() + " differs at " + node.id());
        }
        checkedTo.put(node.id(), log.lastIndex());
    }

    /** State machine safety. */
    void onApplied(final SimNode node, final long index, final long term, final long state) {
        check(index <= durableLast(node), "applied " + index + " before it was durable");
        if (index == committedTerms.size()) {
            committedTerms.add(term);
            committedHashes.add(state);
        }
        check(index < committedTerms.size(), "applied " + index + " with a gap");
        check(
                committedTerms.get((int) index) == term
                        && committedHashes.get((int) index) == state,
                "entry " + index + " differs at " + node.id());
    }

    /** One vote per member and term, over all its lives. */
    void onSent(final SimNode.Packet packet) {
        if (packet.type() != MessageType.VOTE_REPLY && packet.type() != MessageType.VOTE) {
            return;
        }
        final RaftMessage message =
                new RaftMessage().wrap(new UnsafeBuffer(packet.bytes()), 0, packet.bytes().length);
        if (!message.isReject()) {
            final long candidate = packet.type() == MessageType.VOTE ? packet.from() : packet.to();
            final Long other = votes.putIfAbsent(packet.from() + "/" + message.term(), candidate);
            check(
                    other == null || other == candidate,
                    packet.from() + " votes twice in term " + message.term());
        }
    }

    private static void check(final boolean holds, final String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
