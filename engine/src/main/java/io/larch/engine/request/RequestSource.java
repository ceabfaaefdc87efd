package io.larch.engine.request;

/** Where requests wait that the engine takes up within its turn. Used on the engine thread. */
public interface RequestSource {
    /**
     * Hands requests to the engine until it has had enough for this turn ({@link
     * EngineAgent#isLate}).
     *
     * @return how many.
     */
    int drain();

    /** Whether requests are left that no wake-up will tell of. */
    boolean hasMore();
}
