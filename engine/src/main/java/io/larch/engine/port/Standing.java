package io.larch.engine.port;

/**
 * Where edges find how their member stands among the others, as it has applied it. Written on the
 * engine thread; read on any.
 */
public final class Standing {
    private volatile boolean isLearner;

    /** Whether it stays a learner until it is promoted; one that votes by itself soon is none. */
    public boolean isLearner() {
        return isLearner;
    }

    /** Called by the engine whenever the membership has changed. */
    public void learner(final boolean value) {
        if (isLearner != value) {
            isLearner = value;
        }
    }
}
