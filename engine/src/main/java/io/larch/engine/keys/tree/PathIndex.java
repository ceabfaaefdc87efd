package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;

/**
 * Finds the id of a path. Knows the {@link PathKey}s: what the last part of a path is keyed by is
 * its anchor, the root or an ancestor far enough down the path.
 */
final class PathIndex implements AutoCloseable {
    private final PathKey key = new PathKey();
    private final PathMap paths;
    private int anchorId;
    private int anchorOffset;

    PathIndex(final PathMap paths) {
        this.paths = paths;
    }

    /**
     * @return the node's id, 0 if there is none. The anchor is the path's afterwards, if there is a
     *     node.
     */
    int find(final DirectBuffer path, final int offset, final int length) {
        if (length == 0) {
            return KeyTree.ROOT;
        }
        if (!resolveAnchor(path, offset, length)) {
            return 0;
        }
        return paths.get(key.set(anchorId, path, anchorOffset, offset + length - anchorOffset));
    }

    /**
     * Finds the node that the last part of a path is keyed by.
     *
     * @return false if it does not exist, and so neither does the path.
     */
    boolean resolveAnchor(final DirectBuffer path, final int offset, final int length) {
        anchorId = KeyTree.ROOT;
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

    int anchorId() {
        return anchorId;
    }

    /** Where the part of the path begins that is keyed below the anchor. */
    int anchorOffset() {
        return anchorOffset;
    }

    void put(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength,
            final int id) {
        paths.put(key.set(anchorId, path, relativeOffset, relativeLength), id);
    }

    /** Makes room for the paths of a snapshot's nodes, each of which is then restored once. */
    void expect(final long nodes) {
        paths.expect(nodes);
    }

    void restore(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength,
            final int id) {
        paths.restore(key.set(anchorId, path, relativeOffset, relativeLength), id);
    }

    /** Removes the path of a node, unless it leads to another one by now. */
    void remove(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength,
            final int id) {
        paths.remove(key.set(anchorId, path, relativeOffset, relativeLength), id);
    }

    @Override
    public void close() {
        paths.close();
    }
}
