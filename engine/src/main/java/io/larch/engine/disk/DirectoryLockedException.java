package io.larch.engine.disk;

/** Another process, or another log of this process, has the data directory open. */
public final class DirectoryLockedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DirectoryLockedException(final String message) {
        super(message);
    }
}
