package io.larch.tools.transfer;

import java.io.IOException;

/** A transfer that ended early. What it has written stays, and it may be run again. */
public final class TransferException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What kept it from going on. */
    public enum Kind {
        /** A store could not be reached, or did not answer, for longer than it was waited for. */
        UNREACHABLE,
        /** A store refused: no permission, no room, or it is none. */
        REFUSED,
        /** The target has keys already. */
        OCCUPIED,
        /** Both sides were compared, and differ. */
        DIFFERENT,
        /** A file cannot be read, or is damaged. */
        DAMAGED,
        /** The files that are the source are not whole. */
        SOURCE_DAMAGED
    }

    TransferException(final Kind kind, final String message) {
        super(message);
        this.kind = kind;
    }

    TransferException(final Kind kind, final String message, final Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
