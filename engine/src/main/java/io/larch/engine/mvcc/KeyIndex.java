package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * All keys, each with the id of its newest version, which stays the same whatever that version is:
 * in order ({@link KeyTree}), and by their hash ({@link KeyTable}), which spares those who want one
 * key the way through the tree.
 */
final class KeyIndex implements AutoCloseable {
    private final VersionKeys keys;
    private final KeyTree tree;
    private final KeyTable table;
    private final TreePath path = new TreePath();
    private final UnsafeBuffer removed = new UnsafeBuffer(0, 0);

    KeyIndex(final VersionKeys keys) {
        this.keys = keys;
        tree = new KeyTree(keys);
        table = new KeyTable(keys);
    }

    /** The keys in order. Only their being live may be changed there. */
    KeyTree tree() {
        return tree;
    }

    /**
     * The newest version of a key, which may be a deletion.
     *
     * @return its id, 0 if there is none.
     */
    int find(final UnsafeBuffer key) {
        final int id = table.find(key, KeyTable.hash(key));
        return id == KeyTable.UNKNOWN ? findInOrder(key) : id;
    }

    private int findInOrder(final UnsafeBuffer key) {
        return tree.search(key, path) ? LeafNodes.idOf(tree.entry(path)) : 0;
    }

    /** Adds a key that is not there. */
    void insert(final UnsafeBuffer key, final int id, final boolean isDeleted) {
        tree.search(key, path);
        tree.insert(path, key, id, isDeleted);
        table.insert(KeyTable.hash(key), id);
    }

    /** Makes room for so many keys, while there has never been one. */
    void reserve(final long keyCount) {
        table.reserve(keyCount);
    }

    /** Adds keys as {@link KeyTree#appendLeaf} does, whose hashes are added one by one. */
    void addLeaf(final LeafContents contents) {
        tree.appendLeaf(contents, path);
    }

    /** Adds the hash of a key that {@link #addLeaf} adds too, before or after it. */
    void addHash(final int id, final int hash) {
        table.insert(hash, id);
    }

    /** A key that is there has become live, or is not any more. */
    void setLive(final UnsafeBuffer key, final boolean isLive) {
        tree.search(key, path);
        tree.setLive(path, isLive);
    }

    /** Takes out the key of a newest version, whose record is still there. */
    void remove(final int id) {
        keys.wrap(id, removed);
        table.remove(KeyTable.hash(removed), id);
        tree.search(removed, path);
        tree.remove(path);
    }

    long allocatedBytes() {
        return tree.allocatedBytes() + table.allocatedBytes();
    }

    @Override
    public void close() {
        tree.close();
        table.close();
    }
}
