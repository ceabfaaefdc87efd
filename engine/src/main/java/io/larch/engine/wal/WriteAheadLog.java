package io.larch.engine.wal;

import static io.larch.engine.wal.WalRecordFlyweight.alignedLength;

import io.larch.engine.archive.Archive;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DirectoryLockedException;
import io.larch.engine.disk.NoRoomException;
import io.larch.engine.raft.LogStorage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a member on disk: entries, hard state and what happens to them, one record after the
 * other ({@link WalRecordFlyweight}) in preallocated segments.
 *
 * <p>Writes are staged (or, with {@link AppendPath#MAP}, stored in the mapping) and can be read at
 * once. They are durable once {@link #durablePosition()} has reached the {@link #position()} told
 * after the write; {@link #sync()} or {@link #requestSync()} bring it there.
 *
 * <p>Each segment begins with all that is needed to go on from it: identity, hard state, and index
 * and term of the entry in front. So compaction gives whole segments back and copies nothing.
 *
 * <p>Owned by the engine's thread, but for the methods that say otherwise. Do not interrupt that
 * thread: an interrupt during a write closes the file under the log.
 */
public final class WriteAheadLog implements LogStorage, AutoCloseable {
    /** Largest number of bytes {@link #memberMeta} keeps. */
    public static final int MAX_META_LENGTH = 64 * 1024;

    /** How much is written, and read for the state, before {@link #trim} does something. */
    private static final long TRIM_BYTES = 8L << 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(WriteAheadLog.class);
    private static final DirectBuffer EMPTY = new UnsafeBuffer(new byte[0]);

    private final Directory files;
    private final boolean isMapped;
    private final Closeable lock;
    private final SegmentPool pool;
    private final WalSyncer syncer;
    private final WalSyncAgent agent;
    private final boolean ownThreads;
    private final WalState state;
    private final EntryIndex entries;
    private final WalRecordFlyweight record = new WalRecordFlyweight();
    private final UnsafeBuffer votedForBody = new UnsafeBuffer(new byte[8]);
    private final UnsafeBuffer metaView = new UnsafeBuffer(0, 0);
    private final RecordAppender appender;
    private final LiveSegments segments;
    private final SegmentRoller roller;
    private Archive archive;
    private long trimmedPosition;
    private boolean isNew;
    private boolean closed;

    private WriteAheadLog(final WalContext context, final Directory files, final Closeable lock) {
        this.files = files;
        this.lock = lock;
        isMapped = context.appendPath() == AppendPath.MAP;
        ownThreads = context.ownThreads();
        pool =
                new SegmentPool(
                        files,
                        context.segmentLengthBytes(),
                        context.maxWals(),
                        context.walsAsNeeded());
        syncer = new WalSyncer(files);
        segments = new LiveSegments(pool);
        appender = new RecordAppender(isMapped, context.stagingLengthBytes(), syncer);
        agent = new WalSyncAgent(syncer, context.onDurable());
        state = new WalState();
        entries = state.entries();
        roller =
                new SegmentRoller(
                        pool,
                        syncer,
                        segments,
                        appender,
                        state,
                        context.segmentLengthBytes(),
                        isMapped,
                        files.describe());
    }

    /**
     * Opens the log of a directory, or creates it, and recovers what it holds. All that was
     * recovered is durable.
     *
     * @throws WalCorruptException when there is damage that no crash explains.
     * @throws DirectoryLockedException when the directory is in use.
     * @throws DiskFullException when a new log finds no room.
     * @throws WalFailedException on other errors of the file system.
     */
    public static WriteAheadLog open(final WalContext context) {
        context.conclude();
        final Directory files = context.files();
        Closeable lock = null;
        WriteAheadLog log = null;
        try {
            files.prepare();
            lock = files.lock();
            log = new WriteAheadLog(context, files, lock);
            log.recover(context);
            if (context.ownThreads()) {
                log.pool.start();
            }
            return log;
        } catch (final IOException e) {
            abandon(log, lock);
            throw asWalException("could not open " + files.describe(), e);
        } catch (final RuntimeException e) {
            abandon(log, lock);
            throw e;
        }
    }

    private static void abandon(final WriteAheadLog log, final Closeable lock) {
        if (log != null) {
            log.closed = true;
            log.free();
        } else if (lock != null) {
            closeQuietly(lock);
        }
    }

    private static WalException asWalException(final String what, final IOException e) {
        final String message = what + ": " + e.getMessage();
        return e instanceof NoRoomException
                ? new DiskFullException(message, e)
                : new WalFailedException(message, e);
    }

    private void recover(final WalContext context) throws IOException {
        final List<String> names = new ArrayList<>();
        for (final String name : files.list()) {
            if (WalSegment.isName(name)) {
                names.add(name);
            } else if (SegmentPool.isSpareName(name)) {
                pool.adopt(name);
            }
        }
        if (names.isEmpty()) {
            isNew = true;
            roller.beginFirst(context.firstSegmentLengthBytes());
            return;
        }
        final WalReader reader = new WalReader(files, isMapped, state);
        try {
            reader.read(names);
        } catch (final IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
        reader.segments().forEach(segments::add);
        roller.resume(
                segments.holding(reader.endPosition()), reader.endPosition(), reader.lastCrc());
        isNew = state.clusterId() == 0 && state.memberId() == 0 && entries.lastIndex() == 0;
        if (reader.wasCut()) {
            LOGGER.info(
                    "cut off the torn end of {} at offset {}; the log ends with entry {}",
                    roller.current().name(),
                    roller.offset(),
                    entries.lastIndex());
        }
    }

    /**
     * Has all segments kept in an archive, which is the log's own from now on: those that are
     * complete, and those to come when they are. Right after the open.
     */
    public void archiveTo(final Archive newArchive) {
        archive = newArchive;
        pool.archive(newArchive);
        segments.sealed().forEach(this::archive);
        syncer.onSealed(this::archive);
        if (ownThreads) {
            newArchive.start();
        }
    }

    private void archive(final WalSegment segment) {
        archive.keep(files, segment.name());
    }

    /**
     * Has the segment that is written copied to the archive as far as it is written now, in place
     * of an older such copy.
     *
     * @return false when that cannot be yet, because the segment has just been begun.
     */
    public boolean archiveTail() {
        flush();
        final WalSegment segment = roller.current();
        if (!segment.isNamed()) {
            return false;
        }
        archive.keepTail(files, segment.name(), roller.offset(), segment.length());
        return true;
    }

    /** Whether the log was created by this open, or never got further than that. */
    public boolean isNew() {
        return isNew;
    }

    /** The newest term recorded, by entries or hard state. */
    public long hardStateTerm() {
        return Math.max(state.term(), entries.term(entries.lastIndex()));
    }

    /** Whom the member voted for in {@link #hardStateTerm()}; 0 = nobody. */
    public long votedFor() {
        return state.term() == hardStateTerm() ? state.votedFor() : 0;
    }

    /** The newest commit index recorded; never above {@link #lastIndex()}. */
    public long commitIndex() {
        final long commitIndex = Math.min(state.commitIndex(), entries.lastIndex());
        return Math.max(commitIndex, entries.baseIndex());
    }

    /** From {@link #memberMeta(long, long, DirectBuffer, int, int)}; 0 before. */
    public long clusterId() {
        return state.clusterId();
    }

    /** From {@link #memberMeta(long, long, DirectBuffer, int, int)}; 0 before. */
    public long memberId() {
        return state.memberId();
    }

    /**
     * Opaque bytes the member keeps about itself; empty before they are set. Valid until they are
     * set again.
     */
    public DirectBuffer memberMeta() {
        metaView.wrap(state.metaBytes(), 0, state.metaLength());
        return metaView;
    }

    /**
     * Records who this member is, as part of the stream; the bytes are copied.
     *
     * @throws DiskFullException as {@link #append} does.
     */
    public void memberMeta(
            final long clusterId,
            final long memberId,
            final DirectBuffer meta,
            final int offset,
            final int length) {
        if (length > MAX_META_LENGTH) {
            throw new IllegalArgumentException("too many bytes about the member: " + length);
        }
        write(WalRecordFlyweight.META, (byte) 0, clusterId, memberId, meta, offset, length, 0);
        state.meta(clusterId, memberId, meta, offset, length);
    }

    /** Writes what is staged, so that it survives the process, though not the machine. */
    public void flush() {
        checkAlive();
        appender.flush();
        // Early: under load a segment may be full before the next is prepared beside the syncs.
        if (roller.isBeyond(3)) {
            pool.want();
        }
        segments.releaseRetired(syncer.durablePosition());
    }

    /**
     * Flushes and waits for the disk; {@link #durablePosition()} equals {@link #position()} then.
     *
     * @throws WalFailedException when it failed: the log is dead.
     */
    public void sync() {
        flush();
        syncer.syncTo(position());
        segments.releaseRetired(syncer.durablePosition());
    }

    /** Flushes and lets the sync thread wait for the disk. */
    public void requestSync() {
        flush();
        if (ownThreads && !agent.isStarted()) {
            agent.start();
        }
        agent.request(position());
    }

    /** Whether something that was asked of the sync thread is not durable yet. */
    public boolean isSyncPending() {
        return agent.isPending();
    }

    /** What a sync has reached: all up to this {@link #position()} is durable. Any thread. */
    public long durablePosition() {
        return syncer.durablePosition();
    }

    /** Why the log is dead, or null. Any thread. */
    public WalFailedException failure() {
        return syncer.failure();
    }

    /**
     * Whether the next segment is due and there is no room for it: refuse new writes. It is known
     * while the current segment is half empty, so there is room for what is on its way; the first
     * is small, so it counts as full sooner.
     */
    public boolean isDiskFull() {
        return roller.isDiskFull();
    }

    /**
     * Lets go of the pages through which what was written was read, now and then: they are in the
     * system's cache anyway, and would all count as memory of this process. Called where nobody
     * holds what a read gave.
     */
    public void trim() {
        if (!isMapped && position() - trimmedPosition >= TRIM_BYTES) {
            segments.remapBehind(trimmedPosition);
            trimmedPosition = position();
        }
    }

    /** Segments that hold the log, without those waiting for reuse. */
    public int segmentCount() {
        return segments.count();
    }

    /** Bytes from the oldest record that is kept to the newest. */
    public long lengthBytes() {
        return position() - segments.firstPosition();
    }

    /** Bytes of the records behind an entry, those that are kept. */
    public long bytesBehind(final long index) {
        if (index >= entries.lastIndex()) {
            return 0;
        }
        return index < entries.baseIndex()
                ? lengthBytes()
                : position() - entries.position(index + 1);
    }

    @Override
    public long firstIndex() {
        return entries.baseIndex() + 1;
    }

    @Override
    public long lastIndex() {
        return entries.lastIndex();
    }

    @Override
    public long term(final long index) {
        return entries.term(index);
    }

    /**
     * {@inheritDoc}
     *
     * @throws DiskFullException when the entry needs a segment and there is no room for one:
     *     nothing was appended, the log lives on.
     * @throws WalFailedException when the log is dead.
     */
    @Override
    public long append(
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (length < 0 || length > WalContext.MAX_BODY_LENGTH) {
            throw new IllegalArgumentException("length of an entry: " + length);
        }
        final long index = entries.lastIndex() + 1;
        final long at =
                write(
                        WalRecordFlyweight.ENTRY,
                        kind,
                        term,
                        index,
                        body,
                        offset,
                        length,
                        roller.reserve());
        entries.add(term, at);
        return index;
    }

    @Override
    public void truncateFrom(final long index) {
        if (index <= entries.baseIndex()) {
            throw new IllegalArgumentException(
                    "cannot truncate from " + index + ": the log begins at " + firstIndex());
        }
        if (index > entries.lastIndex()) {
            return;
        }
        final long termBefore = entries.term(index - 1);
        write(WalRecordFlyweight.TRUNCATE, (byte) 0, termBefore, index, EMPTY, 0, 0, 0);
        entries.truncateFrom(index, termBefore);
    }

    @Override
    public void saveHardState(final long term, final long votedFor, final long commitIndex) {
        if (term == state.term()
                && votedFor == state.votedFor()
                && commitIndex == state.commitIndex()) {
            return;
        }
        writeHardState(term, votedFor, commitIndex);
        state.hardState(term, votedFor, commitIndex);
    }

    @Override
    public long position() {
        return appender.position();
    }

    @Override
    public int read(
            final long fromIndex,
            final long toIndex,
            final long maxBytes,
            final EntryConsumer consumer) {
        if (fromIndex <= entries.baseIndex() || toIndex > entries.lastIndex()) {
            throw new IllegalArgumentException(
                    "cannot read "
                            + fromIndex
                            + " to "
                            + toIndex
                            + ": the log has "
                            + firstIndex()
                            + " to "
                            + lastIndex());
        }
        int count = 0;
        long bytes = 0;
        for (long index = fromIndex; index <= toIndex; index++) {
            locate(index);
            final int length = record.bodyLength();
            if (count > 0 && bytes + length > maxBytes) {
                break;
            }
            bytes += length;
            count++;
            if (!consumer.onEntry(
                    index,
                    record.term(),
                    record.kind(),
                    record.buffer(),
                    record.bodyOffset(),
                    length)) {
                break;
            }
        }
        return count;
    }

    /** Lays the flyweight over the record of an entry. */
    private void locate(final long index) {
        final long at = entries.position(index);
        if (appender.findStaged(at, record)) {
            return;
        }
        final WalSegment segment = segments.holding(at);
        record.wrap(segment.buffer(), segment.offset(at));
        if (record.position() != at || record.index() != index) {
            throw syncer.fail(
                    "entry " + index + " in " + segment.name() + " has changed on disk", null);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Segments that hold nothing any more are given back once all written so far is durable:
     * their entries may have been overwritten by ones that are not yet.
     */
    @Override
    public void compact(final long throughIndex) {
        if (throughIndex > entries.lastIndex()) {
            throw new IllegalArgumentException(
                    "cannot compact through " + throughIndex + ": the log ends at " + lastIndex());
        }
        if (throughIndex <= entries.baseIndex()) {
            return;
        }
        checkAlive();
        final long term = entries.term(throughIndex);
        if (appender.room() >= alignedLength(0)) {
            // Else the next segment begins with the same words: compaction makes room on a full
            // disk, so it must not need any.
            write(WalRecordFlyweight.COMPACT, (byte) 0, term, throughIndex, EMPTY, 0, 0, 0);
        }
        entries.compact(throughIndex);
        segments.retireBefore(
                entries.isEmpty() ? position() : entries.position(throughIndex + 1), position());
    }

    @Override
    public void resetTo(final long snapshotIndex, final long snapshotTerm) {
        write(WalRecordFlyweight.RESET, (byte) 0, snapshotTerm, snapshotIndex, EMPTY, 0, 0, 0);
        entries.reset(snapshotIndex, snapshotTerm);
        segments.retireBefore(position(), position());
    }

    /** Syncs unless the log failed, stops the threads and frees the directory. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            if (failure() == null) {
                sync();
            }
        } finally {
            closed = true;
            free();
        }
    }

    /** One step of the sync thread, for tests that have none. */
    int syncWork() {
        return agent.doWork();
    }

    /** One step of the pool's thread, for tests that have none. */
    int poolWork() {
        return pool.doWork();
    }

    private void checkAlive() {
        final WalFailedException failure = syncer.failure();
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw new IllegalStateException("the write-ahead log is closed");
        }
    }

    /**
     * Writes one record, into the next segment if it does not fit.
     *
     * @param reserve bytes that must stay free behind it.
     * @return the position of the record.
     */
    private long write(
            final byte type,
            final byte kind,
            final long term,
            final long index,
            final DirectBuffer body,
            final int offset,
            final int length,
            final int reserve) {
        checkAlive();
        final int aligned = alignedLength(length);
        if (appender.room() < aligned + reserve) {
            roller.roll(aligned);
        }
        return appender.put(type, kind, term, index, body, offset, length);
    }

    private void writeHardState(final long term, final long votedFor, final long commitIndex) {
        votedForBody.putLong(0, votedFor, ByteOrder.LITTLE_ENDIAN);
        write(
                WalRecordFlyweight.HARD_STATE,
                (byte) 0,
                term,
                commitIndex,
                votedForBody,
                0,
                WalRecordFlyweight.HARD_STATE_BODY_LENGTH,
                0);
    }

    private void free() {
        agent.close();
        pool.close();
        CloseHelper.close(archive);
        segments.close();
        appender.free();
        closeQuietly(lock);
    }

    private static void closeQuietly(final Closeable closeable) {
        try {
            closeable.close();
        } catch (final IOException e) {
            LOGGER.warn("close failed in the write-ahead log", e);
        }
    }
}
