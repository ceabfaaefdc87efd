package io.larch.engine.sim;

/** Something that must hold does not. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String property;

    Violation(final String property, final String what) {
        super(property + ": " + what);
        this.property = property;
    }

    Violation(final String property, final String what, final Throwable cause) {
        super(property + ": " + what, cause);
        this.property = property;
    }

    /** Name of what was broken: the same for the same kind of fault. */
    String property() {
        return property;
    }
}
