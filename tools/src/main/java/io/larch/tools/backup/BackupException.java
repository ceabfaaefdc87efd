package io.larch.tools.backup;

import java.io.IOException;

/** What was asked for was not done; nothing that was there has changed. */
public final class BackupException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        /** What was asked for makes no sense. */
        REFUSED,
        /** A member refused, or the connection ended too early. */
        NOT_SENT,
        /** A snapshot is not whole. */
        DAMAGED,
        /** The moment of the past is not in the files. */
        NOT_THERE,
        /** A file or a directory is in the way, or cannot be read or written. */
        FILES
    }

    BackupException(final Kind kind, final String message) {
        super(message);
        this.kind = kind;
    }

    BackupException(final Kind kind, final String message, final Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static BackupException files(final IOException cause) {
        return new BackupException(Kind.FILES, reason(cause), cause);
    }

    /**
     * What a part of a member has thrown.
     *
     * @param kind unless a file or a disk is the reason, however deep.
     */
    static BackupException of(final Kind kind, final String message, final RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return new BackupException(Kind.FILES, message, e);
            }
        }
        return new BackupException(kind, message, e);
    }

    /** With the name of the error where Java has put it into the class alone. */
    private static String reason(final IOException failure) {
        final String message = failure.getMessage();
        return failure instanceof java.nio.file.FileSystemException files
                        && files.getReason() == null
                ? message + ": " + words(failure.getClass().getSimpleName())
                : String.valueOf(message);
    }

    /** AccessDeniedException: access denied. */
    private static String words(final String name) {
        return name.replaceFirst("Exception$", "")
                .replaceAll("(?<=.)([A-Z])", " $1")
                .toLowerCase(java.util.Locale.ROOT);
    }

    public Kind kind() {
        return kind;
    }
}
