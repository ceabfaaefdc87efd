package io.larch.engine.keys.tree;

import io.larch.engine.codec.CommandEnvelope;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The nodes and how they hang together: path to node id ({@link PathIndex}), id to record ({@link
 * NodeRecords}), TTLs ({@link TtlKeyHeap}), and what was cut off ({@link DetachedNodes}). Knows no
 * rule of the API.
 *
 * <p>A path here is {@code /a/b}, the root's is empty. Ids never show: a node found by different
 * ids on different members answers the same.
 */
public final class KeyTree implements AutoCloseable {
    public static final int ROOT = 1;

    private static final int MIN_MAP_ENTRIES = 1 << 16;

    /**
     * The map is laid out for a fraction of the nodes allowed and grows by tiers beyond: entries of
     * a small tree lie dense in a small map, and thinly spread, a page each, in a large one.
     */
    private static final int NODES_PER_MAP_ENTRY = 8;

    /** Times the entries laid out for; far beyond what nodes and bytes allow. */
    private static final double MAX_BLOAT_FACTOR = 250;

    private final TtlKeyHeap ttlKeys = new TtlKeyHeap();
    private final IdPool ids = new IdPool();
    private final Usage usage = new Usage();
    private final NodeFlyweight changing = new NodeFlyweight();
    private final NodeFlyweight climbing = new NodeFlyweight();
    private final UnsafeBuffer noValue = new UnsafeBuffer(0, 0);
    private final PathComponents walked = new PathComponents();
    private final PathIndex paths;
    private final NodeRecords nodes;
    private final DetachedNodes detached;

    private NodeObserver observer = NodeObserver.NONE;
    private int epoch;
    private int foundId;

    /**
     * @param hashSeed that clients do not know; nothing that is told depends on it.
     */
    public KeyTree(final long maxNodes, final long hashSeed) {
        final long entries = Math.max(MIN_MAP_ENTRIES, maxNodes / NODES_PER_MAP_ENTRY);
        nodes = new NodeRecords();
        paths = new PathIndex(new PathMap(entries, MAX_BLOAT_FACTOR, hashSeed, nodes));
        detached = new DetachedNodes(nodes, paths, ids, this::giveBack);
    }

    /** Makes the root. */
    public void createRoot() {
        ids.use(ROOT);
        nodes.put(
                ROOT,
                0,
                epoch,
                NodeFlyweight.DIR,
                noValue,
                0,
                0,
                noValue,
                0,
                0,
                0,
                0,
                CommandEnvelope.PERMANENT,
                0);
        usage.added(0, 0, 0);
    }

    /** What is in use, including what was cut off and is not given back yet. */
    public Usage usage() {
        return usage;
    }

    public TtlKeyHeap ttlKeys() {
        return ttlKeys;
    }

    public IdPool ids() {
        return ids;
    }

    /** Points the view at a node that is there. */
    public void get(final int id, final NodeFlyweight node) {
        nodes.get(id, node);
    }

    /** Listings that are remembered until something changes that they show. */
    public Listings listings() {
        return nodes.listings();
    }

    /** What reads that have begun still need of records that change. */
    public PastRecords past() {
        return nodes.past();
    }

    /** Points the view at a node as it was when a view of the {@link #past} began. */
    public void getPast(final int id, final long view, final NodeFlyweight node) {
        nodes.getPast(id, view, node);
    }

    /** Points the view at a node, if its id is not only waiting to be free again. */
    public boolean find(final int id, final NodeFlyweight node) {
        return nodes.find(id, node);
    }

    /** Points the view at the node whose record lies at an address a view told before. */
    void view(final long address, final NodeFlyweight node) {
        nodes.view(address, node);
    }

    /** Sorts records, of which it knows the addresses. */
    NameSort nameSort() {
        return new NameSort(nodes);
    }

    /** Who is told of each node before it changes or goes, and the epoch new nodes get. */
    public void observe(final NodeObserver observer, final int epoch) {
        this.observer = observer;
        this.epoch = epoch;
    }

    /**
     * Finds a node by its path.
     *
     * @return its id, 0 if there is none.
     */
    public int find(final DirectBuffer path, final int offset, final int length) {
        final int id = paths.find(path, offset, length);
        return id != 0 && isAttached(id) ? id : 0;
    }

    /** Whether a node is part of the tree and not of something that was cut off. */
    public boolean isAttached(final int id) {
        if (detached.isEmpty()) {
            return true;
        }
        int at = id;
        while (at != ROOT && at != 0) {
            nodes.get(at, climbing);
            at = climbing.parentId();
        }
        return at == ROOT;
    }

    /**
     * Finds a node, or, failing that, how far the path goes: {@link #foundId()} and {@link
     * #foundLength()} tell the deepest node there is, {@link #missingLength()} the path of the
     * first one missing. Takes O(log depth) lookups.
     *
     * @return whether it was found.
     */
    public boolean walk(final DirectBuffer path, final int offset, final int length) {
        foundId = find(path, offset, length);
        if (foundId != 0) {
            return true;
        }
        walked.split(path, offset, length);
        int found = 0;
        int missing = walked.count();
        int probe = missing - 1;
        foundId = ROOT;
        while (missing - found > 1) {
            final int id = find(path, offset, walked.end(probe - 1));
            if (id != 0) {
                found = probe;
                foundId = id;
            } else {
                missing = probe;
            }
            probe = (found + missing) >>> 1;
        }
        walked.found(found);
        return false;
    }

    public int foundId() {
        return foundId;
    }

    /** After a walk that found not: length of the deepest existing node's path. */
    public int foundLength() {
        return walked.foundLength();
    }

    /** After a walk that found not: length of the first missing node's path. */
    public int missingLength() {
        return walked.missingLength();
    }

    /** After a walk that found not: how many nodes are missing. */
    public int missingCount() {
        return walked.count() - walked.found();
    }

    /** After a walk that found not: what the missing nodes' names and keys will be counted with. */
    public long missingBytes() {
        return walked.missingBytes();
    }

    /**
     * Makes the node of the last {@link #walk}, which was not found below an existing directory,
     * and the directories on the way.
     *
     * @return the node's id.
     */
    public int create(
            final DirectBuffer path,
            final int offset,
            final int length,
            final boolean isDir,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long index,
            final long expirationNanos) {
        if (!walked.isOf(length)) {
            throw new IllegalStateException("not the path of the last walk");
        }
        int id = foundId;
        int start = foundLength();
        paths.resolveAnchor(path, offset, walked.missingLength());
        int anchorId = paths.anchorId();
        int anchorOffset = paths.anchorOffset();
        for (int i = walked.found(); i < walked.count(); i++) {
            final int end = walked.end(i);
            final boolean isLast = i == walked.count() - 1;
            final int parentId = id;
            final int relativeLength = offset + end - anchorOffset;
            id = ids.allocate();
            paths.put(anchorId, path, anchorOffset, relativeLength, id);
            createChild(
                    id,
                    parentId,
                    path,
                    offset + start + 1,
                    end - start - 1,
                    !isLast || isDir,
                    isLast ? value : noValue,
                    isLast ? valueOffset : 0,
                    isLast ? valueLength : 0,
                    index,
                    isLast ? expirationNanos : CommandEnvelope.PERMANENT);
            usage.added(
                    end - start - 1,
                    isLast ? valueLength : 0,
                    PathKey.storedLength(relativeLength));
            if (relativeLength > PathKey.ANCHOR_DISTANCE) {
                anchorId = id;
                anchorOffset = offset + end;
            }
            start = end;
        }
        return id;
    }

    /** Turns the file in view into a directory. */
    public void makeDir(final int id, final NodeFlyweight node) {
        setValue(id, node, noValue, 0, 0);
        node.makeDir();
    }

    /**
     * Replaces the value of the file in view, which then shows the new one. The bytes must not be
     * the tree's own.
     */
    public void setValue(
            final int id,
            final NodeFlyweight node,
            final DirectBuffer value,
            final int offset,
            final int length) {
        beforeChange(id, node);
        usage.valueGrew(length - node.valueLength());
        nodes.putValue(id, node, value, offset, length);
    }

    /** Sets the indexes of the node in view. */
    public void setIndexes(
            final int id,
            final NodeFlyweight node,
            final long modifiedIndex,
            final long createdIndex) {
        beforeChange(id, node);
        node.modifiedIndex(modifiedIndex);
        node.createdIndex(createdIndex);
    }

    /** Sets the expiration of the node in view, at the index of a change. */
    public void setExpiration(
            final int id, final NodeFlyweight node, final long expirationNanos, final long index) {
        beforeChange(id, node);
        if (expirationNanos == CommandEnvelope.PERMANENT) {
            if (node.expirationNanos() != CommandEnvelope.PERMANENT) {
                ttlKeys.remove(id);
            }
            node.expiration(expirationNanos, 0);
        } else {
            ttlKeys.put(id, expirationNanos, index);
            node.expiration(expirationNanos, index);
        }
    }

    /**
     * Cuts a node and all below it off the tree. A node without children is gone with that; of
     * others the nodes are given back by {@link #freeDetached}.
     */
    public void remove(final DirectBuffer path, final int offset, final int length) {
        final int top = find(path, offset, length);
        if (top == 0 || top == ROOT) {
            throw new IllegalStateException("not a node to remove: " + top);
        }
        nodes.get(top, changing);
        beforeChange(top, changing);
        nodes.unlink(changing);
        changing.link(NodeFlyweight.PARENT_OFFSET, 0);
        detached.add(top, path, offset, length, paths.anchorId(), paths.anchorOffset());
    }

    /** Gives back nodes that were cut off, in at most so many steps of one node each. */
    public void freeDetached(final int maxSteps) {
        detached.free(maxSteps);
    }

    /** Whether there are nodes that were cut off and not given back yet. */
    public boolean hasDetached() {
        return !detached.isEmpty();
    }

    /** Shows every node but the root. */
    void forEach(final NodeVisitor visitor) {
        new TreeWalk(nodes)
                .forEach(
                        (id, node, cursor) ->
                                visitor.onNode(id, node, cursor.path(), cursor.length()));
    }

    /** Puts a node of a snapshot, without its links; {@link #finishRestore} makes those. */
    public void restoreNode(
            final int id,
            final int parentId,
            final int flags,
            final DirectBuffer buffer,
            final int nameOffset,
            final int nameLength,
            final int valueLength,
            final long modifiedIndex,
            final long createdIndex,
            final long expirationNanos,
            final long ttlIndex) {
        nodes.put(
                id,
                parentId,
                epoch,
                flags,
                buffer,
                nameOffset,
                nameLength,
                buffer,
                nameOffset + nameLength,
                valueLength,
                modifiedIndex,
                createdIndex,
                expirationNanos,
                ttlIndex);
        ids.use(id);
        if (expirationNanos != CommandEnvelope.PERMANENT) {
            ttlKeys.put(id, expirationNanos, ttlIndex);
        }
    }

    /** Links the nodes of a snapshot and finds them by path again. */
    public void finishRestore() {
        long count = 0;
        for (int id = ids.nextUsed(ROOT + 1); id != 0; id = ids.nextUsed(id + 1)) {
            nodes.get(id, changing);
            if (!ids.isUsed(Math.max(ROOT, changing.parentId()))) {
                throw new IllegalStateException("node " + id + " of the snapshot has no parent");
            }
            nodes.linkLast(changing.parentId(), id);
            count++;
        }
        paths.expect(count);
        new TreeWalk(nodes)
                .forEach(
                        (id, node, cursor) -> {
                            final int relativeLength = cursor.relativeLength();
                            paths.restore(
                                    cursor.anchorId(),
                                    cursor.path(),
                                    cursor.anchorOffset(),
                                    relativeLength,
                                    id);
                            usage.added(
                                    node.nameLength(),
                                    node.valueLength(),
                                    PathKey.storedLength(relativeLength));
                        });
    }

    /**
     * Writes a node's path from offset 0.
     *
     * @return its length.
     */
    public int path(final int id, final ExpandableArrayBuffer target) {
        int length = 0;
        for (int at = id; at != ROOT; at = climbing.parentId()) {
            nodes.get(at, climbing);
            length += 1 + climbing.nameLength();
        }
        target.checkLimit(length);
        int end = length;
        for (int at = id; at != ROOT; at = climbing.parentId()) {
            nodes.get(at, climbing);
            end -= climbing.nameLength();
            target.putBytes(end, climbing.payload(), 0, climbing.nameLength());
            target.putByte(--end, (byte) '/');
        }
        return length;
    }

    /**
     * Appends a slash and a node's name to a path.
     *
     * @return the new length.
     */
    public static int appendName(
            final ExpandableArrayBuffer path, final int length, final NodeFlyweight node) {
        final int nameLength = node.nameLength();
        path.putByte(length, (byte) '/');
        path.putBytes(length + 1, node.payload(), 0, nameLength);
        return length + 1 + nameLength;
    }

    @Override
    public void close() {
        paths.close();
        nodes.close();
    }

    private void createChild(
            final int id,
            final int parentId,
            final DirectBuffer path,
            final int nameOffset,
            final int nameLength,
            final boolean isDir,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long index,
            final long expirationNanos) {
        nodes.put(
                id,
                parentId,
                epoch,
                isDir ? NodeFlyweight.DIR : 0,
                path,
                nameOffset,
                nameLength,
                value,
                valueOffset,
                valueLength,
                index,
                index,
                expirationNanos,
                index);
        nodes.linkLast(parentId, id);
        if (expirationNanos != CommandEnvelope.PERMANENT) {
            ttlKeys.put(id, expirationNanos, index);
        }
    }

    /** The end of one node that was cut off. */
    private void giveBack(final int id, final NodeFlyweight node, final int storedKeyLength) {
        tellObserver(id, node);
        if (node.expirationNanos() != CommandEnvelope.PERMANENT) {
            ttlKeys.remove(id);
        }
        usage.removed(node.nameLength(), node.valueLength(), storedKeyLength);
        nodes.remove(id, node);
    }

    private void beforeChange(final int id, final NodeFlyweight node) {
        nodes.beforeChange(id, node);
        tellObserver(id, node);
    }

    private void tellObserver(final int id, final NodeFlyweight node) {
        if (node.epoch() != epoch) {
            observer.beforeChange(id, node);
        }
    }
}
