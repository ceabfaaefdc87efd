package io.larch.engine.sim;

/**
 * The seeds of a long run. Without being told, a fixed number of them that the commit chooses: each
 * commit tries others, and the same commit always the same. With {@code -Dlarch.sim.seconds} as
 * many as fit in that time, from {@code -Dlarch.sim.seed} or from where the clock says.
 */
final class Seeds {
    private static final long MASK = 0xff_ffff_ffffL;

    private final Long seconds = Long.getLong("larch.sim.seconds");
    private final long startNanos = System.nanoTime();
    private final int count;
    private final long first;
    private long next;

    /**
     * @param count how many there are unless a time is given.
     */
    Seeds(final int count) {
        this.count = count;
        final Long told = Long.getLong("larch.sim.seed");
        if (told != null) {
            first = told;
        } else {
            first = seconds == null ? GitId.seed() : startNanos & MASK;
        }
        next = first;
    }

    boolean hasNext() {
        return seconds == null
                ? next - first < count
                : System.nanoTime() - startNanos < seconds * 1_000_000_000L;
    }

    long next() {
        return next++;
    }

    @Override
    public String toString() {
        final String howMany = seconds == null ? count + " seeds" : seconds + " s";
        return howMany + " from seed " + first;
    }
}
