package io.larch.engine.loop;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Says when the leader proposes the next SYNC, the command that lets keys expire, and builds it.
 * Every 500 ms as in etcd, whether or not a key has a TTL, since it is also the sign of life of an
 * idle cluster; sooner when an application says that something ends sooner. Owned by the engine
 * thread.
 */
final class ExpiryProposals {
    static final long INTERVAL_NANOS = 500_000_000L;

    /**
     * While the store has more to do than one SYNC does: work for some ms each, with room between
     * for what clients ask.
     */
    private static final long HURRY_NANOS = 2_000_000L;

    /** What ends at almost the same time ends together. */
    private static final long SPACING_NANOS = 25_000_000L;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer command = new UnsafeBuffer(0, 0);
    private final byte[] plain = new byte[KeysCommand.HEADER_LENGTH];
    private final byte[] bounded = new byte[KeysCommand.HEADER_LENGTH + Integer.BYTES];
    private final ExpiryPace pace = new ExpiryPace();
    private long nextNanos;
    private long lastNanos;

    ExpiryProposals(final long nowNanos) {
        nextNanos = nowNanos + INTERVAL_NANOS;
        lastNanos = nowNanos;
    }

    /** This member leads from now on. */
    void restart(final long nowNanos) {
        nextNanos = nowNanos + INTERVAL_NANOS;
    }

    /** The next SYNC is due at once. */
    void dueNow(final long nowNanos) {
        nextNanos = nowNanos;
    }

    /**
     * A SYNC was applied and left something to be done: the next one comes soon.
     *
     * @param tookNanos the applying.
     */
    void hurry(final long tookNanos, final long nowNanos) {
        pace.took(tookNanos);
        final long soonNanos = nowNanos + HURRY_NANOS;
        if (soonNanos - nextNanos < 0) {
            nextNanos = soonNanos;
        }
    }

    /** Something expires after a while: the next SYNC comes then, but not too soon on the last. */
    void expiresIn(final long delayNanos, final long nowNanos) {
        if (delayNanos < INTERVAL_NANOS) {
            final long atNanos = nowNanos + Math.max(0, delayNanos);
            final long earliestNanos = lastNanos + SPACING_NANOS;
            final long dueNanos = atNanos - earliestNanos < 0 ? earliestNanos : atNanos;
            if (dueNanos - nextNanos < 0) {
                nextNanos = dueNanos;
            }
        }
    }

    boolean isDue(final long nowNanos) {
        return nextNanos - nowNanos <= 0;
    }

    long nextNanos() {
        return nextNanos;
    }

    /**
     * The command, which gets its time in the log; after a pause the missed ones are not made up
     * for.
     *
     * @param wallOffsetNanos from the cluster's time to the wall clock.
     * @param isBounded whether it says how much it lets expire, which all members must understand.
     */
    UnsafeBuffer next(final long nowNanos, final long wallOffsetNanos, final boolean isBounded) {
        nextNanos = Math.max(nextNanos + INTERVAL_NANOS, nowNanos);
        lastNanos = nowNanos;
        command.wrap(isBounded ? bounded : plain);
        final int valueOffset =
                KeysCommand.encodeHeader(
                        command,
                        0,
                        isBounded ? CommandType.SYNC_SOME : CommandType.SYNC,
                        0,
                        0,
                        0,
                        CommandEnvelope.PERMANENT,
                        wallOffsetNanos,
                        0,
                        isBounded ? Integer.BYTES : 0,
                        0);
        if (isBounded) {
            command.putInt(valueOffset, pace.most(), ORDER);
        }
        return command;
    }
}
