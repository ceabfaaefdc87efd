package io.larch.engine.sim;

/** The power of a simulated member failed in the middle of something. */
final class SimCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimCrash() {
        super("power failed", null, false, false);
    }
}
