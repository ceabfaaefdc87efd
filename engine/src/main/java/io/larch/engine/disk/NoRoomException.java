package io.larch.engine.disk;

import java.io.IOException;

/**
 * The file system takes no more: it is full, a quota is used up, or a file has reached the largest
 * size that is allowed. What was being written is worth nothing; everything else is as it was.
 */
public final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoRoomException(final String message) {
        super(message);
    }

    public NoRoomException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
