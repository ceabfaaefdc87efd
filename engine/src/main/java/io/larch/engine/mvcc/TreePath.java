package io.larch.engine.mvcc;

/**
 * A way from the root of a {@link KeyTree} to one place in a leaf: of each level the node, and
 * which of its entries. Good until keys come or go.
 */
final class TreePath {
    /** More levels than ids can fill. */
    private static final int MAX_DEPTH = 24;

    private final int[] nodes = new int[MAX_DEPTH];
    private final int[] positions = new int[MAX_DEPTH];
    private int leaf = -1;

    void clear() {
        leaf = -1;
    }

    /** Goes a level down. */
    void push(final int node, final int position) {
        leaf++;
        nodes[leaf] = node;
        positions[leaf] = position;
    }

    /** Forgets the levels below one. */
    void cut(final int level) {
        leaf = level;
    }

    /** The lowest level, counted from the root's, which is 0. */
    int leafLevel() {
        return leaf;
    }

    int node(final int level) {
        return nodes[level];
    }

    int position(final int level) {
        return positions[level];
    }

    void position(final int level, final int position) {
        positions[level] = position;
    }

    int leaf() {
        return nodes[leaf];
    }

    int leafPosition() {
        return positions[leaf];
    }

    /** Whether both lead to the same place. */
    boolean isAt(final TreePath other) {
        return leaf() == other.leaf() && leafPosition() == other.leafPosition();
    }

    void set(final TreePath other) {
        leaf = other.leaf;
        System.arraycopy(other.nodes, 0, nodes, 0, leaf + 1);
        System.arraycopy(other.positions, 0, positions, 0, leaf + 1);
    }
}
