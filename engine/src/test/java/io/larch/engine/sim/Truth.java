package io.larch.engine.sim;

import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * What is known of a group as a whole, over all lives of all members: the entries that were ever
 * committed, who led and voted in which term, and what the tree was like at which index. Each fact
 * is told once and compared with whatever comes later.
 */
final class Truth {
    private static final long NONE = Long.MIN_VALUE;

    /** Hash of the log up to and with an entry, by index and term. */
    private final Long2LongHashMap prefixes = new Long2LongHashMap(NONE);

    private final Long2LongHashMap leaders = new Long2LongHashMap(NONE);
    private final Long2LongHashMap votes = new Long2LongHashMap(NONE);
    private final Long2LongHashMap digests = new Long2LongHashMap(NONE);
    private long[] committedTerm = new long[1024];
    private long[] committedPrefix = new long[1024];

    /** The term of the member that was the first to know that an entry is committed. */
    private long[] committedIn = new long[1024];

    /** What the store's index was once an entry was applied; -1: nobody told. */
    private long[] storeIndex = new long[1024];

    private long committed;

    private final Long2ObjectHashMap<ConfState> memberships = new Long2ObjectHashMap<>();
    private final LongHashSet promoted = new LongHashSet();

    Truth() {
        Arrays.fill(storeIndex, -1);
    }

    /** Hash of the log that ends with this entry. */
    static long chain(final long prefix, final long term, final int kind, final long body) {
        long hash = (prefix ^ body) * 0x9E3779B97F4A7C15L + term * 31 + kind;
        hash ^= hash >>> 32;
        return hash * 0xC4CEB9FE1A85EC53L;
    }

    /** The highest index that was ever committed by anybody. */
    long committed() {
        return committed;
    }

    long committedTerm(final long index) {
        return committedTerm[(int) index];
    }

    long committedPrefix(final long index) {
        return committedPrefix[(int) index];
    }

    /** The highest index that was committed in an earlier term: its leader has it. */
    long committedBefore(final long term) {
        long index = committed;
        while (index > 0 && committedIn[(int) index] >= term) {
            index--;
        }
        return index;
    }

    /** The membership after an entry is the same on all members. */
    void membership(final int place, final long index, final ConfState conf) {
        final ConfState known = memberships.putIfAbsent(index, conf);
        if (known != null && !known.equals(conf)) {
            throw new Violation(
                    "equal memberships",
                    "member " + place + " has " + conf + " at " + index + ", another had " + known);
        }
    }

    /** A change is committed. */
    void changed(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            if (step.op() == ConfChange.Op.PROMOTE) {
                promoted.add(step.id());
            }
        }
    }

    /** Whether the promotion of a member was ever committed. */
    boolean isPromoted(final long memberId) {
        return promoted.contains(memberId);
    }

    /** Logs with the same index and term are the same up to there. */
    void entry(final int place, final long index, final long term, final long prefix) {
        final long key = index << 24 | term;
        final long known = prefixes.get(key);
        if (known == NONE) {
            prefixes.put(key, prefix);
        } else if (known != prefix) {
            throw new Violation(
                    "log matching",
                    "member " + place + " has another log up to " + index + " of term " + term);
        }
    }

    /**
     * An entry is committed for the first time, or again: then it must be the same.
     *
     * @param in term of who says so.
     */
    void commit(
            final int place, final long index, final long term, final long prefix, final long in) {
        if (index <= committed) {
            if (committedTerm[(int) index] != term || committedPrefix[(int) index] != prefix) {
                throw new Violation(
                        "state machine safety",
                        "member "
                                + place
                                + " commits another entry at "
                                + index
                                + " than was committed before");
            }
            return;
        }
        if (index != committed + 1) {
            throw new Violation("state machine safety", "a gap is committed before " + index);
        }
        committed = index;
        if (index >= committedTerm.length) {
            committedTerm = Arrays.copyOf(committedTerm, committedTerm.length * 2);
            committedPrefix = Arrays.copyOf(committedPrefix, committedPrefix.length * 2);
            committedIn = Arrays.copyOf(committedIn, committedIn.length * 2);
        }
        committedTerm[(int) index] = term;
        committedPrefix[(int) index] = prefix;
        committedIn[(int) index] = in;
    }

    /**
     * Somebody leads.
     *
     * @param life of a member: another one of the same member is another leader.
     */
    void leads(final int place, final long term, final int life) {
        final long who = place * 100_000L + life;
        final long known = leaders.get(term);
        if (known == NONE) {
            leaders.put(term, who);
        } else if (known != who) {
            throw new Violation(
                    "election safety",
                    "members " + known / 100_000 + " and " + place + " lead in term " + term);
        }
    }

    /** Somebody votes, for itself or another. */
    void votes(final int place, final long term, final long candidate) {
        final long key = term * SimNetwork.PLACES + place;
        final long known = votes.get(key);
        if (known == NONE) {
            votes.put(key, candidate);
        } else if (known != candidate) {
            throw new Violation(
                    "one vote per term", "member " + place + " votes for two in term " + term);
        }
    }

    /** The store's index after an entry is the same on all members. */
    void applied(final int place, final long index, final long store) {
        if (index >= storeIndex.length) {
            final int old = storeIndex.length;
            storeIndex = Arrays.copyOf(storeIndex, (int) Math.max(index + 1, old * 2L));
            Arrays.fill(storeIndex, old, storeIndex.length, -1);
        }
        final long known = storeIndex[(int) index];
        if (known < 0) {
            storeIndex[(int) index] = store;
        } else if (known != store) {
            throw new Violation(
                    "equal trees",
                    "member "
                            + place
                            + " has store index "
                            + store
                            + " at entry "
                            + index
                            + ", another had "
                            + known);
        }
    }

    /** The tree after an entry is the same on all members. */
    void tree(final int place, final long index, final long digest) {
        final long known = digests.get(index);
        if (known == NONE) {
            digests.put(index, digest);
        } else if (known != digest) {
            throw new Violation(
                    "equal trees", "member " + place + " has another tree at entry " + index);
        }
    }
}
