package io.larch.engine.keys;

import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.Utf8;
import io.larch.engine.keys.tree.ChildSorter;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.TreeReader;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A read whose result is too long to be made at once: made piece by piece, while writes go on, it
 * shows the tree as it was when it began. All pieces one behind the other are what {@link
 * EventFlyweight} lays out. A node's fixed part and key are never parted, a value only where no
 * UTF-8 sequence is.
 *
 * <p>Owned by the engine thread. {@link #close} it when it is done or no longer wanted; the store
 * ends it by itself when what it holds on to is too much, or when a snapshot takes the place of the
 * tree: then {@link #isCut} is true and nothing more comes of it.
 */
public final class TreeRead implements SlicedRead {
    private final KeyTree tree;
    private final SlicedReads reads;
    private final ChildSorter sorter;
    private final NodeFlyweight node = new NodeFlyweight();
    private final ExpandableArrayBuffer path = new ExpandableArrayBuffer(256);
    private final ArrayDeque<Directory> open = new ArrayDeque<>();
    private final boolean isRecursive;
    private final long nowNanos;
    private final long wallOffset;
    private final long storeIndex;
    private final long view;
    private boolean isBegun;
    private boolean isCut;
    private boolean isReplaced;
    private boolean isClosed;

    /** The node to write next; 0: look at the directory on top. */
    private int nextId;

    private int nextPathLength;

    /** Of the node whose value is being written. */
    private int valueId;

    private int valueOffset;
    private int valueLength;

    /** A directory whose children are being written. */
    private static final class Directory {
        private final UnsafeBuffer children = new UnsafeBuffer(0, 0);
        private final int pathLength;
        private int next;

        Directory(final int pathLength) {
            this.pathLength = pathLength;
        }

        int count() {
            return children.capacity() / Integer.BYTES;
        }
    }

    TreeRead(
            final KeyTree tree,
            final SlicedReads reads,
            final ChildSorter sorter,
            final int id,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final boolean isRecursive,
            final long nowNanos,
            final long wallOffset,
            final long storeIndex) {
        this.tree = tree;
        this.reads = reads;
        this.sorter = sorter;
        this.isRecursive = isRecursive;
        this.nowNanos = nowNanos;
        this.wallOffset = wallOffset;
        this.storeIndex = storeIndex;
        path.putBytes(0, key, keyOffset, keyLength);
        nextPathLength = keyLength;
        nextId = id;
        view = tree.past().begin();
    }

    @Override
    public long index() {
        return storeIndex;
    }

    @Override
    public boolean isDone() {
        return isBegun && nextId == 0 && valueId == 0 && open.isEmpty();
    }

    @Override
    public boolean isCut() {
        return isCut;
    }

    @Override
    public boolean isReplaced() {
        return isReplaced;
    }

    /** {@inheritDoc} A key may go beyond the length. */
    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        if (isClosed) {
            throw new IllegalStateException("the read is closed");
        }
        int end = offset;
        if (!isBegun) {
            isBegun = true;
            end = EventFlyweight.encodeHeader(target, offset, Action.GET, 0, storeIndex);
        }
        int steps = maxSteps;
        while (end - offset < maxLength && steps > 0 && !isDone()) {
            if (valueId != 0) {
                end = writeValue(target, end, offset + maxLength);
                steps--;
            } else if (nextId != 0) {
                steps = findChildren(steps);
                if (steps > 0) {
                    end = writeNode(target, end);
                }
            } else {
                next();
                steps--;
            }
        }
        return end;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            sorter.release(this);
            while (!open.isEmpty()) {
                leave();
            }
            tree.past().end(view);
            reads.closed(this);
        }
    }

    /** The store cannot hold on to what this needs. */
    void cut() {
        isCut = true;
        close();
    }

    /** The tree goes. */
    void replace() {
        isReplaced = true;
        cut();
    }

    /** Goes to the next child of the directory on top, or leaves it. */
    private void next() {
        final Directory top = open.peek();
        if (top.next == top.count()) {
            leave();
            return;
        }
        nextId = top.children.getInt(top.next++ * Integer.BYTES);
        tree.getPast(nextId, view, node);
        nextPathLength = KeyTree.appendName(path, top.pathLength, node);
    }

    private void leave() {
        final Directory left = open.pop();
        reads.held(-left.children.capacity());
        UnsafeApi.freeMemory(left.children.addressOffset());
    }

    /**
     * Has the children of the next node sorted, if they are to be shown.
     *
     * @return the steps left, 0: it is not done yet.
     */
    private int findChildren(final int maxSteps) {
        tree.getPast(nextId, view, node);
        if (!isOpened()) {
            return maxSteps;
        }
        if (!sorter.isFreeFor(this)) {
            return 0;
        }
        if (!sorter.isOwnedBy(this)) {
            sorter.begin(this, view, node.firstChild());
        }
        return sorter.advance(maxSteps);
    }

    private boolean isOpened() {
        return node.isDir() && node.firstChild() != 0 && (isRecursive || open.isEmpty());
    }

    private int writeNode(final MutableDirectBuffer target, final int offset) {
        tree.getPast(nextId, view, node);
        final int childCount = isOpened() ? sorter.count() : 0;
        final int length = node.isDir() ? 0 : node.valueLength();
        final long expirationNanos = node.expirationNanos();
        final boolean isPermanent = expirationNanos == CommandEnvelope.PERMANENT;
        final int at =
                EventFlyweight.encodeNode(
                        target,
                        offset,
                        (node.isDir() ? EventFlyweight.NODE_DIR : EventFlyweight.NODE_HAS_VALUE)
                                | (isPermanent ? 0 : EventFlyweight.NODE_HAS_EXPIRATION),
                        nextPathLength,
                        length,
                        childCount,
                        node.modifiedIndex(),
                        node.createdIndex(),
                        TreeReader.shownExpiration(expirationNanos, wallOffset),
                        TreeReader.ttlSeconds(expirationNanos, nowNanos));
        target.putBytes(at, path, 0, nextPathLength);
        if (childCount > 0) {
            enter(childCount);
        }
        sorter.release(this);
        if (length > 0) {
            valueId = nextId;
            valueOffset = 0;
            valueLength = length;
        }
        nextId = 0;
        return at + nextPathLength;
    }

    private void enter(final int childCount) {
        final Directory directory = new Directory(nextPathLength);
        final int bytes = childCount * Integer.BYTES;
        directory.children.wrap(UnsafeApi.allocateMemory(bytes), bytes);
        for (int i = 0; i < childCount; i++) {
            directory.children.putInt(i * Integer.BYTES, sorter.id(i));
        }
        open.push(directory);
        reads.held(bytes);
    }

    private int writeValue(final MutableDirectBuffer target, final int offset, final int limit) {
        tree.getPast(valueId, view, node);
        final int nameLength = node.nameLength();
        final int left = valueLength - valueOffset;
        int length = Math.min(left, Math.max(limit - offset, Utf8.MAX_LENGTH));
        if (length < left) {
            final int from = nameLength + valueOffset;
            length = Utf8.boundary(node.payload(), from, from + length) - from;
        }
        target.putBytes(offset, node.payload(), nameLength + valueOffset, length);
        valueOffset += length;
        if (valueOffset == valueLength) {
            valueId = 0;
        }
        return offset + length;
    }
}
