package io.larch.engine.keys.tree;

import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.DirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Subtrees that were cut off the tree, and whose nodes are given back a slice at a time: however
 * much a removal removes, it is done at once for everybody who looks, and stops nobody for long.
 *
 * <p>What is cut off keeps its ids, records and paths until its turn comes, and counts as used. Its
 * top has no parent, by which a node is known to be cut off ({@link KeyTree}). A path may meanwhile
 * lead to a new node, which then is left alone.
 *
 * <p>Slices are a matter of entries applied, not of time, and the ids of a subtree are free again
 * when its last node is gone: children may stand in another order on another member, yet all choose
 * the same ids.
 */
final class DetachedNodes {
    private static final int MAX_KEPT_IDS = 1 << 16;

    /** A subtree whose turn has not come. */
    private record Waiting(int top, byte[] path, int anchorId, int anchorOffset) {}

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final PathCursor cursor = new PathCursor();
    private final NodeFlyweight node = new NodeFlyweight();
    private final UnsafeBuffer waitingPath = new UnsafeBuffer(0, 0);
    private final NodeRecords nodes;
    private final PathIndex paths;
    private final NodeRemoval removal;
    private final IdPool ids;

    /** Ids of the nodes of this subtree that are gone. */
    private final IntArrayList goneIds = new IntArrayList();

    /** The node to look at next; 0: nothing is being given back. */
    private int nextId;

    private int topId;

    /** Everything below the next node is gone. */
    private boolean isEmptied;

    /** Gives back a single node: its place in the TTLs, in the counts, its record; not its id. */
    @FunctionalInterface
    interface NodeRemoval {
        void remove(int id, NodeFlyweight node, int storedKeyLength);
    }

    DetachedNodes(
            final NodeRecords nodes,
            final PathIndex paths,
            final IdPool ids,
            final NodeRemoval removal) {
        this.nodes = nodes;
        this.paths = paths;
        this.ids = ids;
        this.removal = removal;
    }

    boolean isEmpty() {
        return nextId == 0;
    }

    /** Takes over a subtree, whose top, and no more of it, was cut off at this path. */
    void add(
            final int top,
            final DirectBuffer path,
            final int offset,
            final int length,
            final int anchorId,
            final int anchorOffset) {
        nodes.get(top, node);
        if (node.firstChild() == 0) {
            final int relativeLength = offset + length - anchorOffset;
            paths.remove(anchorId, path, anchorOffset, relativeLength, top);
            removal.remove(top, node, PathKey.storedLength(relativeLength));
            ids.free(top);
        } else if (isEmpty()) {
            cursor.start(path, offset, length, anchorId, anchorOffset - offset);
            begin(top);
        } else {
            final byte[] copy = new byte[length];
            path.getBytes(offset, copy);
            waiting.add(new Waiting(top, copy, anchorId, anchorOffset - offset));
        }
    }

    /** Goes on giving back, for at most so many steps of one node each. */
    void free(final int maxSteps) {
        int steps = maxSteps;
        while (nextId != 0 && steps > 0) {
            steps = freeSome(steps);
            if (nextId == 0 && !waiting.isEmpty()) {
                final Waiting next = waiting.remove();
                waitingPath.wrap(next.path);
                cursor.start(waitingPath, 0, next.path.length, next.anchorId, next.anchorOffset);
                begin(next.top);
            }
        }
    }

    private void begin(final int top) {
        topId = top;
        nextId = top;
        isEmptied = false;
    }

    /** Children before their parents, within one subtree. */
    private int freeSome(final int maxSteps) {
        int steps = maxSteps;
        nodes.get(nextId, node);
        while (steps-- > 0) {
            final int child = isEmptied ? 0 : node.firstChild();
            if (child != 0) {
                cursor.enter(nextId);
                nextId = child;
                nodes.get(child, node);
                cursor.append(node);
                continue;
            }
            final int parentId = node.parentId();
            final int sibling = nextId == topId ? 0 : node.nextSibling();
            final int nameLength = node.nameLength();
            remove();
            if (nextId == topId) {
                nextId = 0;
                freeIds();
                return steps;
            }
            cursor.cut(nameLength);
            isEmptied = sibling == 0;
            nextId = isEmptied ? parentId : sibling;
            nodes.get(nextId, node);
            if (isEmptied) {
                cursor.leave();
            } else {
                cursor.append(node);
            }
        }
        return 0;
    }

    private void remove() {
        final int relativeLength = cursor.relativeLength();
        paths.remove(
                cursor.anchorId(), cursor.path(), cursor.anchorOffset(), relativeLength, nextId);
        removal.remove(nextId, node, PathKey.storedLength(relativeLength));
        goneIds.addInt(nextId);
    }

    private void freeIds() {
        for (int i = 0; i < goneIds.size(); i++) {
            ids.free(goneIds.getInt(i));
        }
        goneIds.clear();
        if (goneIds.capacity() > MAX_KEPT_IDS) {
            goneIds.trimToSize();
        }
    }
}
