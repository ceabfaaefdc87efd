package io.larch.engine.wal;

/**
 * There is no room for the next segment. Thrown before anything of the record was taken: the log is
 * unchanged and alive, and the same call may be made again once there is space.
 */
public final class DiskFullException extends WalException {
    public DiskFullException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
