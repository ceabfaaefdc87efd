package io.larch.engine.raft;

import java.util.List;
import java.util.TreeSet;

/** What a change makes of a membership. */
final class ConfChanger {
    private final TreeSet<Long> voters;
    private final TreeSet<Long> outgoing;
    private final TreeSet<Long> learners;
    private final TreeSet<Long> learnersNext;
    private final TreeSet<Long> held;

    private ConfChanger(final ConfState conf) {
        voters = setOf(conf.voters());
        outgoing = setOf(conf.votersOutgoing());
        learners = setOf(conf.learners());
        learnersNext = setOf(conf.learnersNext());
        held = setOf(conf.held());
    }

    /**
     * The membership after a change.
     *
     * @return null when the change makes no sense now.
     */
    static ConfState changed(final ConfState conf, final ConfChange change, final int maxVoters) {
        final ConfChanger changer = new ConfChanger(conf);
        if (change.transition() == ConfChange.Transition.LEAVE) {
            return conf.isJoint() && change.steps().isEmpty() ? changer.leave() : null;
        }
        if (conf.isJoint()) {
            return null;
        }
        final boolean isJoint =
                change.transition() == ConfChange.Transition.EXPLICIT
                        || countOfMembers(change.steps()) > 1;
        if (isJoint) {
            changer.outgoing.addAll(changer.voters);
        }
        for (final ConfChange.Step step : change.steps()) {
            if (step.id() == 0 || !changer.fits(step)) {
                return null;
            }
            changer.make(step);
        }
        if (changer.voters.isEmpty() || changer.voters.size() > maxVoters) {
            return null;
        }
        return changer.result(isJoint && change.transition() == ConfChange.Transition.AUTO);
    }

    private static long countOfMembers(final List<ConfChange.Step> steps) {
        return steps.stream().filter(step -> step.op() != ConfChange.Op.UPDATE).count();
    }

    private boolean fits(final ConfChange.Step step) {
        return step.op() != ConfChange.Op.PROMOTE || held.contains(step.id());
    }

    private void make(final ConfChange.Step step) {
        final long id = step.id();
        switch (step.op()) {
            case ADD_VOTER, PROMOTE -> {
                voters.add(id);
                forgetLearner(id);
            }
            case ADD_LEARNER -> {
                addLearner(id);
                held.remove(id);
            }
            case ADD_HELD_LEARNER -> {
                addLearner(id);
                held.add(id);
            }
            case REMOVE -> {
                voters.remove(id);
                forgetLearner(id);
            }
            case UPDATE -> {
                // The membership stays.
            }
        }
    }

    private void addLearner(final long id) {
        voters.remove(id);
        if (outgoing.contains(id)) {
            // It counts in the old half until that is left.
            learnersNext.add(id);
        } else {
            learners.add(id);
        }
    }

    private void forgetLearner(final long id) {
        learners.remove(id);
        learnersNext.remove(id);
        held.remove(id);
    }

    private ConfState leave() {
        learners.addAll(learnersNext);
        learnersNext.clear();
        outgoing.clear();
        return result(false);
    }

    private ConfState result(final boolean autoLeave) {
        return new ConfState(
                toArray(voters),
                toArray(outgoing),
                toArray(learners),
                toArray(learnersNext),
                toArray(held),
                autoLeave);
    }

    private static TreeSet<Long> setOf(final long[] ids) {
        final TreeSet<Long> set = new TreeSet<>(Long::compareUnsigned);
        for (final long id : ids) {
            set.add(id);
        }
        return set;
    }

    private static long[] toArray(final TreeSet<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
