package io.larch.http.auth;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Work of many clients, one piece of each in turn, so that who asks for much delays himself most. A
 * client may be told to rest, and the others go on meanwhile. Bounded, for each and for all.
 *
 * <p>Not threadsafe: its owner locks.
 *
 * @param <W> a piece of work.
 */
final class FairQueue<W> {
    private final Map<Object, Client<W>> clients = new LinkedHashMap<>();
    private final int perClient;
    private final int capacity;
    private int size;

    private static final class Client<W> {
        private final Object key;
        private final ArrayDeque<W> work = new ArrayDeque<>();
        private boolean isResting;
        private long restsUntilNanos;

        Client(final Object key) {
            this.key = key;
        }
    }

    FairQueue(final int perClient, final int capacity) {
        this.perClient = perClient;
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    /**
     * @return false when there are too many, of this client or of all.
     */
    boolean offer(final Object key, final W work) {
        final Client<W> client = clients.get(key);
        if (size == capacity || client != null && client.work.size() == perClient) {
            return false;
        }
        clients.computeIfAbsent(key, Client::new).work.addLast(work);
        size++;
        return true;
    }

    /** The next piece whose client does not rest; null when there is none. */
    W poll(final long nowNanos) {
        Client<W> found = null;
        final Iterator<Client<W>> all = clients.values().iterator();
        while (all.hasNext() && found == null) {
            final Client<W> client = all.next();
            if (client.isResting && client.restsUntilNanos - nowNanos <= 0) {
                client.isResting = false;
            }
            if (!client.isResting) {
                all.remove();
                found = client.work.isEmpty() ? null : client;
            }
        }
        if (found == null) {
            return null;
        }
        size--;
        final W work = found.work.removeFirst();
        if (!found.work.isEmpty()) {
            clients.put(found.key, found);
        }
        return work;
    }

    /** Nothing more of this client for a while. */
    void rest(final Object key, final long untilNanos) {
        if (clients.size() >= capacity && !clients.containsKey(key)) {
            return;
        }
        final Client<W> client = clients.computeIfAbsent(key, Client::new);
        client.isResting = true;
        client.restsUntilNanos = untilNanos;
    }

    /** How long until somebody has rested; at most so long. */
    long waitNanos(final long nowNanos, final long maxNanos) {
        long waitNanos = maxNanos;
        for (final Client<W> client : clients.values()) {
            if (client.isResting && !client.work.isEmpty()) {
                waitNanos = Math.min(waitNanos, client.restsUntilNanos - nowNanos);
            }
        }
        return waitNanos;
    }
}
