package io.larch.engine.sim;

import io.larch.engine.sim.Operation.Kind;

/** What clients ask of members. */
final class Requests {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final Kind[] KINDS = Kind.values();
    private static final AuthChange[] AUTH_CHANGES = AuthChange.values();

    private final Group group;
    private final Processes processes;
    private final Clients clients;
    private final Locks locks;

    Requests(
            final Group group,
            final Processes processes,
            final Clients clients,
            final Locks locks) {
        this.group = group;
        this.processes = processes;
        this.clients = clients;
        this.locks = locks;
    }

    /** A client of a member asks. */
    void act(final Place place, final Deed deed, final long b, final long c, final long d) {
        switch (deed) {
            case ASK -> {
                final int key = (int) c;
                if (clients.takesMore(key)) {
                    final Kind kind = KINDS[(int) b];
                    processes.guard(place, p -> p.edge.ask(key, kind, d & 0xffffffffL, d >>> 32));
                }
            }
            case LOOK -> processes.guard(place, p -> p.edge.look((int) b));
            case QUEUE -> processes.guard(place, p -> p.edge.queue(b));
            case EXPIRE -> processes.guard(place, p -> p.edge.expire((int) b, c, d));
            case WATCH ->
                    processes.guard(
                            place,
                            p ->
                                    p.edge.watch(
                                            (int) b,
                                            c == 0
                                                    ? 0
                                                    : Math.max(1, p.member.store().index() - c)));
            case LOCK -> lock(place, (int) b, (int) c, d * NANOS_PER_MS);
            case REFRESH -> refresh(place, (int) b, (int) c);
            case UNWATCH -> processes.guard(place, p -> p.edge.unwatch());
            case COUNT -> count(place, b);
            case TALLY -> count(place, 0);
            case USERS -> users(place, (int) b, (int) c, d);
            case KV_ASK, KV_GROUP, KV_LEASE, KV_COMPACT, KV_WATCH, KV_UNWATCH, KV_ANY -> {
                if (place.member.kv() != null) {
                    processes.guard(place, p -> revisions(p, deed, b, c, d));
                }
            }
            default -> {
                // It is there already.
            }
        }
    }

    /** Clients of an older member do not know of counters. */
    private void count(final Place place, final long amount) {
        if (place.member.counter() != null) {
            processes.guard(place, p -> p.edge.count(amount));
        }
    }

    private void users(final Place place, final int change, final int name, final long number) {
        if (place.member.auth() != null) {
            processes.guard(place, p -> p.edge.change(AUTH_CHANGES[change], name, number));
        }
    }

    private void revisions(
            final Place place, final Deed deed, final long b, final long c, final long d) {
        final KvClients kv = place.edge.kv();
        final long newest = place.member.kv().index();
        switch (deed) {
            case KV_ASK -> {
                final int key = (int) c;
                if (clients.takesMore(KvClients.FIRST_KEY + key)) {
                    kv.ask(key, KINDS[(int) b], d & 0xffffffffL, d >>> 32);
                }
            }
            case KV_GROUP -> kv.group(b, c);
            case KV_LEASE -> kv.lease((int) b, c, d);
            case KV_COMPACT -> kv.compact(newest - b);
            case KV_WATCH -> kv.watch((int) b, c == 0 ? 0 : Math.max(1, newest + 1 - c), (int) d);
            case KV_ANY -> kv.any(b, newest);
            default -> kv.unwatch();
        }
    }

    private void lock(final Place place, final int lock, final int client, final long ttlNanos) {
        if (!place.isPaused && !locks.isAsking(lock, client) && !locks.holds(lock, client)) {
            final long ttl = locks.isUnderLease(lock) ? wholeSeconds(ttlNanos) : ttlNanos;
            processes.guard(place, p -> lock(p, locks.take(lock, client, ttl), lock, true));
        }
    }

    private void refresh(final Place place, final int lock, final int client) {
        if (!place.isPaused && !locks.isAsking(lock, client) && locks.holds(lock, client)) {
            processes.guard(place, p -> lock(p, locks.refresh(lock, client), lock, false));
        }
    }

    private void lock(final Place place, final Locks.Ask ask, final int lock, final boolean isNew) {
        if (locks.isUnderLease(lock)) {
            place.edge.kv().lock(ask, lock, isNew);
        } else {
            place.edge.lock(ask, lock, isNew);
        }
    }

    private static long wholeSeconds(final long nanos) {
        return (nanos / (1000 * NANOS_PER_MS) + 1) * 1000 * NANOS_PER_MS;
    }

    /** A client waits for its answer no longer. */
    void giveUp(final int lock, final int client) {
        final Locks.Ask ask = locks.giveUp(lock, client);
        for (final Place place : group.places()) {
            if (ask != null && place.isUp()) {
                processes.guard(place, p -> p.edge.giveUp(ask));
            }
        }
    }
}
