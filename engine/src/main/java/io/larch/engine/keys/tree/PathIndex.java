package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;

/**
 * Finds the id of a path. Knows the {@link PathKey}s: what the last part of a path is keyed by is
 * its anchor, the root or an ancestor far enough down the path.
 */
final class PathIndex implements AutoCloseable {
    private final PathKey key = new PathKey();
    private final PathMap paths;
    private long puts;
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

    /** How many paths were ever put: tells whether any was since a moment ago. */
    long puts() {
        return puts;
    }

    void put(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength,
            final int id) {
        puts++;
        paths.put(key.set(anchorId, path, relativeOffset, relativeLength), id);
    }

    void remove(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength) {
        paths.remove(key.set(anchorId, path, relativeOffset, relativeLength));
    }

    /** Removes a path unless it leads to another node by now. */
    void removeIfOf(
            final int id,
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength) {
        if (paths.get(key.set(anchorId, path, relativeOffset, relativeLength)) == id) {
            paths.remove(key);
        }
    }

    @Override
    public void close() {
        paths.close();
    }
}
