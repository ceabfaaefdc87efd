package io.larch.engine.wal;

/**
 * A write or a sync failed: nobody knows what reached the disk. The log takes nothing more and must
 * be closed; the member has to stop. Never retry: the kernel forgets the pages it could not write.
 */
public final class WalFailedException extends WalException {
    public WalFailedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
