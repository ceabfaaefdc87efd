package io.larch.engine.raft;

import java.lang.reflect.Field;

/** Lets a test of the simulator break a rule of a core that is built already. */
public final class SimRaft {
    private SimRaft() {}

    /**
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
}
