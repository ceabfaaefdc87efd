package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.IntArrayList;

/** The path of a node on a walk down and up the tree, and the anchor it is keyed by. */
final class PathCursor {
    private final ExpandableArrayBuffer path = new ExpandableArrayBuffer(512);

    /** Anchors further up, id and offset of each. */
    private final IntArrayList anchors = new IntArrayList();

    private int length;
    private int anchorId;
    private int anchorOffset;

    /** Stands at a path whose last part, from an offset within the path, is keyed by an anchor. */
    void start(
            final DirectBuffer source,
            final int offset,
            final int length,
            final int anchorId,
            final int anchorOffset) {
        path.putBytes(0, source, offset, length);
        this.length = length;
        this.anchorId = anchorId;
        this.anchorOffset = anchorOffset;
        anchors.clear();
    }

    /** Stands at the root. */
    void startAtRoot() {
        length = 0;
        anchorId = KeyTree.ROOT;
        anchorOffset = 0;
        anchors.clear();
    }

    ExpandableArrayBuffer path() {
        return path;
    }

    int length() {
        return length;
    }

    int anchorId() {
        return anchorId;
    }

    int anchorOffset() {
        return anchorOffset;
    }

    /** Length of the part that is keyed below the anchor. */
    int relativeLength() {
        return length - anchorOffset;
    }

    /** From a node, by its id, on to its children. */
    void enter(final int id) {
        if (length - anchorOffset > PathKey.ANCHOR_DISTANCE) {
            anchors.addInt(anchorId);
            anchors.addInt(anchorOffset);
            anchorId = id;
            anchorOffset = length;
        }
    }

    /** Down to a child of the node that was entered. */
    void append(final NodeFlyweight child) {
        length = KeyTree.appendName(path, length, child);
    }

    /** Up from a child, by the length of its name. */
    void cut(final int nameLength) {
        length -= nameLength + 1;
    }

    /** From the children back to the node itself. */
    void leave() {
        if (anchorOffset == length && !anchors.isEmpty()) {
            anchorOffset = anchors.popInt();
            anchorId = anchors.popInt();
        }
    }
}
