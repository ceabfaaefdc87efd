package io.larch.engine.wal;

import io.larch.engine.raft.LogStorage;
import org.agrona.DirectBuffer;

/** The log of a member on disk. */
public final class WriteAheadLog implements LogStorage, AutoCloseable {
    private WriteAheadLog() {}

    /**
     * Opens the log of a directory, or creates it, and recovers what it holds.
     *
     * @throws WalCorruptException when there is damage that no crash explains.
     * @throws DirectoryLockedException when the directory is in use.
     * @throws DiskFullException when a new log finds no room.
     * @throws WalFailedException on other errors of the file system.
     */
    public static WriteAheadLog open(final WalContext context) {
        throw new UnsupportedOperationException();
    }

    /** Whether the log was created by this open, or never got further than that. */
    public boolean isNew() {
        throw new UnsupportedOperationException();
    }

    /** The newest term recorded, by entries or hard state. */
    public long hardStateTerm() {
        throw new UnsupportedOperationException();
    }

    /** Whom the member voted for in {@link #hardStateTerm()}; 0 = nobody. */
    public long votedFor() {
        throw new UnsupportedOperationException();
    }

    /** The newest commit index recorded; never above {@link #lastIndex()}. */
    public long commitIndex() {
        throw new UnsupportedOperationException();
    }

    /** From {@link #memberMeta(long, long, DirectBuffer, int, int)}; 0 before. */
    public long clusterId() {
        throw new UnsupportedOperationException();
    }

    /** From {@link #memberMeta(long, long, DirectBuffer, int, int)}; 0 before. */
    public long memberId() {
        throw new UnsupportedOperationException();
    }

    /** Opaque bytes the member keeps about itself; empty before they are set. Do not change. */
    public DirectBuffer memberMeta() {
        throw new UnsupportedOperationException();
    }

    /** Records who this member is, as part of the stream; the bytes are copied. */
    public void memberMeta(
            final long clusterId,
            final long memberId,
            final DirectBuffer meta,
            final int offset,
            final int length) {
        throw new UnsupportedOperationException();
    }

    /** Writes what is staged, so that it survives the process, though not the machine. */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /**
     * Flushes and waits for the disk; {@link #durablePosition()} equals {@link #position()} then.
     */
    public void sync() {
        throw new UnsupportedOperationException();
    }

    /** Flushes and lets the sync thread wait for the disk. */
    public void requestSync() {
        throw new UnsupportedOperationException();
    }

    /** Whether something that was asked of the sync thread is not durable yet. */
    public boolean isSyncPending() {
        throw new UnsupportedOperationException();
    }

    /** What a sync has reached: all up to this {@link #position()} is durable. Any thread. */
    public long durablePosition() {
        throw new UnsupportedOperationException();
    }

    /** Why the log is dead, or null. Any thread. */
    public WalFailedException failure() {
        throw new UnsupportedOperationException();
    }

    /** Whether there is no room for the next segment: refuse new writes. Any thread. */
    public boolean isDiskFull() {
        throw new UnsupportedOperationException();
    }

    /** Segments that hold the log, without those waiting for reuse. */
    public int segmentCount() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long firstIndex() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long lastIndex() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long term(final long index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long append(
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void truncateFrom(final long index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void saveHardState(final long term, final long votedFor, final long commitIndex) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(
            final long fromIndex,
            final long toIndex,
            final long maxBytes,
            final EntryConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void compact(final long throughIndex) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resetTo(final long snapshotIndex, final long snapshotTerm) {
        throw new UnsupportedOperationException();
    }

    /** Syncs unless the log failed, stops the threads and frees the directory. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
