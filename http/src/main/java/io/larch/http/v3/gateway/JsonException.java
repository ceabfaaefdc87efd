package io.larch.http.v3.gateway;

/** A request's JSON is not that of its message; the text says why, for the client. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonException(final String text) {
        super(text, null, false, false);
    }
}
