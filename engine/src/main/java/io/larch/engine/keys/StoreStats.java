package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.codec.KeysCommand;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * Counters of {@code /v2/stats/store}. Only clients' requests count; a refusal is a failure. What
 * goes through the log is the same on every member, reads and watchers are this member's own.
 * Written by the engine thread, read by any.
 */
public final class StoreStats {
    private static final Counter[] COUNTERS = Counter.values();

    private final AtomicCounter[] counters = new AtomicCounter[COUNTERS.length];

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

        private String label() {
            return "store." + name().toLowerCase(Locale.ROOT) + " [" + unit() + "]";
        }

        private String unit() {
            return switch (this) {
                case EXPIRE_COUNT -> "nodes";
                case WATCHERS -> "watchers";
                default -> "requests";
            };
        }
    }

    /**
     * @param manager where all of the member's counters are; null for those that nobody else sees.
     */
    StoreStats(final CountersManager manager) {
        final UnsafeBuffer own =
                new UnsafeBuffer(new byte[COUNTERS.length * CountersReader.COUNTER_LENGTH]);
        for (final Counter counter : COUNTERS) {
            counters[counter.ordinal()] =
                    manager == null
                            ? new AtomicCounter(own, counter.ordinal())
                            : manager.newCounter(counter.label());
        }
    }

    /** The value of a counter. */
    public long get(final Counter counter) {
        return counters[counter.ordinal()].get();
    }

    void set(final Counter counter, final long value) {
        counters[counter.ordinal()].setRelease(value);
    }

    void increment(final Counter counter) {
        counters[counter.ordinal()].incrementRelease();
    }

    /** Counts what became of a client's command; what has no client is not counted. */
    void count(
            final KeysCommand command,
            final Result result,
            final Counter success,
            final Counter failure) {
        if (command.correlationId() != 0) {
            increment(result.isOk() ? success : failure);
        }
    }
}
