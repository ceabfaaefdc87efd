package io.larch.engine.loop;

/**
 * How much one SYNC may let expire, so that applying it takes a few milliseconds on this member,
 * whatever it is that ends, who is told of it, and how warm the code is. Owned by the engine
 * thread.
 */
final class ExpiryPace {
    /** Of code that has never run; then it is found out what is right. */
    static final int FIRST = 64;

    static final int MIN = 16;
    static final int MAX = 2_048;

    /** So long a request may have to wait for it. */
    private static final long AIM_NANOS = 3_000_000L;

    private int most = FIRST;

    /** What the next one may let expire. */
    int most() {
        return most;
    }

    /** One that left something to be done was applied, perhaps with other entries. */
    void took(final long nanos) {
        if (nanos > AIM_NANOS) {
            most = (int) Math.max(MIN, most * AIM_NANOS / nanos);
        } else if (nanos < AIM_NANOS / 2) {
            most = Math.min(MAX, 2 * most);
        }
    }
}
