package io.larch.engine.application;

import io.larch.engine.codec.CommandEnvelope;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * State that committed commands change. Deterministic: the same commands in the same order give the
 * same state, results and snapshot on every member. Told the time, by the commands and by {@link
 * ClusterTime}; knows no thread, lock, file or socket.
 *
 * <p>All methods run on the engine thread, but for {@link #restore} on an empty application that
 * nobody else knows yet. Buffers passed in are valid during the call only.
 */
public interface Application extends AutoCloseable {
    /** In the envelope of each of its commands; 0 to {@link CommandEnvelope#MAX_DOMAIN}. */
    int domain();

    /** What a command of its domain is to the engine. */
    CommandKind kind(byte type);

    /**
     * Feature level that a member must have to understand commands of a type: such a command is
     * proposed only when every voter and learner has it.
     */
    int featureLevel(byte type);

    /** Whether the bytes behind the envelope fit the command's type, which is known. */
    boolean isWellFormed(DirectBuffer buffer, int offset, int length);

    /**
     * Whether there is room for what a write would add. Asked before it is proposed: once it is in
     * the log, every member has to apply it.
     *
     * @param underWay what others may add that were admitted and are not applied yet.
     * @param growth is set to what this one would add now.
     * @return 0, or the code of an error to refuse it with.
     */
    int admit(CommandEnvelope command, Growth underWay, Growth growth);

    /**
     * What a write compares with before it changes anything, as a number that is the same for all
     * that compare with the same; two others may share one. 0 for a write that is to be in the log
     * whatever comes of it.
     *
     * <p>Of writes with the same subject that are under way at once most are refused, and one that
     * is refused is a read: it need not be in the log.
     */
    default long subject(final CommandEnvelope command) {
        return 0;
    }

    /**
     * Whether a write that has a {@link #subject} would be refused if it were applied now; the
     * refusal is in the result then. Changes nothing.
     */
    default boolean isRefused(final CommandEnvelope command, final Result result) {
        return false;
    }

    /** A write was refused by {@link #isRefused}, and its client is told. Only counts it. */
    default void refused(final CommandEnvelope command) {
        // Most count nothing.
    }

    /** Applies one committed write. A refusal by its rules is a result too. */
    void apply(CommandEnvelope command, Result result);

    /**
     * The cluster's clock has reached a time, on all members at the same entry: what has expired
     * goes. May leave some for the next time; see {@link #isBehind}.
     *
     * @param most that may go; an application may set itself a bound below it.
     */
    void expire(long nowNanos, int most);

    /** Whether more is to be done by {@link #expire} than was done so far. */
    boolean isBehind();

    /**
     * A command is about to be applied, of whatever application: time has come to its stamp, in a
     * leader's term. For an application that counts a time of its own.
     */
    default void passing(final long term, final long nowNanos) {
        // Most look at the time of their own commands only.
    }

    /**
     * When {@link #expire} will have something to do, by the cluster's time; {@link Long#MAX_VALUE}
     * when nothing waits for a time. A leader lets that moment come soon after; what does not tell
     * it waits for the next regular one, half a second at most.
     */
    default long nextExpiryNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * Writes a command that the leader shall propose by itself. Asked twice a second, of the leader
     * only; it may be in the log more than once, or never, so the application asks until it is
     * applied.
     *
     * @param nowNanos by the cluster's time.
     * @return the length of the command, which has no origin and no correlation id; 0 for none.
     */
    default int propose(final long nowNanos, final MutableDirectBuffer target) {
        return 0;
    }

    /** Whether {@link #work} has something to do now. */
    default boolean hasWork() {
        return false;
    }

    /**
     * Does a piece of what may wait, between other work of the engine, on this member only: it
     * changes nothing that is replicated, but may tell watches of the past.
     *
     * @param maxSteps most entries to look at, about.
     * @return how much was done; 0: there is nothing to do now.
     */
    default int work(final int maxSteps) {
        return 0;
    }

    /**
     * The cluster has changed: a member came, went, or told its name. For an application that
     * counts such changes, as etcd's v2 store does.
     */
    void clusterChanged();

    /**
     * Answers a read, unless that takes too long for one go: then {@link Result#isTooLong} and
     * {@link #open} makes it in slices.
     *
     * @param maxBytes longest result wanted in one go; the application's own limit may be lower.
     */
    void read(CommandEnvelope query, int maxBytes, Result result);

    /**
     * Begins a read of any length.
     *
     * @return null when there is nothing to read; the error is in the result.
     */
    SlicedRead open(CommandEnvelope query, Result result);

    /** Bytes that reads in slices hold on to. */
    long heldBytes();

    /**
     * Starts a watch. An error is in the result and the sink hears nothing; else the {@link
     * WatchSink} was told the start.
     */
    void watch(CommandEnvelope watch, Result result);

    /** Forgets a watch without a word. Unknown ids are ignored. */
    void cancelWatch(long correlationId);

    /** Ends every watch, in the order they were started, and tells the sink. */
    void endAllWatches();

    /** The index of the last change as clients see it, 0 for none. */
    long index();

    /** Entries held, as {@link #admit} counts them. */
    long entries();

    /** Bytes held, as {@link #admit} counts them. */
    long bytes();

    /** Whether nine tenths of the room are used. */
    boolean isNearlyFull();

    /** Its part of snapshots. */
    SnapshotSection snapshot();

    /** An empty one of the same settings, to be filled by {@link #restore} and taken over. */
    Application newEmpty();

    /**
     * Fills this empty application from its section of a snapshot.
     *
     * @param version of the section; not above that of {@link #snapshot}.
     * @throws IllegalStateException if the records are not a whole section; this application is of
     *     no more use then.
     */
    void restore(StateSource records, int version);

    /**
     * Takes over all that another of its kind holds, which is of no use any more; what was here is
     * gone. Watches are ended first, since what happened in between cannot be told.
     */
    void take(Application other);

    @Override
    void close();
}
