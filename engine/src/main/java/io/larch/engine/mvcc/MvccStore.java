package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keys with all their versions since the last compaction, as etcd's v3 store keeps them. Knows
 * revisions, versions and leases as numbers; no commands, no replies, and no rule but that of the
 * numbers: the first change makes revision 2, all changes of one transaction share a revision and
 * are told apart by {@code sub}.
 *
 * <p>Owned by one thread. Keys are not empty. Bytes that are passed in are copied during the call.
 * In steady state nothing is allocated on the heap; the rest lies outside of it, and what it may
 * come to is bounded by who writes: see {@link #growthOfPut}.
 *
 * <p>Larger things are objects of their own: {@link RangeCursor}, {@link HistoryCursor}, {@link
 * StoreHash}, {@link StoreExport}, {@link StoreImport}. All but the last work in slices.
 */
public final class MvccStore implements AutoCloseable {
    /**
     * In place of a revision: the newest one, inside a transaction with what it has done so far.
     */
    public static final long NEWEST = 0;

    /** What a key is counted with besides its versions: its parts of the index. */
    private static final int KEY_OVERHEAD = 32;

    private final Revisions revisions = new Revisions();
    private final RevisionLog log;
    private final Versions versions = new Versions();
    private final VersionKeys keys;
    private final VersionReader reader;
    private final KeyIndex index;
    private final WriteTransaction writes;
    private final Compaction compaction;
    private final TreePath path = new TreePath();
    private final TreePath end = new TreePath();
    private final UnsafeBuffer probe = new UnsafeBuffer(0, 0);

    /** An empty store whose log lies in memory. */
    public MvccStore() {
        this(NativeMemory.INSTANCE);
    }

    /** An empty store whose log lies where it is told. */
    public MvccStore(final SegmentMemory memory) {
        this(memory, RevisionLog.SEGMENT_LENGTH);
    }

    MvccStore(final SegmentMemory memory, final int segmentLength) {
        log = new RevisionLog(memory, segmentLength);
        keys = new VersionKeys(versions, log);
        reader = new VersionReader(versions, log);
        index = new KeyIndex(keys);
        writes = new WriteTransaction(revisions, log, versions, keys, reader, index);
        compaction =
                new Compaction(
                        new Sweep(revisions, log, versions, index, keys),
                        new SegmentCleaner(revisions, log, versions));
    }

    /** Of the last transaction that changed anything; 1 when there was none. */
    public long revision() {
        return revisions.current();
    }

    /** Up to which history is gone; -1 before the first compaction. */
    public long compactedRevision() {
        return revisions.compacted();
    }

    /** Whether a revision cannot be read any more. */
    public boolean isCompacted(final long revision) {
        return revision != NEWEST && revisions.isCompacted(revision);
    }

    /** Whether a revision is yet to come. */
    public boolean isFuture(final long revision) {
        return revision > revisions.current();
    }

    /** Live keys. */
    public long keyCount() {
        return index.tree().liveCount();
    }

    /** Versions held: those that are live, history, deletions. */
    public long versionCount() {
        return versions.count();
    }

    /** Bytes of all versions held, counted as {@link #growthOfPut} does: what a quota looks at. */
    public long usedBytes() {
        return log.liveBytes()
                + versions.count() * Versions.SLOT_LENGTH
                + index.tree().keyCount() * KEY_OVERHEAD;
    }

    /** Bytes of the live keys' newest versions alone, counted in the same way. */
    public long liveBytes() {
        return writes.newestBytes()
                + index.tree().liveCount() * (Versions.SLOT_LENGTH + KEY_OVERHEAD);
    }

    /** Memory taken, used or not. */
    public long allocatedBytes() {
        return log.allocatedBytes() + versions.allocatedBytes() + index.allocatedBytes();
    }

    /** Most bytes that a put adds to {@link #usedBytes}, whatever is there before. */
    public static long growthOfPut(final int keyLength, final int valueLength) {
        return RecordLayout.length(KeyValueBytes.maxLength(keyLength, valueLength))
                + Versions.SLOT_LENGTH
                + KEY_OVERHEAD;
    }

    /** Most bytes that the deletion of one key adds until it is compacted. */
    public static long growthOfDelete(final int keyLength) {
        return growthOfPut(keyLength, 0);
    }

    /**
     * Begins a transaction. There is one at a time, and no slice of compaction or hash in it. It
     * changes a key once, as requests of etcd can; of several changes the store keeps all, but what
     * came before the last may or may not be told of the compacted revision itself.
     */
    public void begin() {
        revisions.begin();
    }

    public boolean isWriting() {
        return revisions.isWriting();
    }

    /** How many changes the open transaction has made. */
    public int changeCount() {
        return revisions.changes();
    }

    /** How many changes the last transaction made that was committed here. */
    public int lastChangeCount() {
        return revisions.lastChanges();
    }

    /**
     * Sets a key. That of a live key raises its version by one and keeps its create revision;
     * otherwise the version is 1 and the create revision that of the transaction.
     *
     * @param lease replaces the one the key had; 0 for none.
     * @param previous is set to the version that was live until now, or to none.
     * @return whether there was one.
     */
    public boolean put(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long lease,
            final KeyVersion previous) {
        return writes.put(
                key, keyOffset, keyLength, value, valueOffset, valueLength, lease, previous);
    }

    /**
     * Deletes a key.
     *
     * @param previous is set to the version that was live until now, or to none.
     * @return whether there was one; if not, nothing has changed.
     */
    public boolean delete(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final KeyVersion previous) {
        return writes.delete(key, keyOffset, keyLength, previous);
    }

    /**
     * Deletes those of some keys that are live, in their order. Takes less time than one by one.
     *
     * @param sorted by their bytes, taken as unsigned.
     */
    public void deleteAll(final byte[][] sorted) {
        writes.deleteAll(sorted);
    }

    /**
     * Deletes the live keys of a range, in their order.
     *
     * @param deleted is told the version of each that was live until now; may be null.
     * @return how many there were.
     */
    public long deleteRange(final KeyRange range, final VersionConsumer deleted) {
        return writes.deleteRange(range, deleted);
    }

    /**
     * Ends the transaction; the revision rises by one if it has changed anything.
     *
     * @return the revision.
     */
    public long commit() {
        revisions.commit();
        return revisions.current();
    }

    /**
     * Finds what a key was at a revision.
     *
     * @param target is set to the version, or to none.
     * @return whether the key was live.
     * @throws IllegalArgumentException if the revision is compacted or yet to come.
     */
    public boolean get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long revision,
            final KeyVersion target) {
        final long readable = revisions.readable(revision);
        probe.wrap(key, keyOffset, keyLength);
        final int known = index.find(probe);
        final int id = known == 0 ? 0 : reader.live(known, readable);
        if (id == 0) {
            target.unset();
            return false;
        }
        reader.show(id, target);
        return true;
    }

    /** How many keys of a range are live now, inside a transaction as it has left them. */
    public long count(final KeyRange range) {
        if (range.isUnbounded() && range.key().capacity() == 0) {
            return index.tree().liveCount();
        }
        final KeyTree tree = index.tree();
        tree.bounds(range, path, end);
        return path.isAt(end) ? 0 : tree.rank(end) - tree.rank(path);
    }

    /**
     * Finds what a version replaced, a deletion too: what the key was at the revision before.
     *
     * @param target is set to the version, or to none; may be the same object.
     * @return whether the key was live then, and that is not compacted.
     */
    public boolean previous(final KeyVersion version, final KeyVersion target) {
        if (version.modRevision() <= revisions.compacted()) {
            target.unset();
            return false;
        }
        return reader.showPrevious(version, target);
    }

    /**
     * Takes away all history up to a revision: of each key the version that was live then stays.
     * For readers this is so at once; memory comes back by {@link #compactSome}.
     *
     * @throws IllegalArgumentException unless the revision is above {@link #compactedRevision} and
     *     not above {@link #revision}.
     */
    public void compact(final long revision) {
        revisions.compact(revision);
    }

    /**
     * Does some of the work that compactions have left. Views of versions are void then.
     *
     * @param maxSteps versions to look at, or so.
     * @return whether there is more that may be done now.
     */
    public boolean compactSome(final int maxSteps) {
        checkNotWriting();
        return compaction.run(maxSteps);
    }

    private void checkNotWriting() {
        if (revisions.isWriting()) {
            throw new IllegalStateException("a transaction is open");
        }
    }

    /** Up to which revision all that is void has been freed. */
    public long sweptRevision() {
        return revisions.swept();
    }

    /**
     * Begins to compute etcd's hash of the state at a revision.
     *
     * @throws IllegalArgumentException if the revision is compacted or yet to come.
     * @throws IllegalStateException if a transaction is open.
     */
    public StoreHash hash(final long revision) {
        checkNotWriting();
        return new StoreHash(this, revision);
    }

    /**
     * Begins to write out all that is here now.
     *
     * @param recordLength of each record but the last; above 0.
     * @throws IllegalStateException if not all that is void has been freed ({@link #sweptRevision}
     *     is below {@link #compactedRevision}), or a transaction is open.
     */
    public StoreExport export(final int recordLength) {
        checkNotWriting();
        if (revisions.swept() != revisions.compacted()) {
            throw new IllegalStateException("a compaction is under way");
        }
        return new StoreExport(this, recordLength);
    }

    Revisions revisions() {
        return revisions;
    }

    RevisionLog log() {
        return log;
    }

    Versions versions() {
        return versions;
    }

    VersionKeys keys() {
        return keys;
    }

    VersionReader reader() {
        return reader;
    }

    KeyIndex index() {
        return index;
    }

    WriteTransaction writes() {
        return writes;
    }

    Compaction compaction() {
        return compaction;
    }

    /** Gives all memory back; nothing may be used after it. */
    @Override
    public void close() {
        index.close();
        versions.close();
        log.close();
    }
}
