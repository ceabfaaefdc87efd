package io.larch.engine.wal;

/** Steps of a log that has no threads, for whoever simulates them. */
public final class SimWal {
    private SimWal() {}

    /** What the sync thread would do next; returns whether there was something. */
    public static boolean syncWork(final WriteAheadLog wal) {
        return wal.syncWork() > 0;
    }

    /**
     * What the thread that prepares segments would do next; returns whether there was something.
     */
    public static boolean poolWork(final WriteAheadLog wal) {
        return wal.poolWork() > 0;
    }
}
