package io.larch.tools.tls;

/** A file, or what the files are together, cannot be used; the message names file and reason. */
public final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsFileException(final String message) {
        super(message);
    }

    TlsFileException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
