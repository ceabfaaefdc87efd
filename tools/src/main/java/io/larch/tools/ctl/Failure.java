package io.larch.tools.ctl;

import java.io.IOException;

/** The end of a command that did not do what it was asked to. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong was to be seen before anybody was asked; most of member, user and role. */
    static final int BAD_ARGUMENTS = 1;

    /** No endpoint could be reached. */
    static final int BAD_CONNECTION = 2;

    /** There is no such command. */
    static final int NO_COMMAND = 3;

    /** The cluster refused, or did not answer. */
    static final int SERVER_ERROR = 4;

    /** Not all members are healthy. */
    static final int UNHEALTHY = 5;

    /** A snapshot, or the files of an etcd, are not whole. */
    static final int DAMAGED = 6;

    /** A file or a directory is in the way, or cannot be read or written. */
    static final int FILES = 7;

    /** The target of a copy has keys already. */
    static final int OCCUPIED = 8;

    /** Both sides of a copy were compared, and differ. */
    static final int DIFFERENT = 9;

    /** The moment of the past is not in the files. */
    static final int NOT_THERE = 10;

    private final int status;

    /**
     * @param message all that is printed on standard error, without the last line's end.
     */
    Failure(final int status, final String message) {
        super(message);
        this.status = status;
    }

    /** Told as commands for keys tell it. */
    static Failure error(final int status, final String reason) {
        return new Failure(status, "Error:  " + reason);
    }

    /** The same with all that each endpoint had to say. */
    static Failure error(final int status, final IOException cause) {
        final String detail =
                cause instanceof UnavailableException unavailable
                        ? "\n" + unavailable.detail()
                        : "";
        return error(status, cause.getMessage() + detail);
    }

    /** Told as commands for members, users and roles tell it. */
    static Failure plain(final IOException cause) {
        return new Failure(BAD_ARGUMENTS, cause.getMessage());
    }

    /** The exit code. */
    int status() {
        return status;
    }
}
