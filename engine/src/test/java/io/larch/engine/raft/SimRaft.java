package io.larch.engine.raft;

import java.lang.reflect.Field;

/** What the simulator of whole members needs of the core beyond its port. */
public final class SimRaft {
    private SimRaft() {}

    /** Whether a name is one of a {@link Rule}. */
    public static boolean isRule(final String name) {
        for (final Rule rule : Rule.values()) {
            if (rule.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Breaks a rule of a core that is built already.
     *
     * @param rule name of a {@link Rule}.
     */
    public static void breakRule(final RaftCore core, final String rule) {
        try {
            final Field state = RaftCore.class.getDeclaredField("state");
            state.setAccessible(true);
            final Field broken = RaftState.class.getDeclaredField("broken");
            broken.setAccessible(true);
            ((boolean[]) broken.get(state.get(core)))[Rule.valueOf(rule).ordinal()] = true;
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The membership after a change; the same when the change makes no sense for it. */
    public static ConfState changed(final ConfState conf, final ConfChange change) {
        final ConfState changed = ConfChanger.changed(conf, change, Integer.MAX_VALUE);
        return changed == null ? conf : changed;
    }
}
