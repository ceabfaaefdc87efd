package io.larch.engine.sim;

import io.larch.engine.SimMember;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.watch.SimWatches;
import io.larch.engine.raft.SimRaft;

/**
 * A rule that all members of a run break, to see whether anybody notices: one of the core, of the
 * watches of the v3 API, or that below.
 *
 * @param rule its name; null: all are kept.
 */
record Breach(String rule) {
    /** A member says what its build knows, and not more. */
    private static final String LEVEL_IS_TOLD_AS_IT_IS = "LEVEL_IS_TOLD_AS_IT_IS";

    Breach {
        if (rule != null
                && !rule.equals(LEVEL_IS_TOLD_AS_IT_IS)
                && !SimWatches.isRule(rule)
                && !SimRaft.isRule(rule)) {
            throw new IllegalArgumentException("no rule: " + rule);
        }
    }

    boolean isOfLevels() {
        return LEVEL_IS_TOLD_AS_IT_IS.equals(rule);
    }

    /** The rule, for {@link SimMember#launch}; null: it is none of the core. */
    String ofCore() {
        return rule != null && SimRaft.isRule(rule) ? rule : null;
    }

    /** Breaks it in the v3 API of a member, if it is one of that. */
    void of(final KvApplication application) {
        if (rule != null && SimWatches.isRule(rule)) {
            SimWatches.breakRule(application, rule);
        }
    }
}
