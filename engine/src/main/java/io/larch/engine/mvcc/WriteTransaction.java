package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes versions: the numbers that etcd gives them, their records, slots and entries. */
final class WriteTransaction {
    private final Revisions revisions;
    private final RevisionLog log;
    private final Versions versions;
    private final VersionKeys keys;
    private final VersionReader reader;
    private final KeyIndex index;
    private final TreePath path = new TreePath();
    private final TreePath end = new TreePath();
    private final UnsafeBuffer probe = new UnsafeBuffer(0, 0);
    private final KeyVersion last = new KeyVersion();
    private long newestBytes;

    WriteTransaction(
            final Revisions revisions,
            final RevisionLog log,
            final Versions versions,
            final VersionKeys keys,
            final VersionReader reader,
            final KeyIndex index) {
        this.revisions = revisions;
        this.log = log;
        this.versions = versions;
        this.keys = keys;
        this.reader = reader;
        this.index = index;
    }

    /** Bytes of the records of all live keys' newest versions. */
    long newestBytes() {
        return newestBytes;
    }

    boolean put(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long lease,
            final KeyVersion previous) {
        if (keyLength == 0) {
            throw new IllegalArgumentException("a key is not empty");
        }
        probe.wrap(key, keyOffset, keyLength);
        final int sub = revisions.change();
        final long revision = revisions.newest();
        final boolean isKnown = index.search(probe, path);
        final int entry = isKnown ? index.entry(path) : 0;
        final boolean wasLive = LeafNodes.isLive(entry);
        long createRevision = revision;
        long version = 1;
        if (wasLive) {
            reader.show(entry, previous);
            createRevision = previous.createRevision();
            version = previous.version() + 1;
            newestBytes -= length(previous);
        } else {
            previous.unset();
        }
        final int id = versions.allocate();
        final long place =
                log.append(
                        revision,
                        sub,
                        id,
                        probe,
                        createRevision,
                        version,
                        value,
                        valueOffset,
                        valueLength,
                        lease);
        versions.set(id, revision, place, LeafNodes.idOf(entry));
        if (isKnown) {
            index.replace(path, id, false);
        } else {
            index.insert(path, probe, id, false);
        }
        newestBytes += RecordLayout.recordLength(log.buffer(place), RevisionLog.offset(place));
        return wasLive;
    }

    boolean delete(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final KeyVersion previous) {
        probe.wrap(key, keyOffset, keyLength);
        if (!index.search(probe, path) || !LeafNodes.isLive(index.entry(path))) {
            previous.unset();
            return false;
        }
        deleteAt(path, previous);
        return true;
    }

    /** The view is valid during each call. */
    long deleteRange(final KeyRange range, final VersionConsumer deleted) {
        index.bounds(range, path, end);
        long count = 0;
        while (!path.isAt(end)) {
            if (LeafNodes.isLive(index.entry(path))) {
                deleteAt(path, last);
                count++;
                if (deleted != null) {
                    deleted.onVersion(last);
                }
            }
            index.next(path);
        }
        return count;
    }

    private void deleteAt(final TreePath at, final KeyVersion previous) {
        final int live = index.entry(at);
        reader.show(live, previous);
        newestBytes -= length(previous);
        final int sub = revisions.change();
        final long revision = revisions.newest();
        final int id = versions.allocate();
        final long place = log.appendTombstone(revision, sub, id, keys.wrap(live, probe));
        versions.set(id, revision, place, live);
        index.replace(at, id, true);
    }

    private static int length(final KeyVersion version) {
        return (int) RecordLayout.length(version.bytesLength());
    }

    /**
     * Adds the version of a record that {@link RevisionLog#appended} told, in order of revisions.
     */
    void restore(final int id, final long revision, final long place) {
        final UnsafeBuffer buffer = log.buffer(place);
        final int offset = RevisionLog.offset(place);
        final int keyLength = RecordLayout.keyLength(buffer, offset);
        probe.wrap(buffer, RecordLayout.keyOffset(offset, keyLength), keyLength);
        final boolean isTombstone = RecordLayout.isTombstone(buffer, offset);
        final boolean isKnown = index.search(probe, path);
        final int entry = isKnown ? index.entry(path) : 0;
        if (LeafNodes.isLive(entry)) {
            reader.show(entry, last);
            newestBytes -= length(last);
        }
        versions.set(id, revision, place, LeafNodes.idOf(entry));
        if (isKnown) {
            index.replace(path, id, isTombstone);
        } else {
            index.insert(path, probe, id, isTombstone);
        }
        if (!isTombstone) {
            newestBytes += RecordLayout.recordLength(buffer, offset);
        }
    }
}
