package io.larch.http;

/**
 * What an operator says about the v3 API.
 *
 * @param maxRequestBytes of a command for the log: {@code --max-request-bytes}.
 * @param maxTxnOps of the operations of a transaction: {@code --max-txn-ops}.
 * @param electionTimeoutMs of the members; the shortest lease follows from it.
 * @param progressIntervalMs between two words to a watch that has no events: {@code
 *     --watch-progress-notify-interval}.
 */
public record V3Options(
        int maxRequestBytes, int maxTxnOps, long electionTimeoutMs, long progressIntervalMs) {
    /** etcd's. */
    public static final V3Options DEFAULT = new V3Options(3 << 19, 128, 1_000, 600_000);

    /** What a message may be longer than its command, as in etcd. */
    private static final int OVERHEAD_BYTES = 512 << 10;

    private static final double SECOND_MS = 1_000;

    int maxMessageBytes() {
        return (int) Math.min(Integer.MAX_VALUE, (long) maxRequestBytes + OVERHEAD_BYTES);
    }

    /** One and a half election time-outs, in whole seconds. */
    long minLeaseTtlSeconds() {
        return (long) Math.ceil(1.5 * electionTimeoutMs / SECOND_MS);
    }
}
