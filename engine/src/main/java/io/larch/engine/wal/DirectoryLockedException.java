package io.larch.engine.wal;

/** Another process, or another log of this process, has the data directory open. */
public final class DirectoryLockedException extends WalException {
    public DirectoryLockedException(final String message) {
        super(message);
    }
}
