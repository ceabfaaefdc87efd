package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes versions: the numbers that etcd gives them, their records, slots and entries. */
final class WriteTransaction {
    /** Keys whose versions are read ahead. */
    private static final int AHEAD = 32;

    private final Revisions revisions;
    private final RevisionLog log;
    private final Versions versions;
    private final VersionKeys keys;
    private final VersionReader reader;
    private final KeyIndex index;
    private final TreePath path = new TreePath();
    private final TreePath end = new TreePath();
    private final UnsafeBuffer probe = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer found = new UnsafeBuffer(0, 0);
    private final KeyVersion last = new KeyVersion();
    private final ReadAhead ahead;
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
        ahead = new ReadAhead(versions, log);
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
        final int known = index.find(probe);
        final boolean wasLive = known != 0 && !reader.isTombstone(known);
        long createRevision = revision;
        long version = 1;
        if (wasLive) {
            reader.show(known, previous);
            createRevision = previous.createRevision();
            version = previous.version() + 1;
            newestBytes -= length(previous);
        } else {
            previous.unset();
        }
        final int id = known == 0 ? versions.allocate() : known;
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
        versions.set(id, revision, place, supersede(known));
        if (known == 0) {
            index.insert(probe, id, false);
        } else if (!wasLive) {
            index.setLive(probe, true);
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
        final int known = index.find(probe);
        if (known == 0 || reader.isTombstone(known)) {
            previous.unset();
            return false;
        }
        delete(known, probe, previous);
        index.setLive(probe, false);
        return true;
    }

    /** The view is valid during each call. */
    long deleteRange(final KeyRange range, final VersionConsumer deleted) {
        final KeyTree tree = index.tree();
        tree.bounds(range, path, end);
        long count = 0;
        int leaf = -1;
        while (!path.isAt(end)) {
            if (path.leaf() != leaf) {
                leaf = path.leaf();
                tree.readAhead(path, end, ahead);
            }
            final int entry = tree.entry(path);
            if (LeafNodes.isLive(entry)) {
                delete(entry, keys.wrap(entry, probe), last);
                tree.setLive(path, false);
                count++;
                if (deleted != null) {
                    deleted.onVersion(last);
                }
            }
            tree.next(path);
        }
        return count;
    }

    /** Goes from one to the next without looking for it, as long as they are neighbours. */
    void deleteAll(final byte[][] sorted) {
        final KeyTree tree = index.tree();
        boolean areNeighbours = false;
        int leaf = -1;
        int position = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i % AHEAD == 0) {
                ahead.read(sorted, i, AHEAD);
            }
            probe.wrap(sorted[i]);
            if (!areNeighbours || !stepsToProbe()) {
                final boolean isThere = tree.search(probe, path);
                areNeighbours = path.leaf() == leaf && path.leafPosition() == position + 1;
                if (!isThere) {
                    continue;
                }
            }
            leaf = path.leaf();
            position = path.leafPosition();
            deleteAt(path);
        }
    }

    private boolean stepsToProbe() {
        final KeyTree tree = index.tree();
        if (!tree.next(path)) {
            return false;
        }
        if (path.leafPosition() % AHEAD == 0) {
            tree.readAhead(path, AHEAD, ahead);
        }
        keys.wrap(LeafNodes.idOf(tree.entry(path)), found);
        return found.capacity() == probe.capacity()
                && KeyBytes.commonPrefix(found, probe) == probe.capacity();
    }

    private void deleteAt(final TreePath place) {
        final int entry = index.tree().entry(place);
        if (LeafNodes.isLive(entry)) {
            delete(entry, probe, last);
            index.tree().setLive(place, false);
        }
    }

    private void delete(final int id, final UnsafeBuffer key, final KeyVersion previous) {
        reader.show(id, previous);
        newestBytes -= length(previous);
        final int sub = revisions.change();
        final long revision = revisions.newest();
        final long place = log.appendTombstone(revision, sub, id, key);
        versions.set(id, revision, place, supersede(id));
    }

    /** Gives the key's newest version, if there is one, another id, and its record to know. */
    private int supersede(final int newest) {
        if (newest == 0) {
            return 0;
        }
        final long place = versions.place(newest);
        final int id = versions.supersede(newest);
        RecordLayout.versionId(log.buffer(place), RevisionLog.offset(place), id);
        return id;
    }

    private static int length(final KeyVersion version) {
        return (int) RecordLayout.length(version.bytesLength());
    }

    /** The store was filled by other ways than transactions. */
    void restore(final long bytes) {
        newestBytes = bytes;
    }
}
