package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives a store that is being filled with records, each of them the only version of its key for
 * now, its index, and the versions of each key their order. All keys are sorted once and the index
 * is built from its leaves up, instead of being searched for each.
 */
final class BulkLoad implements AutoCloseable {
    private final RevisionLog log;
    private final Versions versions;
    private final VersionKeys keys;
    private final KeyIndex index;
    private final KeySort sort;
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final LeafContents leaf = new LeafContents();
    private long supersededBytes;

    BulkLoad(final MvccStore store) {
        log = store.log();
        versions = store.versions();
        keys = store.keys();
        index = store.index();
        sort = new KeySort(keys);
    }

    /** Adds a version that was just put into the store, while its record is in the caches. */
    void add(final int id, final boolean isTombstone) {
        sort.add(id, isTombstone, keys.wrap(id, key));
    }

    /**
     * All were added: builds it.
     *
     * @return bytes of records of puts that are not the newest of their keys.
     */
    long run() {
        sort.run(this::onKey);
        addLeaf();
        // By keys, of which there may be far fewer than versions.
        index.reserve(sort.keyCount());
        sort.forEachNewest(index::addHash);
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

    @Override
    public void close() {
        sort.close();
    }
}
