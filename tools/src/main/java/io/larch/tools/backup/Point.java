package io.larch.tools.backup;

import java.time.Instant;

/**
 * Where a state stands.
 *
 * @param raftIndex of the last entry in it.
 * @param storeIndex {@code X-Etcd-Index}.
 * @param revision of the v3 API.
 * @param timeNanos the newest time in it, as the leader's wall clock showed it: nanoseconds since
 *     the epoch; {@link Long#MIN_VALUE}: there is none.
 */
record Point(long raftIndex, long storeIndex, long revision, long timeNanos) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    @Override
    public String toString() {
        return "Raft's index "
                + raftIndex
                + ", X-Etcd-Index "
                + storeIndex
                + ", v3 revision "
                + revision
                + ", "
                + (timeNanos == Long.MIN_VALUE ? "no time" : time(timeNanos));
    }

    static String time(final long nanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(nanos, NANOS_PER_SECOND),
                        Math.floorMod(nanos, NANOS_PER_SECOND))
                .toString();
    }
}
