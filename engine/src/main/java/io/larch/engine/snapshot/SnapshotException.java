package io.larch.engine.snapshot;

/** A snapshot could not be written or read. */
public final class SnapshotException extends RuntimeException {
    public SnapshotException(final String message) {
        super(message);
    }

    public SnapshotException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
