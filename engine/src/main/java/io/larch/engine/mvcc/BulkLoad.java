package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives a store that was filled with records, each of them the only version of its key for now, its
 * index, and the versions of each key their order. All keys are sorted once and the index is built
 * from its leaves up, instead of being searched for each.
 */
final class BulkLoad {
    private final RevisionLog log;
    private final Versions versions;
    private final VersionKeys keys;
    private final KeyIndex index;
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final LeafContents leaf = new LeafContents();
    private long supersededBytes;

    BulkLoad(final MvccStore store) {
        log = store.log();
        versions = store.versions();
        keys = store.keys();
        index = store.index();
    }

    /**
     * Builds it.
     *
     * @return bytes of records of puts that are not the newest of their keys.
     */
    long run() {
        try (KeySort sort = new KeySort(keys, versions.count())) {
            final LogCursor cursor = new LogCursor(log);
            cursor.seek(0, 0);
            while (cursor.isAtRecord()) {
                final int id = cursor.versionId();
                sort.add(id, cursor.isTombstone(), KeyTable.hash(keys.wrap(id, key)));
                cursor.advance();
            }
            sort.run(this::onKey);
            addLeaf();
            // One page after the other is filled.
            sort.runByHash(index::addHash);
        }
        return supersededBytes;
    }

    private void onKey(final SortEntries entries, final long from, final long to, final int skip) {
        final long last = to - 1;
        if (from < last) {
            link(entries, from, last);
        }
        if (leaf.isFull()) {
            addLeaf();
        }
        leaf.add(
                LeafNodes.entry(entries.id(last), entries.isDeletion(last)),
                entries.head(last),
                skip);
    }

    /** Of a key with several versions. */
    private void link(final SortEntries entries, final long from, final long last) {
        final int newest = entries.id(last);
        int previous = 0;
        for (long i = from; i <= last; i++) {
            final int id = entries.id(i);
            versions.link(id, previous, newest);
            previous = id;
            if (i < last && !entries.isDeletion(i)) {
                supersededBytes += length(id);
            }
        }
    }

    private int length(final int id) {
        final long place = versions.place(id);
        return RecordLayout.recordLength(log.buffer(place), RevisionLog.offset(place));
    }

    private void addLeaf() {
        if (!leaf.isEmpty()) {
            index.addLeaf(leaf);
            leaf.clear();
        }
    }
}
