package io.larch.engine.port;

/**
 * Where edges find the newest {@link AuthView} of their member: what it has applied, or a moment
 * newer. Before the reply to a change can be seen, and so before any request that follows from it,
 * the change is here. Written on the engine thread, and while the member is put together; read on
 * any.
 */
public final class AuthViews {
    private volatile AuthView newest = AuthView.EMPTY;

    public AuthView newest() {
        return newest;
    }

    /** Called by the application that holds the state. */
    public void publish(final AuthView view) {
        newest = view;
    }
}
