package io.larch.engine;

/** Where requests wait that the engine takes up within its turn. Used on the engine thread. */
interface RequestSource {
    /**
     * Hands a bounded number of requests to the engine.
     *
     * @return how many.
     */
    int drain();
}
