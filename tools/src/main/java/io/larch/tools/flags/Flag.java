package io.larch.tools.flags;

import java.util.List;

/**
 * One flag of the server.
 *
 * @param choices of {@link FlagKind#CHOICE}; empty for all others.
 * @param fallback the value without flag and variable, in the flag's own syntax.
 * @param help one line; empty for flags that have no effect.
 */
record Flag(
        String name,
        FlagKind kind,
        List<String> choices,
        String fallback,
        Treatment treatment,
        String help) {

    /** What giving the flag does. */
    enum Treatment {
        /** It means what it says. */
        USED,
        /** Larch has not what it asks for; said once, or refused, when it is set. */
        UNSUPPORTED,
        /** A flag of etcd 0.4 that etcd 2 ignores too. */
        OBSOLETE,
        /** A flag of etcd 0.4 that etcd 2 refuses too. */
        REFUSED,
        /** A flag of etcd 3, or of etcd's own inner works. */
        FOREIGN
    }

    /** Whether the flag stands without a value. */
    boolean isBoolean() {
        return kind == FlagKind.BOOL || treatment == Treatment.OBSOLETE;
    }

    /**
     * Checks a value.
     *
     * @throws IllegalArgumentException with what is wrong.
     */
    void check(final String value) {
        if (treatment == Treatment.REFUSED) {
            throw new IllegalArgumentException("flag \"-" + name + "\" is no longer supported.");
        }
        if (treatment != Treatment.OBSOLETE) {
            kind.check(value, choices);
        }
    }
}
