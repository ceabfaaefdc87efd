package io.larch.engine.sim;

/**
 * What clients know of the counter, the second application: what was added for certain is in it,
 * what was not asked for never is, and nothing is in it twice.
 */
final class Tally {
    /** All that was ever asked for. */
    private long asked;

    /** What was acknowledged. */
    private long acknowledged;

    /** The most that somebody has read, or was told with an answer. */
    private long seen;

    void asking(final long amount) {
        asked += amount;
    }

    /** What an answer to a request made now must hold at least. */
    long floor() {
        return Math.max(acknowledged, seen);
    }

    void added(final int place, final long floor, final long amount, final long sum) {
        read(place, floor + amount, sum);
        acknowledged += amount;
    }

    void read(final int place, final long floor, final long sum) {
        if (sum < floor || sum > asked) {
            throw new Violation(
                    "counted once",
                    "member "
                            + place
                            + " says "
                            + sum
                            + " but it is from "
                            + floor
                            + " to "
                            + asked);
        }
        seen = Math.max(seen, sum);
    }

    /** What a member holds in the end. */
    void check(final int place, final long sum) {
        read(place, floor(), sum);
    }
}
