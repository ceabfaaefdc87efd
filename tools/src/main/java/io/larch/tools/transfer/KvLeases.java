package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The leases that come along: granted with the time that they had at first, and kept alive as long
 * as the source has them, so that none ends before its keys do. Used by one thread.
 *
 * <pre>
 *   a key in the target hangs on the lease that it hangs on in the source, or on none
 *   a lease that ends in the source is no longer kept alive, and ends by itself
 * </pre>
 */
final class KvLeases {
    /** Renewed when this part of its time is over. */
    private static final int PARTS = 4;

    private static final long SYNC_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final KvSource source;
    private final KvClient target;
    private final boolean areAll;
    private final Map<Long, Lease> leases = new TreeMap<>();
    private long syncedNanos;
    private long lookedNanos;
    private long outlived;

    private static final class Lease {
        private final long seconds;
        private long renewedNanos = System.nanoTime();

        Lease(final long seconds) {
            this.seconds = seconds;
        }

        boolean isDue(final long nowNanos) {
            return nowNanos - renewedNanos > TimeUnit.SECONDS.toNanos(seconds) / PARTS;
        }
    }

    /**
     * @param areAll whether all leases of the source are taken, or those that keys hang on.
     */
    KvLeases(final KvSource source, final KvClient target, final boolean areAll) {
        this.source = source;
        this.target = target;
        this.areAll = areAll;
    }

    int count() {
        return leases.size();
    }

    /** How many keys named leases that were no more, and got none. */
    long outlived() {
        return outlived;
    }

    /**
     * Leaves those that the source has no more, and grants all that it has if all are taken.
     *
     * @return how many the target had not.
     */
    long sync() throws IOException {
        final Set<Long> there = source.leases();
        leases.keySet().retainAll(there);
        long granted = 0;
        if (areAll) {
            for (final long id : there) {
                if (!leases.containsKey(id)) {
                    granted += grant(id, source.grantedSeconds(id)) ? 1 : 0;
                    renewDue();
                }
            }
        }
        syncedNanos = System.nanoTime();
        return granted;
    }

    /** Whether the target had none of this id. */
    private boolean grant(final long id, final long seconds) throws IOException {
        if (seconds == 0) {
            return false;
        }
        final boolean isNew = target.grant(id, seconds);
        leases.put(id, new Lease(seconds));
        if (!isNew) {
            // It may have been there for long.
            renew(List.of(id));
        }
        return isNew;
    }

    /**
     * Of a key in the target: its lease is there then.
     *
     * @return 0: none.
     */
    long attach(final KvEntry entry) throws IOException {
        final long id = entry.lease();
        if (id == 0 || leases.containsKey(id)) {
            return id;
        }
        grant(id, source.grantedSeconds(id));
        if (leases.containsKey(id)) {
            return id;
        }
        if (source.hasOutlivedLease(entry)) {
            outlived++;
            return 0;
        }
        // It has ended since, and takes the key along here, too.
        target.grant(id, 1);
        return id;
    }

    /**
     * Grants a lease again that was to end soon, and has ended before its key was written.
     *
     * @throws OutdatedException if it is another, which had keys.
     */
    void reviveIfEnded(final long id) throws IOException {
        if (leases.containsKey(id)) {
            renew(List.of(id));
        } else {
            target.grant(id, 1);
        }
    }

    /**
     * To be called several times a second.
     *
     * @throws OutdatedException if leases have ended in the target, and their keys with them.
     */
    void renewIfDue() throws IOException {
        final long nowNanos = System.nanoTime();
        if (leases.isEmpty() || nowNanos - lookedNanos < LOOK_NANOS) {
            return;
        }
        lookedNanos = nowNanos;
        if (nowNanos - syncedNanos > SYNC_NANOS) {
            sync();
        }
        renewDue();
    }

    private void renewDue() throws IOException {
        final long nowNanos = System.nanoTime();
        final List<Long> due = new ArrayList<>();
        leases.forEach(
                (id, lease) -> {
                    if (lease.isDue(nowNanos)) {
                        due.add(id);
                    }
                });
        renew(due);
    }

    /** All of them. */
    void renew() throws IOException {
        renew(List.copyOf(leases.keySet()));
    }

    private void renew(final List<Long> ids) throws IOException {
        if (ids.isEmpty()) {
            return;
        }
        final long nowNanos = System.nanoTime();
        final Set<Long> gone = target.keepAlive(ids);
        ids.forEach(id -> leases.get(id).renewedNanos = nowNanos);
        if (!gone.isEmpty()) {
            leases.keySet().removeAll(gone);
            throw ended(gone.size());
        }
    }

    private static OutdatedException ended(final int count) {
        return new OutdatedException("%d leases have ended in the target".formatted(count));
    }

    /** How many the target has not. */
    long missing() throws IOException {
        final Set<Long> there = target.leases();
        return leases.keySet().stream().filter(id -> !there.contains(id)).count();
    }
}
