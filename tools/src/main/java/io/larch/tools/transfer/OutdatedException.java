package io.larch.tools.transfer;

import java.io.IOException;

/** The source has forgotten what became of keys since then: all has to be compared again. */
final class OutdatedException extends IOException {
    private static final long serialVersionUID = 1L;

    OutdatedException(final String message) {
        super(message);
    }
}
