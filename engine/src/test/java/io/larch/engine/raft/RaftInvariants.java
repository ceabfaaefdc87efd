package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** What must hold after every step of a simulation, each property by itself. */
final class RaftInvariants {
    private static final long NONE = Long.MIN_VALUE;
    private static final int MAX_ID = 1 << 12;

    private final SimWorld world;
    private final RaftMessage message = new RaftMessage();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** Who led in a term. */
    private final Long2LongHashMap leaders = new Long2LongHashMap(NONE);

    /** By term and voter: who got the vote. */
    private final Long2LongHashMap votes = new Long2LongHashMap(NONE);

    /** By term and index: what the entry is and which term is before it. */
    private final Long2LongHashMap entries = new Long2LongHashMap(NONE);

    /** By member: the highest term it was in since its last crash. */
    private final Long2LongHashMap terms = new Long2LongHashMap(NONE);

    private long[] committedTerms = new long[1024];
    private long[] committedHashes = new long[1024];

    /** No less than the term in which it was committed. */
    private long[] committedIn = new long[1024];

    private int committed = 1;
    private long commitBefore;

    /** The memberships that a member went through in one step. */
    private final ArrayList<ConfState> confs = new ArrayList<>();

    private RaftRole roleBefore;
    private long termBefore;
    private long lastBefore;
    private long cutsBefore;
    private RaftCore coreBefore;
    private long hash;
    private boolean isHashing;

    RaftInvariants(final SimWorld world) {
        this.world = world;
    }

    /** From now on everything that is sent goes into {@link #hash}. */
    void hashMessages() {
        isHashing = true;
    }

    long hash() {
        return hash;
    }

    long highestApplied() {
        return committed - 1;
    }

    void before(final SimNode node) {
        final RaftCore core = node.core();
        coreBefore = core;
        commitBefore = core.commitIndex();
        confs.clear();
        confs.add(core.conf());
        roleBefore = core.role();
        termBefore = core.term();
        lastBefore = core.lastIndex();
        cutsBefore = node.log().cuts();
    }

    void onCrash(final SimNode node) {
        // A term that was not durable may be forgotten.
        terms.remove(node.id());
    }

    void after(final SimNode node) {
        final RaftCore core = node.core();
        hash = hash * 31 + core.term() * 7 + core.commitIndex() * 3 + core.role().ordinal();
        if (core.term() != termBefore || core != coreBefore) {
            check(core.term() >= terms.get(core.id()), "term goes back at ", core.id());
            terms.put(core.id(), core.term());
        }
        check(
                core != coreBefore || core.commitIndex() >= commitBefore,
                "commit goes back at ",
                core.id());
        check(core.appliedIndex() <= core.commitIndex(), "applied before committed at ", core.id());
        check(core.appliedIndex() <= durableLast(node), "applied before durable at ", core.id());
        if (core.isLeader()) {
            checkLeader(node);
        }
        checkLog(node);
    }

    private static long durableLast(final SimNode node) {
        final long inLog = node.log().durable().lastIndex();
        return node.snapshot() == null ? inLog : Math.max(inLog, node.snapshot().index());
    }

    /** Election safety, leader completeness, append-only, and durability of what it commits. */
    private void checkLeader(final SimNode node) {
        final RaftCore core = node.core();
        if (roleBefore != RaftRole.LEADER || termBefore != core.term() || core != coreBefore) {
            checkElected(node);
            return;
        }
        check(
                core.lastIndex() >= lastBefore && node.log().cuts() == cutsBefore,
                "a leader cuts its log: ",
                core.id());
        if (core.commitIndex() > commitBefore && !isDurableOnQuorum(core)) {
            throw new AssertionError(
                    "committed " + core.commitIndex() + " is not durable on a quorum");
        }
    }

    private void checkElected(final SimNode node) {
        final RaftCore core = node.core();
        final long other = leaders.putIfAbsent(core.term(), core.id());
        if (other != NONE && other != core.id()) {
            throw new AssertionError(
                    "two leaders in term " + core.term() + ": " + other + " and " + core.id());
        }
        // One that is elected late, in a term that others have left, need not have what they did.
        int last = committed - 1;
        while (last > 0 && committedIn[last] >= core.term()) {
            last--;
        }
        final boolean isComplete =
                core.lastIndex() >= last
                        && (last < node.log().firstIndex() - 1
                                || node.log().term(last) == committedTerms[last]);
        if (!isComplete) {
            throw new AssertionError("leader " + core.id() + " lacks committed entry " + last);
        }
    }

    /** Of a membership that counted at some time in this step. */
    private boolean isDurableOnQuorum(final RaftCore core) {
        noteConf(core);
        for (int i = 0; i < confs.size(); i++) {
            if (isDurableOnQuorum(core, confs.get(i))) {
                return true;
            }
        }
        return false;
    }

    private void noteConf(final RaftCore core) {
        if (confs.get(confs.size() - 1) != core.conf()) {
            confs.add(core.conf());
        }
    }

    private boolean isDurableOnQuorum(final RaftCore core, final ConfState conf) {
        return isDurableOnMajority(core, conf.voters())
                && (!conf.isJoint() || isDurableOnMajority(core, conf.votersOutgoing()));
    }

    private boolean isDurableOnMajority(final RaftCore core, final long[] voters) {
        int count = 0;
        for (final long id : voters) {
            final SimMember voter = world.find(id);
            if (voter != null && durableLast(voter.node()) >= core.commitIndex()) {
                count++;
            }
        }
        return count > voters.length / 2;
    }

    /** Log matching: an entry's index and term decide what it is and which term is before it. */
    private void checkLog(final SimNode node) {
        final SimLogStorage storage = node.log();
        if (storage.changedFrom() == Long.MAX_VALUE) {
            return;
        }
        final SimLogStorage.Image log = storage.current();
        final long durableTerm = storage.durable().hardState().term();
        long index = Math.max(log.snapshotIndex() + 1, storage.changedFrom());
        for (; index <= log.lastIndex(); index++) {
            final SimLogStorage.Entry entry = log.entry(index);
            if (entry.term() > durableTerm) {
                // A lone voter leads before its vote is durable; nobody has seen this entry yet.
                storage.checkedTo(index);
                return;
            }
            final long is =
                    (Arrays.hashCode(entry.body()) * 1_000_003L + log.term(index - 1)) * 4
                            + entry.kind();
            final long was = entries.putIfAbsent(entry.term() << 32 | index, is);
            if (was != NONE && was != is) {
                throw new AssertionError(
                        "entry " + index + " of term " + entry.term() + " differs at " + node.id());
            }
        }
        storage.checkedTo(Long.MAX_VALUE);
    }

    /** State machine safety. */
    void onApplied(final SimNode node, final long index, final long term, final long state) {
        check(index <= durableLast(node), "applied before durable: ", index);
        noteConf(node.core());
        if (index == committed) {
            if (committed == committedTerms.length) {
                committedTerms = Arrays.copyOf(committedTerms, committed * 2);
                committedHashes = Arrays.copyOf(committedHashes, committed * 2);
                committedIn = Arrays.copyOf(committedIn, committed * 2);
            }
            committedTerms[committed] = term;
            committedIn[committed] = node.core().term();
            committedHashes[committed++] = state;
        }
        check(index < committed, "applied with a gap: ", index);
        if (committedTerms[(int) index] != term || committedHashes[(int) index] != state) {
            throw new AssertionError("entry " + index + " differs at " + node.id());
        }
    }

    /** One vote per member and term, over all its lives. */
    void onSent(final SimNode.Packet packet) {
        if (isHashing) {
            hash = hash * 31 + Arrays.hashCode(packet.bytes());
        }
        if (packet.type() != MessageType.VOTE_REPLY && packet.type() != MessageType.VOTE) {
            return;
        }
        view.wrap(packet.bytes());
        message.wrap(view, 0, packet.bytes().length);
        if (message.isReject()) {
            return;
        }
        final long candidate = packet.type() == MessageType.VOTE ? packet.from() : packet.to();
        final long other = votes.putIfAbsent(message.term() * MAX_ID + packet.from(), candidate);
        if (other != NONE && other != candidate) {
            throw new AssertionError(packet.from() + " votes twice in term " + message.term());
        }
    }

    private static void check(final boolean holds, final String message, final long what) {
        if (!holds) {
            throw new AssertionError(message + what);
        }
    }
}
