package io.larch.engine.snapshot;

/** A snapshot could not be written or read. */
public final class SnapshotException extends RuntimeException {
    /** The position of what is not damage of a certain place. */
    public static final long NOWHERE = -1;

    private final long position;

    public SnapshotException(final String message) {
        this(message, NOWHERE);
    }

    /**
     * @param position in the file, up to which it is good.
     */
    SnapshotException(final String message, final long position) {
        super(message);
        this.position = position;
    }

    public SnapshotException(final String message, final Throwable cause) {
        super(message, cause);
        position = NOWHERE;
    }

    /** Up to where the file is good; {@link #NOWHERE} when it cannot be told. */
    public long position() {
        return position;
    }
}
