package io.larch.engine.wal;

/** Trouble with the write-ahead log. The subclass says what the owner can do about it. */
public abstract class WalException extends RuntimeException {
    WalException(final String message) {
        super(message);
    }

    WalException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
