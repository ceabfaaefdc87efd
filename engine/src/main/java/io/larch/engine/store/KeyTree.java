package io.larch.engine.store;

import io.larch.engine.codec.CommandFlyweight;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The nodes and how they hang together: path to node id ({@link PathMap}), id to record ({@link
 * NodeMap}), TTLs ({@link TtlKeyHeap}). Knows no rule of the API.
 *
 * <p>A path here is {@code /a/b}, the root's is empty. Ids never show: a node found by different
 * ids on different members answers the same.
 */
final class KeyTree implements AutoCloseable {
    static final int ROOT = 1;

    /** What a node is counted with, besides its name, value and path key. */
    static final int NODE_OVERHEAD = 160;

    private static final int MIN_MAP_ENTRIES = 1 << 16;

    /**
     * The maps are laid out for a fraction of the nodes allowed and grow by tiers beyond: entries
     * of a small tree lie dense in a small map, and thinly spread, a page each, in a large one.
     */
    private static final int NODES_PER_MAP_ENTRY = 8;

    /** Times the entries laid out for; far beyond what nodes and bytes allow. */
    private static final double MAX_BLOAT_FACTOR = 250;

    private static final int MAX_INLINE = NodeMap.MAX_RECORD_LENGTH - NodeFlyweight.HEADER_LENGTH;
    private static final int SMALL_RECORD = 256;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final LargePayloads payloads = new LargePayloads();
    private final TtlKeyHeap ttlKeys = new TtlKeyHeap();
    private final IdPool ids = new IdPool();
    private final PathKey key = new PathKey();
    private final NodeFlyweight parent = new NodeFlyweight();
    private final NodeFlyweight sibling = new NodeFlyweight();
    private final NodeFlyweight changing = new NodeFlyweight();
    private final IntArrayList anchors = new IntArrayList();
    private final ExpandableArrayBuffer removalPath = new ExpandableArrayBuffer(512);
    private final UnsafeBuffer noValue = new UnsafeBuffer(0, 0);
    private final PathMap paths;
    private final NodeMap nodes;

    private NodeObserver observer = NodeObserver.NONE;
    private int epoch;
    private long nodeCount;
    private long usedBytes;

    private int anchorId;
    private int anchorOffset;
    private int[] componentEnds = new int[16];
    private int componentCount;
    private int foundCount;
    private int foundId;

    KeyTree(final long maxNodes) {
        final long entries = Math.max(MIN_MAP_ENTRIES, maxNodes / NODES_PER_MAP_ENTRY);
        paths = new PathMap(entries, MAX_BLOAT_FACTOR);
        nodes = new NodeMap(entries, MAX_BLOAT_FACTOR, payloads);
    }

    /** Makes the root. */
    void createRoot() {
        ids.use(ROOT);
        putNew(
                ROOT,
                0,
                NodeFlyweight.DIR,
                noValue,
                0,
                0,
                noValue,
                0,
                0,
                0,
                0,
                CommandFlyweight.PERMANENT,
                0);
        count(1, 0, 0, 0);
    }

    long nodeCount() {
        return nodeCount;
    }

    long usedBytes() {
        return usedBytes;
    }

    TtlKeyHeap ttlKeys() {
        return ttlKeys;
    }

    IdPool ids() {
        return ids;
    }

    /** Points the view at a node that is there. */
    void get(final int id, final NodeFlyweight node) {
        nodes.get(id, node);
    }

    /** Points the view at the node whose record lies at an address a view told before. */
    void view(final long address, final NodeFlyweight node) {
        node.wrap(address, NodeFlyweight.HEADER_LENGTH, payloads);
    }

    /** Who is told of each node before it changes or goes, and the epoch new nodes get. */
    void observe(final NodeObserver observer, final int epoch) {
        this.observer = observer;
        this.epoch = epoch;
    }

    /**
     * Finds a node by its path.
     *
     * @return its id, 0 if there is none.
     */
    int find(final DirectBuffer path, final int offset, final int length) {
        if (length == 0) {
            return ROOT;
        }
        if (!resolveAnchor(path, offset, length)) {
            return 0;
        }
        return paths.get(key.set(anchorId, path, anchorOffset, offset + length - anchorOffset));
    }

    /**
     * Finds a node, or, failing that, how far the path goes: {@link #foundId()} and {@link
     * #foundLength()} tell the deepest node there is, {@link #missingLength()} the path of the
     * first one missing. Takes O(log depth) lookups.
     *
     * @return whether it was found.
     */
    boolean walk(final DirectBuffer path, final int offset, final int length) {
        foundId = find(path, offset, length);
        if (foundId != 0) {
            return true;
        }
        splitComponents(path, offset, length);
        int found = 0;
        int missing = componentCount;
        int probe = missing - 1;
        foundId = ROOT;
        while (missing - found > 1) {
            final int id = find(path, offset, componentEnds[probe - 1]);
            if (id != 0) {
                found = probe;
                foundId = id;
            } else {
                missing = probe;
            }
            probe = (found + missing) >>> 1;
        }
        foundCount = found;
        return false;
    }

    int foundId() {
        return foundId;
    }

    /** After a walk that found not: length of the deepest existing node's path. */
    int foundLength() {
        return foundCount == 0 ? 0 : componentEnds[foundCount - 1];
    }

    /** After a walk that found not: length of the first missing node's path. */
    int missingLength() {
        return componentEnds[foundCount];
    }

    /** After a walk that found not: how many nodes are missing. */
    int missingCount() {
        return componentCount - foundCount;
    }

    /** After a walk that found not: what the missing nodes' names and keys will be counted with. */
    long missingBytes() {
        long bytes = 0;
        int anchor = 0;
        int start = 0;
        for (int i = 0; i < componentCount; i++) {
            final int end = componentEnds[i];
            if (i >= foundCount) {
                bytes += countedBytes(end - start - 1, 0, end - anchor);
            }
            if (end - anchor > PathKey.ANCHOR_DISTANCE) {
                anchor = end;
            }
            start = end;
        }
        return bytes;
    }

    /**
     * Makes the node of the last {@link #walk}, which was not found below an existing directory,
     * and the directories on the way.
     *
     * @return the node's id.
     */
    int create(
            final DirectBuffer path,
            final int offset,
            final int length,
            final boolean isDir,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long index,
            final long expirationNanos) {
        if (componentCount == 0 || componentEnds[componentCount - 1] != length) {
            throw new IllegalStateException("not the path of the last walk");
        }
        int id = foundId;
        int start = foundLength();
        resolveAnchor(path, offset, componentEnds[foundCount]);
        for (int i = foundCount; i < componentCount; i++) {
            final int end = componentEnds[i];
            final boolean isLast = i == componentCount - 1;
            id =
                    createChild(
                            id,
                            path,
                            offset + start + 1,
                            end - start - 1,
                            offset + end - anchorOffset,
                            !isLast || isDir,
                            isLast ? value : noValue,
                            isLast ? valueOffset : 0,
                            isLast ? valueLength : 0,
                            index,
                            isLast ? expirationNanos : CommandFlyweight.PERMANENT);
            if (offset + end - anchorOffset > PathKey.ANCHOR_DISTANCE) {
                anchorId = id;
                anchorOffset = offset + end;
            }
            start = end;
        }
        return id;
    }

    /** Turns the file in view into a directory. */
    void makeDir(final int id, final NodeFlyweight node) {
        setValue(id, node, noValue, 0, 0);
        node.makeDir();
    }

    /**
     * Replaces the value of the file in view, which then shows the new one. The bytes must not be
     * the tree's own.
     */
    void setValue(
            final int id,
            final NodeFlyweight node,
            final DirectBuffer value,
            final int offset,
            final int length) {
        beforeChange(id, node);
        final int nameLength = node.nameLength();
        count(0, 0, length - node.valueLength(), 0);
        if (hasRoomFor(node, nameLength + length)) {
            final UnsafeBuffer record = node.record();
            record.putBytes(NodeFlyweight.HEADER_LENGTH + nameLength, value, offset, length);
            record.putInt(NodeFlyweight.VALUE_LENGTH_OFFSET, length, ORDER);
            node.wrap(record.addressOffset(), record.capacity(), payloads);
            return;
        }
        final int oldSlot = node.has(NodeFlyweight.OUTSIDE) ? node.payloadSlot() : -1;
        final UnsafeBuffer record = nodes.scratch();
        record.putBytes(0, node.record(), 0, NodeFlyweight.HEADER_LENGTH);
        final int recordLength =
                putPayload(
                        record, node.flags(), node.payload(), 0, nameLength, value, offset, length);
        nodes.put(id, recordLength);
        if (oldSlot >= 0) {
            payloads.free(oldSlot);
        }
        nodes.get(id, node);
    }

    /** Sets the indexes of the node in view. */
    void setIndexes(
            final int id,
            final NodeFlyweight node,
            final long modifiedIndex,
            final long createdIndex) {
        beforeChange(id, node);
        node.modifiedIndex(modifiedIndex);
        node.createdIndex(createdIndex);
    }

    /** Sets the expiration of the node in view, at the index of a change. */
    void setExpiration(
            final int id, final NodeFlyweight node, final long expirationNanos, final long index) {
        beforeChange(id, node);
        if (expirationNanos == CommandFlyweight.PERMANENT) {
            if (node.expirationNanos() != CommandFlyweight.PERMANENT) {
                ttlKeys.remove(id);
            }
            node.expiration(expirationNanos, 0);
        } else {
            ttlKeys.put(id, expirationNanos, index);
            node.expiration(expirationNanos, index);
        }
    }

    /** Removes a node and all below it; O(nodes removed). */
    void remove(final DirectBuffer path, final int offset, final int length) {
        final int top = find(path, offset, length);
        if (top == 0 || top == ROOT) {
            throw new IllegalStateException("not a node to remove: " + top);
        }
        unlink(top);
        removalPath.putBytes(0, path, offset, length);
        resolveAnchor(removalPath, 0, length);
        anchors.clear();
        int pathLength = length;
        int id = top;
        while (true) {
            nodes.get(id, changing);
            final int child = changing.firstChild();
            if (child != 0) {
                if (pathLength - anchorOffset > PathKey.ANCHOR_DISTANCE) {
                    anchors.addInt(anchorId);
                    anchors.addInt(anchorOffset);
                    anchorId = id;
                    anchorOffset = pathLength;
                }
                nodes.get(child, changing);
                pathLength = appendName(removalPath, pathLength, changing);
                id = child;
                continue;
            }
            final int parentId = changing.parentId();
            final int nextSibling = changing.nextSibling();
            final int nameLength = changing.nameLength();
            removeLeaf(id, pathLength);
            if (id == top) {
                return;
            }
            nodes.get(parentId, changing);
            changing.link(NodeFlyweight.FIRST_CHILD_OFFSET, nextSibling);
            pathLength -= nameLength + 1;
            if (anchorOffset == pathLength && !anchors.isEmpty()) {
                anchorOffset = anchors.popInt();
                anchorId = anchors.popInt();
            }
            id = parentId;
        }
    }

    /** Shows every node but the root. */
    void forEach(final NodeVisitor visitor) {
        final NodeFlyweight node = new NodeFlyweight();
        final ExpandableArrayBuffer path = removalPath;
        anchors.clear();
        anchorId = ROOT;
        anchorOffset = 0;
        int pathLength = 0;
        int id = ROOT;
        nodes.get(id, node);
        while (true) {
            int next = node.firstChild();
            if (next != 0) {
                if (pathLength - anchorOffset > PathKey.ANCHOR_DISTANCE) {
                    anchors.addInt(anchorId);
                    anchors.addInt(anchorOffset);
                    anchorId = id;
                    anchorOffset = pathLength;
                }
            } else {
                while (id != ROOT && next == 0) {
                    next = node.nextSibling();
                    pathLength -= node.nameLength() + 1;
                    if (next == 0) {
                        if (anchorOffset == pathLength && !anchors.isEmpty()) {
                            anchorOffset = anchors.popInt();
                            anchorId = anchors.popInt();
                        }
                        id = node.parentId();
                        nodes.get(id, node);
                    }
                }
                if (next == 0) {
                    return;
                }
            }
            id = next;
            nodes.get(id, node);
            pathLength = appendName(path, pathLength, node);
            visitor.onNode(id, node, path, pathLength);
            nodes.get(id, node);
        }
    }

    /** Puts a node of a snapshot, without its links; {@link #finishRestore} makes those. */
    void restoreNode(
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
        putNew(
                id,
                parentId,
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
        if (expirationNanos != CommandFlyweight.PERMANENT) {
            ttlKeys.put(id, expirationNanos, ttlIndex);
        }
    }

    /** Links the nodes of a snapshot and finds them by path again. */
    void finishRestore() {
        for (int id = ids.nextUsed(ROOT + 1); id != 0; id = ids.nextUsed(id + 1)) {
            nodes.get(id, changing);
            if (!ids.isUsed(Math.max(ROOT, changing.parentId()))) {
                throw new IllegalStateException("node " + id + " of the snapshot has no parent");
            }
            linkLast(changing.parentId(), id);
        }
        forEach(
                (id, node, path, pathLength) -> {
                    final int relativeLength = pathLength - anchorOffset;
                    paths.put(key.set(anchorId, path, anchorOffset, relativeLength), id);
                    count(
                            1,
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
    int path(final int id, final ExpandableArrayBuffer target) {
        int length = 0;
        for (int at = id; at != ROOT; at = sibling.parentId()) {
            nodes.get(at, sibling);
            length += 1 + sibling.nameLength();
        }
        target.checkLimit(length);
        int end = length;
        for (int at = id; at != ROOT; at = sibling.parentId()) {
            nodes.get(at, sibling);
            end -= sibling.nameLength();
            target.putBytes(end, sibling.payload(), 0, sibling.nameLength());
            target.putByte(--end, (byte) '/');
        }
        return length;
    }

    /**
     * Appends a slash and a node's name to a path.
     *
     * @return the new length.
     */
    static int appendName(
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
        payloads.close();
    }

    private static long countedBytes(
            final int nameLength, final int valueLength, final int relativeLength) {
        return (long) NODE_OVERHEAD
                + nameLength
                + valueLength
                + PathKey.storedLength(relativeLength);
    }

    private void count(
            final int nodes, final int nameLength, final int valueLength, final int keyLength) {
        nodeCount += nodes;
        usedBytes += (long) nodes * NODE_OVERHEAD + nameLength + valueLength + keyLength;
    }

    /**
     * Finds the node that the last part of a path is keyed by.
     *
     * @return false if it does not exist, and so neither does the path.
     */
    private boolean resolveAnchor(final DirectBuffer path, final int offset, final int length) {
        anchorId = ROOT;
        anchorOffset = offset;
        final int end = offset + length;
        int at = offset + PathKey.ANCHOR_DISTANCE + 1;
        while (at < end) {
            if (path.getByte(at) == '/') {
                anchorId = paths.get(key.set(anchorId, path, anchorOffset, at - anchorOffset));
                if (anchorId == 0) {
                    return false;
                }
                anchorOffset = at;
                at += PathKey.ANCHOR_DISTANCE;
            }
            at++;
        }
        return true;
    }

    private void splitComponents(final DirectBuffer path, final int offset, final int length) {
        componentCount = 0;
        for (int i = 1; i <= length; i++) {
            if (i == length || path.getByte(offset + i) == '/') {
                if (componentCount == componentEnds.length) {
                    componentEnds = Arrays.copyOf(componentEnds, componentCount * 2);
                }
                componentEnds[componentCount++] = i;
            }
        }
    }

    private int createChild(
            final int parentId,
            final DirectBuffer path,
            final int nameOffset,
            final int nameLength,
            final int relativeLength,
            final boolean isDir,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long index,
            final long expirationNanos) {
        final int id = ids.allocate();
        paths.put(key.set(anchorId, path, anchorOffset, relativeLength), id);
        putNew(
                id,
                parentId,
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
        linkLast(parentId, id);
        if (expirationNanos != CommandFlyweight.PERMANENT) {
            ttlKeys.put(id, expirationNanos, index);
        }
        count(1, nameLength, valueLength, PathKey.storedLength(relativeLength));
        return id;
    }

    private void putNew(
            final int id,
            final int parentId,
            final int flags,
            final DirectBuffer name,
            final int nameOffset,
            final int nameLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long modifiedIndex,
            final long createdIndex,
            final long expirationNanos,
            final long ttlIndex) {
        final UnsafeBuffer record = nodes.scratch();
        record.setMemory(0, NodeFlyweight.HEADER_LENGTH, (byte) 0);
        record.putInt(NodeFlyweight.EPOCH_OFFSET, epoch, ORDER);
        record.putInt(NodeFlyweight.PARENT_OFFSET, parentId, ORDER);
        record.putLong(NodeFlyweight.MODIFIED_OFFSET, modifiedIndex, ORDER);
        record.putLong(NodeFlyweight.CREATED_OFFSET, createdIndex, ORDER);
        record.putLong(NodeFlyweight.EXPIRATION_OFFSET, expirationNanos, ORDER);
        record.putLong(
                NodeFlyweight.TTL_INDEX_OFFSET,
                expirationNanos == CommandFlyweight.PERMANENT ? 0 : ttlIndex,
                ORDER);
        nodes.put(
                id,
                putPayload(
                        record,
                        flags,
                        name,
                        nameOffset,
                        nameLength,
                        value,
                        valueOffset,
                        valueLength));
    }

    /**
     * Puts name and value into a record or beside the map.
     *
     * @return the record's length.
     */
    private int putPayload(
            final UnsafeBuffer record,
            final int flags,
            final DirectBuffer name,
            final int nameOffset,
            final int nameLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength) {
        record.putInt(NodeFlyweight.NAME_LENGTH_OFFSET, nameLength, ORDER);
        record.putInt(NodeFlyweight.VALUE_LENGTH_OFFSET, valueLength, ORDER);
        final int length = nameLength + valueLength;
        if (length <= MAX_INLINE) {
            final int payloadOffset = NodeFlyweight.HEADER_LENGTH;
            record.putBytes(payloadOffset, name, nameOffset, nameLength);
            record.putBytes(payloadOffset + nameLength, value, valueOffset, valueLength);
            record.putInt(NodeFlyweight.FLAGS_OFFSET, flags & ~NodeFlyweight.OUTSIDE, ORDER);
            return payloadOffset + length;
        }
        final int slot = payloads.allocate(length);
        sibling.payloadAt(payloads.address(slot), length);
        sibling.outside().putBytes(0, name, nameOffset, nameLength);
        sibling.outside().putBytes(nameLength, value, valueOffset, valueLength);
        record.putInt(NodeFlyweight.PAYLOAD_SLOT_OFFSET, slot, ORDER);
        record.putInt(NodeFlyweight.FLAGS_OFFSET, flags | NodeFlyweight.OUTSIDE, ORDER);
        return NodeFlyweight.HEADER_LENGTH;
    }

    /** Whether a payload fits the record that is there without wasting much of it. */
    private static boolean hasRoomFor(final NodeFlyweight node, final int payloadLength) {
        final int capacity = node.record().capacity();
        final int needed = NodeFlyweight.HEADER_LENGTH + payloadLength;
        return !node.has(NodeFlyweight.OUTSIDE)
                && needed <= capacity
                && (capacity <= SMALL_RECORD || needed >= capacity / 2);
    }

    private void linkLast(final int parentId, final int id) {
        nodes.get(parentId, parent);
        final int last = parent.link(NodeFlyweight.LAST_CHILD_OFFSET);
        parent.link(NodeFlyweight.LAST_CHILD_OFFSET, id);
        if (last == 0) {
            parent.link(NodeFlyweight.FIRST_CHILD_OFFSET, id);
        } else {
            nodes.get(last, sibling);
            sibling.link(NodeFlyweight.NEXT_SIBLING_OFFSET, id);
            nodes.get(id, sibling);
            sibling.link(NodeFlyweight.PREV_SIBLING_OFFSET, last);
        }
    }

    private void unlink(final int id) {
        nodes.get(id, changing);
        final int previous = changing.link(NodeFlyweight.PREV_SIBLING_OFFSET);
        final int next = changing.nextSibling();
        nodes.get(changing.parentId(), parent);
        if (previous == 0) {
            parent.link(NodeFlyweight.FIRST_CHILD_OFFSET, next);
        } else {
            nodes.get(previous, sibling);
            sibling.link(NodeFlyweight.NEXT_SIBLING_OFFSET, next);
        }
        if (next == 0) {
            parent.link(NodeFlyweight.LAST_CHILD_OFFSET, previous);
        } else {
            nodes.get(next, sibling);
            sibling.link(NodeFlyweight.PREV_SIBLING_OFFSET, previous);
        }
    }

    /** Removes the node that {@code changing} shows, at the end of the removal path. */
    private void removeLeaf(final int id, final int pathLength) {
        beforeChange(id, changing);
        if (changing.expirationNanos() != CommandFlyweight.PERMANENT) {
            ttlKeys.remove(id);
        }
        final int relativeLength = pathLength - anchorOffset;
        count(
                -1,
                -changing.nameLength(),
                -changing.valueLength(),
                -PathKey.storedLength(relativeLength));
        if (changing.has(NodeFlyweight.OUTSIDE)) {
            payloads.free(changing.payloadSlot());
        }
        paths.remove(key.set(anchorId, removalPath, anchorOffset, relativeLength));
        nodes.remove(id);
        ids.free(id);
    }

    private void beforeChange(final int id, final NodeFlyweight node) {
        if (node.epoch() != epoch) {
            observer.beforeChange(id, node);
        }
    }
}
