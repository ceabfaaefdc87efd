package io.larch.engine.peer;

import io.larch.engine.EngineLog;
import io.larch.engine.raft.RaftMessage;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.agrona.collections.Long2LongHashMap;

/**
 * How far the wall clocks of the others are off from this leader's, by what they say in answers to
 * its heartbeats. For operators only: nothing is decided by it. Owned by the engine thread.
 *
 * <p>An answer that took long says nothing, since it is not known on which way it took long; so
 * what is known is right to half of {@link #LONGEST_ROUND_NANOS}.
 */
public final class PeerClocks {
    /** From here on a difference is told: 500 ms. */
    static final long TOLERANCE_MS = 500;

    /** One that was told is over below this. */
    private static final long CLOSE_MS = 400;

    private static final long LONGEST_ROUND_NANOS = 200_000_000L;

    /** A clock that jumps to and fro is told of so often at most. */
    private static final long LOG_INTERVAL_NANOS = 30_000_000_000L;

    private static final long NEVER = Long.MIN_VALUE;
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Long2LongHashMap differencesMs = new Long2LongHashMap(NEVER);
    private final Long2LongHashMap toldNanos = new Long2LongHashMap(NEVER);
    private final LongSupplier nanoTime;
    private final LongSupplier epochNanos;
    private final EngineLog log;

    public PeerClocks(
            final LongSupplier nanoTime, final LongSupplier epochNanos, final EngineLog log) {
        this.nanoTime = nanoTime;
        this.epochNanos = epochNanos;
        this.log = log;
    }

    /** What goes with a message: see {@link RaftMessage#wallMillis()}. */
    int wallMillis() {
        final int millis = (int) (epochNanos.getAsLong() / NANOS_PER_MS);
        return millis == 0 ? 1 : millis;
    }

    /** An answer to a heartbeat of this leader. */
    void heard(final RaftMessage reply) {
        final long roundNanos = nanoTime.getAsLong() - reply.echoNanos();
        if (reply.wallMillis() == 0
                || reply.echoNanos() == 0
                || roundNanos < 0
                || roundNanos > LONGEST_ROUND_NANOS) {
            return;
        }
        final long sinceMs = roundNanos / 2 / NANOS_PER_MS;
        // Both wrap around after 49 days; their difference is right up to half of that.
        final int differenceMs = (int) (reply.wallMillis() - (wallMillis() - sinceMs));
        differencesMs.put(reply.from(), differenceMs);
        tell(reply.from(), differenceMs);
    }

    private void tell(final long peer, final long differenceMs) {
        final long told = toldNanos.get(peer);
        if (Math.abs(differenceMs) > TOLERANCE_MS) {
            final long nowNanos = nanoTime.getAsLong();
            if (told == NEVER) {
                log.clockDifference(peer, differenceMs, TOLERANCE_MS);
                toldNanos.put(peer, nowNanos);
            }
        } else if (told != NEVER
                && Math.abs(differenceMs) < CLOSE_MS
                && nanoTime.getAsLong() - told > LOG_INTERVAL_NANOS) {
            log.clocksAgree(peer, differenceMs);
            toldNanos.remove(peer);
        }
    }

    /** This member does not lead any more, and hears no answers. */
    void clear() {
        differencesMs.clear();
        toldNanos.clear();
    }

    void forget(final long peer) {
        differencesMs.remove(peer);
        toldNanos.remove(peer);
    }

    /** Milliseconds by which each peer's wall clock is ahead, by id. */
    public Map<Long, Long> differencesMs() {
        return new TreeMap<>(differencesMs);
    }
}
