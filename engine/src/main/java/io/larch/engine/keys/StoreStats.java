package io.larch.engine.keys;

/**
 * Counters of {@code /v2/stats/store}. Only clients' requests count; a refusal is a failure. What
 * goes through the log is the same on every member, reads and watchers are this member's own.
 */
public final class StoreStats {
    private final long[] counters = new long[Counter.values().length];

    /** What is counted. The ordinal is stored in snapshots and never changes. */
    public enum Counter {
        GETS_SUCCESS,
        GETS_FAIL,
        SETS_SUCCESS,
        SETS_FAIL,
        DELETE_SUCCESS,
        DELETE_FAIL,
        UPDATE_SUCCESS,
        UPDATE_FAIL,
        CREATE_SUCCESS,
        CREATE_FAIL,
        COMPARE_AND_SWAP_SUCCESS,
        COMPARE_AND_SWAP_FAIL,
        COMPARE_AND_DELETE_SUCCESS,
        COMPARE_AND_DELETE_FAIL,
        EXPIRE_COUNT,
        WATCHERS;

        /** Whether all members count the same, so that it goes into snapshots. */
        boolean isReplicated() {
            return this != GETS_SUCCESS && this != GETS_FAIL && this != WATCHERS;
        }
    }

    /** The value of a counter. */
    public long get(final Counter counter) {
        return counters[counter.ordinal()];
    }

    void set(final Counter counter, final long value) {
        counters[counter.ordinal()] = value;
    }

    void increment(final Counter counter) {
        counters[counter.ordinal()]++;
    }
}
