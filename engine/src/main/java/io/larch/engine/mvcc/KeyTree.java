package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * All keys in order, each with the id of its newest version and whether that is a deletion: a
 * B+tree whose inner nodes count the live keys below. Keys whose newest version is a deletion stay
 * until compaction takes them out, and are not counted.
 *
 * <p>Paths are good until a key is inserted or removed, which {@link #shape} tells.
 */
final class KeyTree implements AutoCloseable {
    /** A node is emptied into a neighbour when it holds less than this part of what it could. */
    private static final int SPARSE = 4;

    private final Nodes nodes = new Nodes();
    private final Separators separators = new Separators();
    private final LeafNodes leaves;
    private final InnerNodes inner = new InnerNodes(nodes, separators);
    private final VersionKeys keys;
    private final UnsafeBuffer one = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer other = new UnsafeBuffer(0, 0);

    private int root = nodes.add(LeafNodes.LEVEL);
    private long keyCount;
    private long liveCount;
    private long shape;

    KeyTree(final VersionKeys keys) {
        this.keys = keys;
        leaves = new LeafNodes(nodes, keys);
    }

    /** Keys whose newest version is not a deletion. */
    long liveCount() {
        return liveCount;
    }

    /** All keys. */
    long keyCount() {
        return keyCount;
    }

    /** Changes whenever a key comes or goes. */
    long shape() {
        return shape;
    }

    long nodeCount() {
        return nodes.nodeCount();
    }

    long allocatedBytes() {
        return nodes.allocatedBytes() + separators.allocatedBytes();
    }

    /**
     * Leads the path to a key, or to where it would be inserted.
     *
     * @return whether it is there.
     */
    boolean search(final UnsafeBuffer key, final TreePath path) {
        path.clear();
        int node = root;
        while (nodes.level(node) != LeafNodes.LEVEL) {
            final int position = inner.route(node, key);
            path.push(node, position);
            node = inner.child(node, position);
        }
        final int position = leaves.search(node, key);
        path.push(node, position < 0 ? -1 - position : position);
        return position >= 0;
    }

    /** The entry that the path leads to; see {@link LeafNodes#isLive}. */
    int entry(final TreePath path) {
        return leaves.entry(path.leaf(), path.leafPosition());
    }

    /**
     * Reads ahead what the live keys of a leaf need, from where a path leads to.
     *
     * @param end no further than to this place.
     */
    void readAhead(final TreePath path, final TreePath end, final ReadAhead ahead) {
        final int leaf = path.leaf();
        final int to = end.leaf() == leaf ? end.leafPosition() : nodes.count(leaf);
        ahead.read(leaves, leaf, path.leafPosition(), to);
    }

    /** The same, of some keys at most. */
    void readAhead(final TreePath path, final int most, final ReadAhead ahead) {
        final int from = path.leafPosition();
        final int to = Math.min(nodes.count(path.leaf()), from + most);
        ahead.read(leaves, path.leaf(), from, to);
    }

    /** Leads the path behind the last key. */
    void end(final TreePath path) {
        path.clear();
        descend(root, path, true);
        path.position(path.leafLevel(), nodes.count(path.leaf()));
    }

    /** Whether there is a key where the path leads. */
    boolean isAtKey(final TreePath path) {
        return path.leafPosition() < nodes.count(path.leaf());
    }

    /** Leads one path to the first key of a range, and the other behind its last. */
    void bounds(final KeyRange range, final TreePath from, final TreePath to) {
        final boolean isFound = search(range.keyBytes(), from);
        settle(from);
        if (range.isUnbounded()) {
            end(to);
        } else if (range.isSingleKey()) {
            to.set(from);
            if (isFound) {
                next(to);
            }
        } else if (range.isEmpty()) {
            to.set(from);
        } else {
            search(range.endBytes(), to);
            settle(to);
        }
    }

    /**
     * If the path leads behind the last key of a leaf, leads it to the next key, if there is one.
     */
    void settle(final TreePath path) {
        if (!isAtKey(path)) {
            step(path, 1);
        }
    }

    /**
     * Leads the path from a key to the next one.
     *
     * @return false if there is none; then it leads behind the last.
     */
    boolean next(final TreePath path) {
        final int position = path.leafPosition() + 1;
        path.position(path.leafLevel(), position);
        return position < nodes.count(path.leaf()) || step(path, 1);
    }

    /**
     * Leads the path to the key before.
     *
     * @return false if there is none; then it leads where it did.
     */
    boolean previous(final TreePath path) {
        final int position = path.leafPosition() - 1;
        if (position >= 0) {
            path.position(path.leafLevel(), position);
            return true;
        }
        return step(path, -1);
    }

    /** To the next leaf with keys in a direction, if there is one. */
    private boolean step(final TreePath path, final int direction) {
        int level = path.leafLevel() - 1;
        while (level >= 0) {
            final int node = path.node(level);
            final int position = path.position(level) + direction;
            if (position >= 0 && position < nodes.count(node)) {
                path.cut(level);
                path.position(level, position);
                descend(inner.child(node, position), path, direction < 0);
                return true;
            }
            level--;
        }
        return false;
    }

    private void descend(final int from, final TreePath path, final boolean toLast) {
        int node = from;
        while (nodes.level(node) != LeafNodes.LEVEL) {
            final int position = toLast ? nodes.count(node) - 1 : 0;
            path.push(node, position);
            node = inner.child(node, position);
        }
        path.push(node, toLast ? Math.max(0, nodes.count(node) - 1) : 0);
    }

    /** How many live keys stand before the place that the path leads to. */
    long rank(final TreePath path) {
        long rank = leaves.countLive(path.leaf(), path.leafPosition());
        for (int level = path.leafLevel() - 1; level >= 0; level--) {
            rank += inner.countLive(path.node(level), path.position(level));
        }
        return rank;
    }

    /** The key that the path leads to has become live, or is not any more. */
    void setLive(final TreePath path, final boolean isLive) {
        final int entry = entry(path);
        if (LeafNodes.isLive(entry) != isLive) {
            leaves.replace(
                    path.leaf(),
                    path.leafPosition(),
                    LeafNodes.entry(LeafNodes.idOf(entry), !isLive));
            addLive(path, isLive ? 1 : -1);
        }
    }

    private void addLive(final TreePath path, final int live) {
        liveCount += live;
        for (int level = path.leafLevel() - 1; level >= 0; level--) {
            final int node = path.node(level);
            final int position = path.position(level);
            inner.live(node, position, inner.live(node, position) + live);
        }
    }

    /** Inserts a key where {@link #search} led the path to, which is void then. */
    void insert(
            final TreePath path, final UnsafeBuffer key, final int id, final boolean isDeleted) {
        shape++;
        keyCount++;
        if (!isDeleted) {
            addLive(path, 1);
        }
        if (nodes.count(path.leaf()) == LeafNodes.CAPACITY) {
            splitLeaf(path, key, LeafNodes.entry(id, isDeleted));
        } else {
            leaves.insert(path.leaf(), path.leafPosition(), key, LeafNodes.entry(id, isDeleted));
        }
    }

    /**
     * Adds keys above all that are there, at least one, as a leaf of their own.
     *
     * @param path is void then.
     */
    void appendLeaf(final LeafContents contents, final TreePath path) {
        shape++;
        final boolean isFirst = keyCount == 0;
        keyCount += contents.count();
        final int leaf = isFirst ? root : nodes.add(LeafNodes.LEVEL);
        leaves.fill(leaf, contents);
        final int live = leaves.countLive(leaf, contents.count());
        end(path);
        addLive(path, live);
        if (!isFirst) {
            final int left = path.leaf();
            insertRight(path, path.leafLevel() - 1, left, separatorOf(left, leaf), leaf, live);
        }
    }

    /** The new key is counted already in the nodes above. */
    private void splitLeaf(final TreePath path, final UnsafeBuffer key, final int entry) {
        final int leaf = path.leaf();
        final int position = path.leafPosition();
        final int right = nodes.add(LeafNodes.LEVEL);
        // Keys that come in order fill their leaves.
        final boolean isInOrder = position == LeafNodes.CAPACITY && isRightmost(path);
        final int middle = isInOrder ? LeafNodes.CAPACITY : LeafNodes.CAPACITY / 2;
        leaves.split(leaf, middle, right);
        if (position <= middle && !isInOrder) {
            leaves.insert(leaf, position, key, entry);
        } else {
            leaves.insert(right, position - middle, key, entry);
        }
        final int live = leaves.countLive(right, nodes.count(right));
        final long separator = separatorOf(leaf, right);
        insertRight(path, path.leafLevel() - 1, leaf, separator, right, live);
    }

    private boolean isRightmost(final TreePath path) {
        for (int level = path.leafLevel() - 1; level >= 0; level--) {
            if (path.position(level) < nodes.count(path.node(level)) - 1) {
                return false;
            }
        }
        return true;
    }

    /** The shortest beginning of the right leaf's first key that is above all of the left leaf. */
    private long separatorOf(final int left, final int right) {
        keys.wrap(LeafNodes.idOf(leaves.entry(left, nodes.count(left) - 1)), one);
        keys.wrap(LeafNodes.idOf(leaves.entry(right, 0)), other);
        return separators.add(other, KeyBytes.commonPrefix(one, other) + 1);
    }

    /** Puts a node that was split off behind the one that it was split from. */
    private void insertRight(
            final TreePath path,
            final int level,
            final int left,
            final long separator,
            final int right,
            final int live) {
        if (level < 0) {
            growRoot(left, separator, right, live);
            return;
        }
        final int node = path.node(level);
        final int position = path.position(level);
        inner.live(node, position, inner.live(node, position) - live);
        if (nodes.count(node) < InnerNodes.CAPACITY) {
            inner.insert(node, position + 1, separator, right, live);
            return;
        }
        final int sibling = nodes.add(nodes.level(node));
        final boolean isInOrder = position == InnerNodes.CAPACITY - 1;
        final int middle = isInOrder ? InnerNodes.CAPACITY - 1 : InnerNodes.CAPACITY / 2;
        final long between = inner.split(node, middle, sibling);
        if (position < middle) {
            inner.insert(node, position + 1, separator, right, live);
        } else {
            inner.insert(sibling, position - middle + 1, separator, right, live);
        }
        final int moved = inner.countLive(sibling, nodes.count(sibling));
        insertRight(path, level - 1, node, between, sibling, moved);
    }

    private void growRoot(
            final int left, final long separator, final int right, final int rightLive) {
        root = nodes.add(nodes.level(left) + 1);
        inner.append(root, 0, left, Math.toIntExact(liveCount - rightLive));
        inner.append(root, separator, right, rightLive);
    }

    /** Removes the key that the path leads to, which is void then. */
    void remove(final TreePath path) {
        shape++;
        keyCount--;
        if (LeafNodes.isLive(entry(path))) {
            addLive(path, -1);
        }
        leaves.remove(path.leaf(), path.leafPosition());
        int level = path.leafLevel();
        while (level > 0 && isSparse(path.node(level))) {
            if (nodes.count(path.node(level)) == 0) {
                nodes.free(path.node(level));
                inner.remove(path.node(level - 1), path.position(level - 1));
            } else if (!merge(path.node(level - 1), path.position(level - 1))) {
                break;
            }
            level--;
        }
        shrinkRoot();
    }

    private boolean isSparse(final int node) {
        return nodes.count(node) < capacity(node) / SPARSE;
    }

    private int capacity(final int node) {
        return nodes.level(node) == LeafNodes.LEVEL ? LeafNodes.CAPACITY : InnerNodes.CAPACITY;
    }

    /**
     * Merges a child with a neighbour below the same parent.
     *
     * @return false if it has none, or together they would soon be too many.
     */
    private boolean merge(final int parent, final int position) {
        if (nodes.count(parent) == 1) {
            return false;
        }
        final int rightPosition = position == 0 ? 1 : position;
        final int left = inner.child(parent, rightPosition - 1);
        final int right = inner.child(parent, rightPosition);
        final int count = nodes.count(left) + nodes.count(right);
        if (count > capacity(left) - capacity(left) / SPARSE) {
            return false;
        }
        final long between = inner.take(parent, rightPosition);
        if (nodes.level(left) == LeafNodes.LEVEL) {
            leaves.merge(left, right);
            separators.free(between);
        } else {
            inner.merge(left, between, right);
        }
        nodes.free(right);
        return true;
    }

    private void shrinkRoot() {
        while (nodes.level(root) != LeafNodes.LEVEL && nodes.count(root) <= 1) {
            final int old = root;
            root = nodes.count(old) == 1 ? inner.child(old, 0) : nodes.add(LeafNodes.LEVEL);
            nodes.free(old);
        }
    }

    @Override
    public void close() {
        freeSeparators(root);
        nodes.close();
    }

    private void freeSeparators(final int node) {
        if (nodes.level(node) == LeafNodes.LEVEL) {
            return;
        }
        for (int i = 0; i < nodes.count(node); i++) {
            if (i > 0) {
                separators.free(inner.separator(node, i));
            }
            freeSeparators(inner.child(node, i));
        }
    }
}
