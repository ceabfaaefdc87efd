package io.larch.tools.process;

import io.larch.engine.MemberRemovedException;

/** The member cannot start, for a reason its operator can read and change. */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line, printed as it is with level CRITICAL.
     */
    public StartupException(final String message) {
        super(message);
    }

    public StartupException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /** What stopped a start, as something an operator can read; a removal as it is. */
    public static RuntimeException of(final Throwable cause) {
        if (cause instanceof MemberRemovedException removed) {
            return removed;
        }
        if (cause instanceof StartupException already) {
            return already;
        }
        final String message = cause.getMessage();
        return new StartupException(message == null ? cause.toString() : message, cause);
    }
}
