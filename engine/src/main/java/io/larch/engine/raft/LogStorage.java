package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/**
 * Where the Raft log lies: the write-ahead log of a member, or the simulated disk of a test.
 *
 * <p>Writes are accepted at once and are readable at once, but durable only when the owner of the
 * storage has synced it up to the {@link #position} that was reported after the write. All methods
 * run on the engine thread.
 *
 * <p>Indexes count from 1. A log whose prefix was compacted remembers index and term of the last
 * entry that is gone, so {@code term(firstIndex() - 1)} always answers.
 */
public interface LogStorage {
    /** Index of the first entry that can be read; {@code lastIndex() + 1} when there is none. */
    long firstIndex();

    /** Index of the last entry, or of the snapshot when there is none; 0 in a new log. */
    long lastIndex();

    /**
     * Term of the entry at an index.
     *
     * @return -1 when the index is below {@code firstIndex() - 1} or above {@link #lastIndex}.
     */
    long term(long index);

    /**
     * Appends the entry with index {@code lastIndex() + 1}. The body is copied before the call
     * returns.
     *
     * @param kind one of {@link EntryKind}'s codes.
     * @return the index of the entry.
     */
    long append(long term, byte kind, DirectBuffer body, int offset, int length);

    /** Removes the entry at an index and all behind it. Terms and indexes below stay. */
    void truncateFrom(long index);

    /**
     * Records term, vote (0 = none) and commit index. Part of the same stream as the entries, so
     * one sync covers both.
     */
    void saveHardState(long term, long votedFor, long commitIndex);

    /**
     * Bytes ever written to the stream, never decreasing. What was written so far is durable once a
     * sync reached this.
     */
    long position();

    /**
     * Reads entries in order, from one index up to and with another, until the consumer returns
     * false or {@code maxBytes} of bodies were passed; at least one is passed if {@code fromIndex
     * <= toIndex}.
     *
     * @return how many entries were passed.
     */
    int read(long fromIndex, long toIndex, long maxBytes, EntryConsumer consumer);

    /**
     * Forgets entries up to and with an index, which must be applied and covered by a durable
     * snapshot.
     */
    void compact(long throughIndex);

    /** Drops the whole log: it now starts behind a snapshot that was installed and is durable. */
    void resetTo(long snapshotIndex, long snapshotTerm);

    /** Receives entries that are read. */
    @FunctionalInterface
    interface EntryConsumer {
        /**
         * @param body valid during the call only.
         * @return false to end the read after this entry.
         */
        boolean onEntry(
                long index, long term, byte kind, DirectBuffer body, int offset, int length);
    }
}
