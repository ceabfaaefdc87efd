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
 * goes through the log is the same on every member; reads, watchers and what was refused without
 * the log are this member's own. Written by the engine thread, read by any.
 */
public final class StoreStats {
    private static final Counter[] COUNTERS = Counter.values();

    private final AtomicCounter[] counters = new AtomicCounter[COUNTERS.length];

    /** What failed and is not in the log, of the counters that have such. */
    private final AtomicCounter[] refusals = new AtomicCounter[COUNTERS.length];

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

        /** Whether some of it is counted by the member alone that was asked. */
        private boolean hasRefusals() {
            return this == CREATE_FAIL
                    || this == COMPARE_AND_SWAP_FAIL
                    || this == COMPARE_AND_DELETE_FAIL;
        }

        private String label(final String suffix) {
            return "store." + name().toLowerCase(Locale.ROOT) + suffix + " [" + unit() + "]";
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
                new UnsafeBuffer(new byte[2 * COUNTERS.length * CountersReader.COUNTER_LENGTH]);
        for (final Counter counter : COUNTERS) {
            final int i = counter.ordinal();
            counters[i] =
                    manager == null
                            ? new AtomicCounter(own, i)
                            : manager.newCounter(counter.label(""));
            if (counter.hasRefusals()) {
                refusals[i] =
                        manager == null
                                ? new AtomicCounter(own, COUNTERS.length + i)
                                : manager.newCounter(counter.label("_unlogged"));
            }
        }
    }

    /** The value of a counter, without what was refused and is not in the log. */
    public long get(final Counter counter) {
        return counters[counter.ordinal()].get();
    }

    /** The value of a counter, with what this member refused that is not in the log. */
    public long total(final Counter counter) {
        final AtomicCounter refused = refusals[counter.ordinal()];
        return get(counter) + (refused == null ? 0 : refused.get());
    }

    /** A client's command failed without the log. */
    void refused(final Counter failure) {
        refusals[failure.ordinal()].incrementRelease();
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
