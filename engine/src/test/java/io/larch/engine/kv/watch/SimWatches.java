package io.larch.engine.kv.watch;

import io.larch.engine.kv.KvApplication;
import java.lang.reflect.Field;

/** What the simulator of whole members needs of watches beyond the application's port. */
public final class SimWatches {
    private SimWatches() {}

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
     * Breaks a rule in an application, until its state is replaced.
     *
     * @param rule name of a {@link Rule}.
     */
    public static void breakRule(final KvApplication application, final String rule) {
        try {
            final Field watches = KvApplication.class.getDeclaredField("watches");
            watches.setAccessible(true);
            final Field broken = WatchHub.class.getDeclaredField("broken");
            broken.setAccessible(true);
            ((boolean[]) broken.get(watches.get(application)))[Rule.valueOf(rule).ordinal()] = true;
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
