package io.larch.bench.compare;

/**
 * How long is measured.
 *
 * @param seconds of a run under load.
 * @param warmupSeconds before each.
 * @param compileSeconds of load on a new server, so that it has compiled what it runs often.
 * @param steadySeconds of load on one that is measured from its start on, until it is taken as
 *     warm.
 * @param memorySeconds of load before its memory is looked at.
 * @param idleSeconds that a server is looked at when nobody asks it anything.
 * @param snapshotKeys in the tree of which snapshots are made.
 * @param halfLoadSeconds of half load.
 * @param isLong whether what needs a million keys, or many minutes, is measured.
 */
record Mode(
        String name,
        int rounds,
        double seconds,
        double warmupSeconds,
        double compileSeconds,
        double steadySeconds,
        double memorySeconds,
        double idleSeconds,
        int snapshotKeys,
        double halfLoadSeconds,
        boolean isLong) {
    static final Mode QUICK = new Mode("quick", 2, 1, 0.3, 2, 3, 10, 10, 10_000, 30, false);
    static final Mode STANDARD = new Mode("standard", 3, 2, 0.5, 5, 6, 60, 10, 100_000, 120, false);
    static final Mode FULL = new Mode("full", 5, 3, 0.5, 15, 8, 60, 10, 100_000, 600, true);

    /** Another number of rounds. */
    Mode withRounds(final int newRounds) {
        return new Mode(
                name,
                newRounds,
                seconds,
                warmupSeconds,
                compileSeconds,
                steadySeconds,
                memorySeconds,
                idleSeconds,
                snapshotKeys,
                halfLoadSeconds,
                isLong);
    }

    /** Other times under load; the rest shrinks or grows with them. */
    Mode withSeconds(final double newSeconds) {
        final double factor = newSeconds / seconds;
        return new Mode(
                name,
                rounds,
                newSeconds,
                warmupSeconds * factor,
                compileSeconds * factor,
                steadySeconds * factor,
                memorySeconds * factor,
                idleSeconds * factor,
                snapshotKeys,
                halfLoadSeconds * factor,
                isLong);
    }
}
