package io.larch.http.go;

/** What a client sent is wrong; the message says it in Go's words and is for the client. */
public final class GoException extends Exception {
    private static final long serialVersionUID = 1;

    public GoException(final String message) {
        super(message);
    }
}
