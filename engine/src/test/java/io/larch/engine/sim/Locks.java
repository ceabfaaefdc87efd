package io.larch.engine.sim;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.Store;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Clients that hold locks, keys with a TTL, and what they rely on. Each has a right clock: a lock
 * is its own until a TTL after it <em>sent</em> what was acknowledged. Times are true ones, in
 * nanoseconds, which no member knows.
 */
final class Locks {
    static final int LOCKS = 2;
    static final int CLIENTS = 3;

    private static final long NANOS_PER_MS = 1_000_000L;
    private static final long LATEST_NANOS = 1_000 * NANOS_PER_MS;

    /** In a calm, what was under way when it began has arrived by then. */
    private static final long ARRIVAL_NANOS = 200 * NANOS_PER_MS;

    /** A request of a client for a lock. */
    static final class Ask {
        private final int lock;
        private final int client;
        private final long token;
        private final long sentNanos;
        private final long ttlNanos;
        private boolean isGivenUp;

        private Ask(
                final int lock,
                final int client,
                final long token,
                final long sentNanos,
                final long ttlNanos) {
            this.lock = lock;
            this.client = client;
            this.token = token;
            this.sentNanos = sentNanos;
            this.ttlNanos = ttlNanos;
        }

        long token() {
            return token;
        }

        long ttlNanos() {
            return ttlNanos;
        }

        boolean isGivenUp() {
            return isGivenUp;
        }
    }

    private static final class Lock {
        /** Whose it is; by the acknowledged request that stands last in the log. */
        private long token;

        private long raftIndex;
        private long heldUntilNanos;
        private long takenNanos;

        /** When somebody asked, or was answered, or gave up: the last that it may count from. */
        private long lastAskedNanos;

        private long longestTtlNanos;
    }

    private static final class Client {
        private long token;
        private long ttlNanos;
        private long heldUntilNanos;
        private long refreshedNanos;
        private Ask ask;
    }

    private final List<Lock> locks = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final Result result = new Result();
    private final ExpandableArrayBuffer get = new ExpandableArrayBuffer(128);
    private final boolean isUnderLeases;
    private long nextToken = 1;
    private long trueNanos;
    private long calmSinceNanos = -1;
    private long calmTerm;
    private int taken;
    private int ended;

    /**
     * @param isUnderLeases whether half of the locks are keys of the v3 API under leases.
     */
    Locks(final boolean isUnderLeases) {
        this.isUnderLeases = isUnderLeases;
        for (int i = 0; i < LOCKS; i++) {
            locks.add(new Lock());
        }
        for (int i = 0; i < LOCKS * CLIENTS; i++) {
            clients.add(new Client());
        }
    }

    /** Whether a lock is a key of the v3 API. */
    boolean isUnderLease(final int lock) {
        return isUnderLeases && lock % 2 == 1;
    }

    void pass(final long nanos) {
        trueNanos += nanos;
    }

    long trueNanos() {
        return trueNanos;
    }

    /** Nothing but clocks goes wrong from now on, or things go wrong again. */
    void calm(final boolean isCalm) {
        calmSinceNanos = isCalm ? trueNanos : -1;
        calmTerm = 0;
    }

    /** How often a lock was taken. */
    int taken() {
        return taken;
    }

    /** How often one was seen to be free in time after it was held. */
    int ended() {
        return ended;
    }

    static String path(final int lock) {
        return "/l/" + lock;
    }

    // --- clients ---

    private Client client(final int lock, final int client) {
        return clients.get(lock * CLIENTS + client);
    }

    boolean isAsking(final int lock, final int client) {
        return client(lock, client).ask != null;
    }

    long askedSince(final int lock, final int client) {
        return client(lock, client).ask.sentNanos;
    }

    /** Whether the client may take it that the lock is its own. */
    boolean holds(final int lock, final int client) {
        final Client each = client(lock, client);
        return each.token != 0 && trueNanos < each.heldUntilNanos;
    }

    long refreshedSince(final int lock, final int client) {
        return client(lock, client).refreshedNanos;
    }

    /** A client asks for the lock that it does not hold. */
    Ask take(final int lock, final int client, final long ttlNanos) {
        client(lock, client).token = 0;
        client(lock, client).ttlNanos = ttlNanos;
        return ask(lock, client, nextToken++, ttlNanos);
    }

    /** A client asks for as much time again, from now. */
    Ask refresh(final int lock, final int client) {
        final Client each = client(lock, client);
        return ask(lock, client, each.token, each.ttlNanos);
    }

    private Ask ask(final int lock, final int client, final long token, final long ttlNanos) {
        final Ask ask = new Ask(lock, client, token, trueNanos, ttlNanos);
        client(lock, client).ask = ask;
        final Lock asked = locks.get(lock);
        asked.lastAskedNanos = trueNanos;
        asked.longestTtlNanos = Math.max(asked.longestTtlNanos, ttlNanos);
        return ask;
    }

    /** A client waits no longer; it will not hear of the answer. */
    Ask giveUp(final int lock, final int client) {
        final Ask ask = client(lock, client).ask;
        if (ask != null) {
            ask.isGivenUp = true;
            locks.get(lock).lastAskedNanos = trueNanos;
            client(lock, client).ask = null;
        }
        return ask;
    }

    void acknowledged(final Ask ask, final long raftIndex) {
        if (!answered(ask)) {
            return;
        }
        final Client client = client(ask.lock, ask.client);
        final Lock lock = locks.get(ask.lock);
        final long untilNanos = ask.sentNanos + ask.ttlNanos;
        client.token = ask.token;
        client.refreshedNanos = trueNanos;
        client.heldUntilNanos = Math.max(client.heldUntilNanos, untilNanos);
        if (raftIndex < lock.raftIndex) {
            // Somebody else was told before that the lock is his, by what stands behind this.
            if (lock.token != ask.token && lock.takenNanos < untilNanos) {
                throw twoHold(ask, lock.takenNanos, untilNanos);
            }
            return;
        }
        if (lock.token != ask.token) {
            if (trueNanos < lock.heldUntilNanos) {
                throw twoHold(ask, trueNanos, lock.heldUntilNanos);
            }
            taken++;
            lock.token = ask.token;
            lock.takenNanos = trueNanos;
            lock.heldUntilNanos = untilNanos;
        }
        lock.heldUntilNanos = Math.max(lock.heldUntilNanos, untilNanos);
        lock.raftIndex = raftIndex;
    }

    /** Told that the lock is another's, or gone. */
    void refused(final Ask ask) {
        if (!answered(ask)) {
            return;
        }
        final Client client = client(ask.lock, ask.client);
        if (client.token == ask.token && trueNanos < client.heldUntilNanos) {
            throw endsEarly(ask.lock, "its holder is told", client.heldUntilNanos);
        }
        client.token = 0;
    }

    /** Nobody knows what became of it. */
    void unknown(final Ask ask) {
        answered(ask);
    }

    private boolean answered(final Ask ask) {
        // Also of one that was given up: what was under way for long has given a lock its time now.
        locks.get(ask.lock).lastAskedNanos = trueNanos;
        final Client client = client(ask.lock, ask.client);
        if (ask.isGivenUp) {
            return false;
        }
        if (client.ask == ask) {
            client.ask = null;
        }
        return true;
    }

    /** The members that clients asked are gone with what they were asked. */
    void lost(final Ask ask) {
        answered(ask);
    }

    // --- what must hold ---

    /** Looks at what a member that is up holds. */
    void check(final Place place) {
        for (int i = 0; i < LOCKS; i++) {
            final Lock lock = locks.get(i);
            if (lock.token == 0
                    || trueNanos >= lock.heldUntilNanos
                    || place.member.raft().appliedIndex() < lock.raftIndex) {
                continue;
            }
            final long found = tokenOf(place, i);
            if (found != lock.token) {
                throw endsEarly(
                        i,
                        "member " + place.number + " has " + found + " for " + lock.token,
                        lock.heldUntilNanos);
            }
        }
    }

    /**
     * In a calm, under one leader: what was not refreshed is free within a second.
     *
     * @param leader who leads; null when nobody does.
     */
    void checkEnds(final Place leader) {
        if (calmSinceNanos < 0) {
            return;
        }
        final long term = leader == null ? 0 : leader.member.raft().term();
        if (term == 0 || term != calmTerm) {
            calmTerm = term;
            calmSinceNanos = trueNanos;
            return;
        }
        for (int i = 0; i < LOCKS; i++) {
            final Lock lock = locks.get(i);
            final long from = Math.max(lock.lastAskedNanos, calmSinceNanos + ARRIVAL_NANOS);
            if (lock.longestTtlNanos == 0
                    || isAskedFor(i)
                    || trueNanos <= from + lock.longestTtlNanos + LATEST_NANOS) {
                continue;
            }
            final long found = tokenOf(leader, i);
            if (found != 0) {
                throw new Violation(
                        "locks end in time",
                        "lock "
                                + i
                                + " of "
                                + found
                                + " is still there "
                                + (trueNanos - from - lock.longestTtlNanos) / NANOS_PER_MS
                                + " ms after its end");
            }
            ended++;
            lock.longestTtlNanos = 0;
        }
    }

    private boolean isAskedFor(final int lock) {
        for (int i = 0; i < CLIENTS; i++) {
            if (isAsking(lock, i)) {
                return true;
            }
        }
        return false;
    }

    /** Whose lock it is by what a member holds; 0 when it is free. */
    private long tokenOf(final Place place, final int lock) {
        return isUnderLease(lock)
                ? tokenOf(place.member.kv().store(), lock)
                : tokenOf(place.member.store(), lock);
    }

    private static long tokenOf(final MvccStore store, final int lock) {
        final byte[] bytes = KvClients.lockKey(lock).getBytes(StandardCharsets.US_ASCII);
        final UnsafeBuffer key = new UnsafeBuffer(bytes);
        final KeyVersion version = new KeyVersion();
        return store.get(key, 0, bytes.length, MvccStore.NEWEST, version)
                ? Long.parseLong(
                        version.buffer()
                                .getStringWithoutLengthAscii(
                                        version.valueOffset(), version.valueLength()))
                : 0;
    }

    private long tokenOf(final Store store, final int lock) {
        final byte[] path = path(lock).getBytes(StandardCharsets.US_ASCII);
        final int at =
                KeysCommand.encodeHeader(
                        get,
                        0,
                        CommandType.GET,
                        0,
                        0,
                        0,
                        CommandEnvelope.PERMANENT,
                        0,
                        path.length,
                        0,
                        0);
        get.putBytes(at, path);
        store.get(new KeysCommand().wrap(get, 0), 0, result);
        return result.isOk()
                ? CheckedEdge.value(
                        result.event(), result.eventOffset() + EventFlyweight.HEADER_LENGTH)
                : 0;
    }

    private Violation twoHold(final Ask ask, final long atNanos, final long untilNanos) {
        return new Violation(
                "locks have one holder",
                "lock "
                        + ask.lock
                        + " has two holders for "
                        + (untilNanos - atNanos) / NANOS_PER_MS
                        + " ms");
    }

    private Violation endsEarly(final int lock, final String how, final long untilNanos) {
        return new Violation(
                "locks are kept",
                "lock "
                        + lock
                        + " ends "
                        + (untilNanos - trueNanos) / NANOS_PER_MS
                        + " ms early: "
                        + how);
    }
}
