package io.larch.engine.stats;

import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * What the engine's loop counts, and where it stands. Written by the engine thread, read by any.
 */
public final class EngineCounters {
    private static final Counter[] COUNTERS = Counter.values();

    private final AtomicCounter[] counters = new AtomicCounter[COUNTERS.length];

    /** What is counted. */
    public enum Counter {
        /** Raft's term. */
        TERM("term"),
        /** Last entry known to be committed. */
        COMMIT_INDEX("raft index"),
        /** Last entry applied. */
        APPLIED_INDEX("raft index"),
        /** 1 while this member leads. */
        IS_LEADER("0 or 1"),
        /** Leaders other than the one before. */
        LEADER_CHANGES("leaders"),
        /** Clients' writes that Raft could not take, or did not finish. */
        FAILED_PROPOSALS("proposals"),
        /** Appends sent, heartbeats not counted. */
        APPENDS_SENT("messages"),
        /** Appends received, heartbeats not counted. */
        APPENDS_RECEIVED("messages"),
        /** Messages for another cluster, member or life of it, which are dropped. */
        STRAY_MESSAGES("messages");

        private final String unit;

        Counter(final String unit) {
            this.unit = unit;
        }

        private String label() {
            return "engine." + name().toLowerCase(Locale.ROOT) + " [" + unit + "]";
        }
    }

    /**
     * @param manager where all of the member's counters are; null for those that nobody else sees.
     */
    public EngineCounters(final CountersManager manager) {
        final UnsafeBuffer own =
                new UnsafeBuffer(new byte[COUNTERS.length * CountersReader.COUNTER_LENGTH]);
        for (final Counter counter : COUNTERS) {
            counters[counter.ordinal()] =
                    manager == null
                            ? new AtomicCounter(own, counter.ordinal())
                            : manager.newCounter(counter.label());
        }
    }

    public long get(final Counter counter) {
        return counters[counter.ordinal()].get();
    }

    void increment(final Counter counter) {
        counters[counter.ordinal()].incrementRelease();
    }

    void set(final Counter counter, final long value) {
        counters[counter.ordinal()].setRelease(value);
    }
}
