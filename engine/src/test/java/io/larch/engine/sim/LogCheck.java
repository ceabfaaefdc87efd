package io.larch.engine.sim;

import io.larch.engine.SimMember;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.raft.RaftRole;
import io.larch.engine.raft.SimRaft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;

/**
 * Watches one member over all its lives: what its log holds, and that nothing of it changes that
 * must not. Looks only at what changed since the last look.
 */
final class LogCheck {
    private final Truth truth;
    private final QuorumCheck quorum;
    private final int place;
    private long[] terms = new long[1024];
    private long[] prefixes = new long[1024];

    /** The latest stamp of the entries up to an index, as far as it is known. */
    private long[] times = new long[1024];

    private long last;
    private long position;
    private long term;
    private long commit;
    private long applied;
    private long durable;
    private long compared;
    private boolean isLeader;
    private long memberId;
    private int life;
    private long readPrefix;
    private ConfState conf = ConfState.EMPTY;

    /** What was applied when the membership was looked at. */
    private long confIndex;

    /** The changes of the membership in the log, as far as it was read here. */
    private final TreeMap<Long, ConfChange> changes = new TreeMap<>();

    private final PromotionCheck promotions;

    /** Says whether an entry is durable on a quorum of a configuration. */
    @FunctionalInterface
    interface QuorumCheck {
        boolean isDurable(ConfState conf, long index, long term);
    }

    LogCheck(final Truth truth, final QuorumCheck quorum, final int place) {
        this.truth = truth;
        this.quorum = quorum;
        this.place = place;
        promotions = new PromotionCheck(truth, place);
    }

    long applied() {
        return applied;
    }

    long durable() {
        return durable;
    }

    int life() {
        return life;
    }

    /** Whether the entry is in what is durable here. */
    boolean holds(final long index, final long entryTerm) {
        return index <= durable && index <= last && terms[(int) index] == entryTerm;
    }

    /**
     * The member recovered: all that was durable must be there, unless a snapshot replaced it, and
     * what it promised.
     */
    void onStart(final SimMember member) {
        life++;
        memberId = member.raft().id();
        isLeader = false;
        final long oldDurable = durable;
        final long oldTerm = oldDurable == 0 ? 0 : terms[(int) oldDurable];
        final long oldPrefix = oldDurable == 0 ? 0 : prefixes[(int) oldDurable];
        final long base = member.wal().firstIndex() - 1;
        final boolean isSuperseded = isSuperseded(Math.min(base, oldDurable));
        last = 0;
        readAll(member);
        if (!isSuperseded
                && (last < oldDurable
                        || oldDurable > 0
                                && (terms[(int) oldDurable] != oldTerm
                                        || prefixes[(int) oldDurable] != oldPrefix))) {
            throw new Violation(
                    "durable is kept",
                    "member " + place + " lost entry " + oldDurable + " which was durable");
        }
        durable = 0;
        compared = 0;
        commit = 0;
        applied = 0;
        term = 0;
        // The membership stays that of the last life: the only voter commits while it starts.
        after(member);
    }

    /**
     * The power failed in the middle of a step: what the log holds in memory is what may be found
     * on the disk.
     */
    void onCrash(final SimMember member) {
        try {
            if (member.wal().position() != position) {
                followLog(member);
            }
            checkTerm(member);
            // Who steps down notes the term before it stops to lead: not a word on leaders here.
            isLeader = false;
            checkCommit(member);
        } catch (final IllegalArgumentException | IndexOutOfBoundsException e) {
            // It failed within a change of the log. What is committed must stay all the same.
            durable = Math.min(durable, commit);
        }
    }

    /**
     * Whether another entry than the durable one was committed here. When the power fails after a
     * snapshot of that has arrived, and before the log is reset for it, the recovery resets the
     * log: what is lost could not be committed any more. What was committed stays, since nothing
     * else was committed in its place.
     *
     * @param index of an entry that was durable and lies in the snapshot the log begins behind now.
     */
    private boolean isSuperseded(final long index) {
        return index > 0
                && index <= truth.committed()
                && prefixes[(int) index] != truth.committedPrefix(index);
    }

    /** Before anything of a recovered log may be believed. */
    private void readAll(final SimMember member) {
        final long base = member.wal().firstIndex() - 1;
        if (base > 0) {
            adopt(base, member.wal().term(base));
        }
        read(member, base + 1, member.wal().lastIndex());
        position = member.wal().position();
    }

    /** The log starts behind an entry that is in a snapshot: it was committed once. */
    private void adopt(final long base, final long baseTerm) {
        if (base > truth.committed() || truth.committedTerm(base) != baseTerm) {
            throw new Violation(
                    "state machine safety",
                    "member " + place + " has a snapshot of what was never committed: " + base);
        }
        changes.clear();
        for (long i = 1; i <= base; i++) {
            set(i, truth.committedTerm(i), truth.committedPrefix(i));
            times[(int) i] = 0;
        }
        last = base;
    }

    private void read(final SimMember member, final long from, final long to) {
        changes.tailMap(from, true).clear();
        long next = from;
        while (next <= to) {
            readPrefix = next == 1 ? 0 : prefixes[(int) next - 1];
            next += member.wal().read(next, to, Long.MAX_VALUE, this::onEntry);
        }
        last = to;
    }

    private boolean onEntry(
            final long index,
            final long entryTerm,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        long hash = length;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = (hash ^ body.getLong(offset + i)) * 0xFF51AFD7ED558CCDL;
            hash ^= hash >>> 33;
        }
        for (; i < length; i++) {
            hash = hash * 31 + body.getByte(offset + i);
        }
        readPrefix = Truth.chain(readPrefix, entryTerm, kind, hash);
        set(index, entryTerm, readPrefix);
        checkTime(index, kind, body, offset, length);
        if (kind == EntryKind.CONF_CHANGE && ConfChange.isWellFormed(body, offset, length)) {
            changes.put(index, ConfChange.decode(body, offset));
        }
        return true;
    }

    /** Time in a log never runs backwards. */
    private void checkTime(
            final long index,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        final long before = index == 1 ? 0 : times[(int) index - 1];
        times[(int) index] = before;
        if (kind != EntryKind.COMMAND || length < KeysCommand.HEADER_LENGTH) {
            return;
        }
        final KeysCommand command = new KeysCommand().wrap(body, offset);
        if (!command.has(CommandEnvelope.CLUSTER_TIME) || command.timestampNanos() < before) {
            throw new Violation(
                    "time goes forward",
                    "member "
                            + place
                            + " has entry "
                            + index
                            + " of "
                            + command.timestampNanos()
                            + " behind "
                            + before);
        }
        times[(int) index] = command.timestampNanos();
    }

    private void set(final long index, final long entryTerm, final long prefix) {
        if (index >= terms.length) {
            terms = Arrays.copyOf(terms, (int) Math.max(index + 1, terms.length * 2L));
            prefixes = Arrays.copyOf(prefixes, terms.length);
            times = Arrays.copyOf(times, terms.length);
        }
        terms[(int) index] = entryTerm;
        prefixes[(int) index] = prefix;
    }

    /** After each step that may have changed the member. */
    void after(final SimMember member) {
        if (member.wal().position() != position) {
            followLog(member);
        }
        checkTerm(member);
        checkLeader(member);
        checkCommit(member);
        compareLogs();
        checkApplied(member);
        followMembership(member);
    }

    private void followMembership(final SimMember member) {
        final ConfState before = conf;
        conf = member.conf();
        if (confIndex != member.raft().appliedIndex() || !conf.equals(before)) {
            confIndex = member.raft().appliedIndex();
            truth.membership(place, confIndex, conf);
            promotions.checkVoters(before, conf);
        }
        promotions.checkRole(member);
        changes.headMap(confIndex, true).clear();
    }

    private void followLog(final SimMember member) {
        position = member.wal().position();
        final long newLast = member.wal().lastIndex();
        final long base = member.wal().firstIndex() - 1;
        long same = Math.min(last, newLast);
        if (base > last) {
            adopt(base, member.wal().term(base));
            same = base;
        }
        while (same > base && terms[(int) same] != member.wal().term(same)) {
            same--;
        }
        if (same == base && base > 0 && terms[(int) base] != member.wal().term(base)) {
            adopt(base, member.wal().term(base));
        }
        if (same < last) {
            if (isLeader && member.raft().isLeader() && member.raft().term() == term) {
                throw new Violation(
                        "leader append-only",
                        "member " + place + " cuts its log behind " + same + " while it leads");
            }
            if (same < commit) {
                throw new Violation(
                        "state machine safety",
                        "member " + place + " cuts entry " + commit + " which is committed");
            }
            durable = Math.min(durable, same);
            compared = Math.min(compared, same);
        }
        read(member, same + 1, newLast);
        promotions.checkProposed(
                member, changes.tailMap(same, false), terms, Math.min(commit, durable));
    }

    /**
     * What a leader has not made durable and nobody else has may be lost with its term, and another
     * log of that term begin.
     */
    private void compareLogs() {
        final long end = isLeader ? durable : last;
        for (long i = compared + 1; i <= end; i++) {
            truth.entry(place, i, terms[(int) i], prefixes[(int) i]);
        }
        compared = Math.max(compared, end);
    }

    private void checkTerm(final SimMember member) {
        final long newTerm = member.raft().term();
        if (newTerm < term) {
            throw new Violation(
                    "monotonic term",
                    "member " + place + " goes from term " + term + " to " + newTerm);
        }
        isLeader &= newTerm == term;
        term = newTerm;
    }

    private void checkLeader(final SimMember member) {
        final boolean leads = member.raft().role() == RaftRole.LEADER;
        if (leads && !isLeader) {
            // The only voter may lead before its vote is durable, and so once more in that term.
            truth.leads(place, term, member.conf().voters().length == 1 ? 0 : life);
            final long committed = truth.committedBefore(term);
            if (committed > last
                    || committed > 0
                            && prefixes[(int) committed] != truth.committedPrefix(committed)) {
                throw new Violation(
                        "leader completeness",
                        "member "
                                + place
                                + " leads in term "
                                + term
                                + " without committed entry "
                                + committed);
            }
        }
        isLeader = leads;
    }

    private void checkCommit(final SimMember member) {
        final long newCommit = member.raft().commitIndex();
        if (newCommit < commit) {
            throw new Violation(
                    "monotonic commit",
                    "member " + place + " goes from commit " + commit + " to " + newCommit);
        }
        if (newCommit > last) {
            throw new Violation(
                    "commit within the log",
                    "member " + place + " commits " + newCommit + " of a log up to " + last);
        }
        durable = Math.min(member.raft().durableIndex(), last);
        if (newCommit > truth.committed()) {
            checkQuorum(member, newCommit);
        }
        for (long i = truth.committed() + 1; i <= newCommit; i++) {
            truth.commit(place, i, terms[(int) i], prefixes[(int) i], term);
            if (changes.containsKey(i)) {
                truth.changed(changes.get(i));
            }
        }
        if (newCommit > commit) {
            truth.commit(place, newCommit, terms[(int) newCommit], prefixes[(int) newCommit], term);
        }
        commit = newCommit;
    }

    private void checkQuorum(final SimMember member, final long index) {
        if (!isDurableInAny(memberships(member, index), index)) {
            throw new Violation(
                    "committed is durable on a quorum",
                    "member "
                            + place
                            + " commits "
                            + index
                            + " of term "
                            + terms[(int) index]
                            + " in "
                            + member.conf());
        }
    }

    /**
     * All memberships that counted in this step, from that before it. There may be several: when a
     * change leaves one voter, that one commits alone what waits, and promotes a learner, and all
     * of this within one turn. A membership counts only when the change that led to it was
     * committed in an earlier one.
     */
    private List<ConfState> memberships(final SimMember member, final long index) {
        final List<ConfState> counted = new ArrayList<>();
        counted.add(conf);
        ConfState last = conf;
        for (final Map.Entry<Long, ConfChange> change :
                changes.subMap(confIndex, false, index, true).entrySet()) {
            final long at = change.getKey();
            // The power may have failed between a change and the note that it is applied.
            final boolean isApplied =
                    at <= member.raft().appliedIndex() || !last.equals(member.conf());
            if (!isApplied || at > truth.committed() && !isDurableInAny(counted, at)) {
                break;
            }
            last = SimRaft.changed(last, change.getValue());
            counted.add(last);
        }
        // The engine refuses some changes, and a snapshot skips them.
        return last.equals(member.conf()) ? counted : List.of(conf, member.conf());
    }

    private boolean isDurableInAny(final List<ConfState> memberships, final long index) {
        for (final ConfState membership : memberships) {
            if (quorum.isDurable(membership, index, terms[(int) index])) {
                return true;
            }
        }
        return false;
    }

    private void checkApplied(final SimMember member) {
        final long newApplied = member.raft().appliedIndex();
        if (newApplied == applied) {
            return;
        }
        if (newApplied < applied) {
            throw new Violation(
                    "monotonic applied",
                    "member " + place + " goes from applied " + applied + " to " + newApplied);
        }
        if (newApplied > Math.min(commit, durable)) {
            throw new Violation(
                    "applied is durable and committed",
                    "member "
                            + place
                            + " applied "
                            + newApplied
                            + ", committed "
                            + commit
                            + ", durable "
                            + durable);
        }
        applied = newApplied;
        truth.applied(place, applied, stateIndex(member));
        if ((applied * 0x9E3779B97F4A7C15L >>> 60) == 0) {
            truth.tree(place, applied, member.store().digest());
        }
    }

    /** A message leaves the core. */
    void onSent(final SimMember member, final RaftMessage message) {
        switch (message.type()) {
            case VOTE -> truth.votes(place, message.term(), memberId);
            case VOTE_REPLY -> {
                if (!message.isReject()) {
                    truth.votes(place, message.term(), message.to());
                }
            }
            case APPEND_REPLY -> {
                if (!message.isReject() && message.index() > member.raft().durableIndex()) {
                    throw new Violation(
                            "acknowledged is durable",
                            "member "
                                    + place
                                    + " acknowledges "
                                    + message.index()
                                    + " with "
                                    + member.raft().durableIndex()
                                    + " durable");
                }
            }
            default -> {
                // Promises nothing.
            }
        }
    }

    /** Differs where one of the applications does; a counter nobody has used counts for nothing. */
    private static long stateIndex(final SimMember member) {
        final long count = member.counter() == null ? 0 : member.counter().index();
        final long changes = member.auth() == null ? 0 : member.auth().version();
        return member.store().index() + (count << 32) + (changes << 48);
    }
}
