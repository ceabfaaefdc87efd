package io.larch.engine;

import org.agrona.collections.Long2LongHashMap;

/**
 * Writes that were proposed here and are not applied yet, by the Raft index they were given. Owned
 * by the engine thread.
 *
 * <p>Bounded by {@code capacity}: the caller refuses a request when {@link #isFull}.
 */
final class PendingRequests {
    /** No request waits for this entry. Correlation ids are never 0. */
    static final long NONE = 0;

    private final Long2LongHashMap correlationIdByRaftIndex;
    private final int capacity;

    PendingRequests(final int capacity) {
        this.capacity = capacity;
        correlationIdByRaftIndex = new Long2LongHashMap(1024, 0.6f, NONE);
    }

    boolean isFull() {
        return correlationIdByRaftIndex.size() >= capacity;
    }

    int size() {
        return correlationIdByRaftIndex.size();
    }

    void put(final long raftIndex, final long correlationId) {
        correlationIdByRaftIndex.put(raftIndex, correlationId);
    }

    /**
     * Forgets and returns the request that waited for an entry, {@link #NONE} if there was none.
     */
    long remove(final long raftIndex) {
        return correlationIdByRaftIndex.remove(raftIndex);
    }

    /** Forgets all, telling each id once. The order is not defined. */
    void drain(final java.util.function.LongConsumer eachCorrelationId) {
        correlationIdByRaftIndex.values().forEach(id -> eachCorrelationId.accept(id));
        correlationIdByRaftIndex.clear();
    }
}
