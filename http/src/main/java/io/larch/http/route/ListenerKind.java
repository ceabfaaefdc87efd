package io.larch.http.route;

/** Whom a listener is for. */
public enum ListenerKind {
    CLIENT,
    /** Members, and tools that look at them; knows no CORS. */
    PEER
}
