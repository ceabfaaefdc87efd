package io.larch.engine.sim;

import io.larch.engine.SimMember;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.RaftRole;
import java.util.Map;
import java.util.SortedMap;

/**
 * Watches one member for what is promised of learners that stay so until they are promoted: they do
 * not campaign, count only once their promotion is committed, and are promoted only when their
 * leader knows that they lack little.
 */
final class PromotionCheck {
    private final Truth truth;
    private final int place;

    PromotionCheck(final Truth truth, final int place) {
        this.truth = truth;
        this.place = place;
    }

    /** The membership of this member is another one now. */
    void checkVoters(final ConfState before, final ConfState conf) {
        for (final long id : before.held()) {
            if (conf.isVoter(id) && !truth.isPromoted(id)) {
                throw new Violation(
                        "learners stay learners",
                        "member " + place + " counts a learner that nobody promoted: " + conf);
            }
        }
    }

    void checkRole(final SimMember member) {
        if (member.conf().isHeld(member.raft().id()) && member.raft().role() != RaftRole.FOLLOWER) {
            throw new Violation(
                    "learners do not campaign",
                    "member " + place + " is a learner and " + member.raft().role());
        }
    }

    /**
     * Entries were appended.
     *
     * @param changes among them.
     * @param terms of the entries, by index.
     * @param held what the leader held of what was committed, before.
     */
    void checkProposed(
            final SimMember member,
            final SortedMap<Long, ConfChange> changes,
            final long[] terms,
            final long held) {
        if (!member.raft().isLeader()) {
            return;
        }
        for (final Map.Entry<Long, ConfChange> change : changes.entrySet()) {
            if (terms[(int) (long) change.getKey()] == member.raft().term()) {
                change.getValue().steps().forEach(step -> checkStep(member, step, held));
            }
        }
    }

    private void checkStep(final SimMember member, final ConfChange.Step step, final long held) {
        if (step.op() != ConfChange.Op.PROMOTE) {
            return;
        }
        for (int i = 0; i < member.raft().peerCount(); i++) {
            final long match = member.raft().peer(i).match();
            if (member.raft().peer(i).id() == step.id() && match * 10 < held * 9) {
                throw new Violation(
                        "promoted in sync",
                        "member "
                                + place
                                + " promotes one that holds "
                                + match
                                + " entries of "
                                + held);
            }
        }
    }
}
