package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The leases that come along: granted with the time that they had at first, and kept alive until
 * the keys are written, so that none ends meanwhile. Used by one thread.
 */
final class KvLeases {
    /** Renewed when this part of the shortest time is over. */
    private static final int PARTS = 4;

    private final KvTarget target;
    private final SortedMap<Long, Long> leases;
    private final long renewalNanos;
    private long renewedNanos;

    private KvLeases(final KvTarget target, final SortedMap<Long, Long> leases) {
        this.target = target;
        this.leases = leases;
        final long shortest = leases.values().stream().mapToLong(ttl -> ttl).min().orElse(1);
        renewalNanos = TimeUnit.SECONDS.toNanos(Math.max(1, shortest)) / PARTS;
    }

    /** All of a store, or of a part those on which one of its keys hangs. */
    static KvLeases of(final KvStore store, final KvRange range, final KvTarget target) {
        if (range.isAll()) {
            return new KvLeases(target, store.leases());
        }
        final TreeMap<Long, Long> some = new TreeMap<>();
        for (final KvEntry entry : range.of(store)) {
            if (store.hasLease(entry.lease())) {
                some.put(entry.lease(), store.leases().get(entry.lease()));
            }
        }
        return new KvLeases(target, some);
    }

    int count() {
        return leases.size();
    }

    /** Those that the target has already stay as they are. */
    void grant() throws IOException {
        renewedNanos = System.nanoTime();
        for (final var lease : leases.entrySet()) {
            target.grant(lease.getKey(), Math.max(1, lease.getValue()));
            renewIfDue();
        }
    }

    void renewIfDue() throws IOException {
        if (!leases.isEmpty() && System.nanoTime() - renewedNanos > renewalNanos) {
            renew();
        }
    }

    void renew() throws IOException {
        renewedNanos = System.nanoTime();
        target.keepAlive(leases.keySet());
    }

    /** How many the target has not. */
    long missing() throws IOException {
        final var there = target.leases();
        return leases.keySet().stream().filter(id -> !there.contains(id)).count();
    }
}
