package io.larch.engine.kv;

import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseClock;
import io.larch.engine.lease.LeaseTable;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What becomes of requests about leases. A lease whose time is up is as good as gone, even while
 * its keys are still there because there are many to take away: nothing revives it.
 */
final class LeaseRules {
    /** The longest TTL, in seconds. */
    static final long MAX_TTL_SECONDS = 9_000_000_000L;

    /** Leases and keys taken away in one go. */
    private static final int EXPIRY_STEPS = 2_000;

    private static final int GRANTED_ID = 2;
    private static final int GRANTED_TTL = 3;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final LeaseTable leases;
    private final LeaseClock clock;
    private final KeyChanges changes;
    private final Runnable onRevision;

    /** What the body of the last request said. */
    private long id;

    private long ttlSeconds;
    private KvError error;

    /**
     * @param onRevision called after each lease that has ended, which may have made a revision.
     */
    LeaseRules(final KvState state, final KeyChanges changes, final Runnable onRevision) {
        leases = state.leases();
        clock = state.clock();
        this.changes = changes;
        this.onRevision = onRevision;
    }

    /** Why the last request was refused; null: it was not. */
    KvError error() {
        return error;
    }

    /**
     * Grants a lease.
     *
     * @return the end of the response's fields.
     */
    int grant(final ProtoReader request, final MutableDirectBuffer target, final int offset) {
        ttlSeconds = 0;
        id = 0;
        while (request.next()) {
            switch (request.field()) {
                case 1 -> ttlSeconds = request.number();
                case 2 -> id = request.number();
                default -> {
                    // Of no meaning here.
                }
            }
        }
        error = grant();
        if (error != null) {
            return offset;
        }
        final int at = ProtoWriter.number(target, offset, GRANTED_ID, id);
        return ProtoWriter.number(target, at, GRANTED_TTL, ttlSeconds);
    }

    private KvError grant() {
        if (id == 0) {
            return KvError.LEASE_NOT_FOUND;
        }
        if (ttlSeconds > MAX_TTL_SECONDS) {
            return KvError.LEASE_TTL_TOO_LARGE;
        }
        if (findLive(id) != null) {
            return KvError.LEASE_EXISTS;
        }
        ttlSeconds = Math.max(1, ttlSeconds);
        leases.grant(id, ttlSeconds, clock.now());
        return null;
    }

    /** The lease of an id, unless its time is up: then it ends now. */
    private Lease findLive(final long wanted) {
        final Lease lease = leases.get(wanted);
        if (lease != null && LeaseTable.isOver(lease, clock.now())) {
            end(lease);
            return null;
        }
        return lease;
    }

    /** Revokes a lease. Its answer is empty. */
    void revoke(final ProtoReader request) {
        id = 0;
        while (request.next()) {
            if (request.field() == 1) {
                id = request.number();
            }
        }
        final Lease lease = leases.get(id);
        error = lease == null ? KvError.LEASE_NOT_FOUND : null;
        if (lease != null) {
            end(lease);
        }
    }

    private void end(final Lease lease) {
        changes.end(lease);
        onRevision.run();
    }

    /**
     * Renews leases.
     *
     * @param ids longs, little endian.
     * @return the end of the answer: pairs of id and TTL, 0 for what is not there.
     */
    int keepAlive(
            final DirectBuffer ids,
            final int idsOffset,
            final int length,
            final MutableDirectBuffer target,
            final int offset) {
        error = null;
        int at = offset;
        for (int i = 0; i + Long.BYTES <= length; i += Long.BYTES) {
            final long wanted = ids.getLong(idsOffset + i, ORDER);
            final Lease lease = findLive(wanted);
            if (lease != null) {
                leases.renew(lease, clock.now());
            }
            target.putLong(at, wanted, ORDER);
            target.putLong(at + Long.BYTES, lease == null ? 0 : lease.ttlSeconds(), ORDER);
            at += 2 * Long.BYTES;
        }
        return at;
    }

    /**
     * Ends leases whose time is up, as many as may be in one go.
     *
     * @param most leases and keys; one more lease than that has room may go, with all its keys.
     */
    void expire(final int most) {
        int steps = Math.min(most, EXPIRY_STEPS);
        while (steps > 0 && isBehind()) {
            final Lease lease = leases.next();
            steps -= 1 + lease.keyCount();
            end(lease);
        }
    }

    /** Whether there are leases whose time is up. */
    boolean isBehind() {
        final Lease next = leases.next();
        return next != null && LeaseTable.isOver(next, clock.now());
    }

    /** When the next lease ends, by the cluster's time; the largest number for never. */
    long nextExpiryNanos() {
        final Lease next = leases.next();
        return next == null ? Long.MAX_VALUE : clock.clusterTimeOf(next.deadlineNanos());
    }
}
