package io.larch.engine.keys.tree;

/** Goes over a whole tree, parents before their children. */
final class TreeWalk {
    private final NodeRecords nodes;
    private final PathCursor cursor = new PathCursor();
    private final NodeFlyweight node = new NodeFlyweight();

    /** Is shown each node but the root; the views are valid during the call. */
    @FunctionalInterface
    interface Visitor {
        void onNode(int id, NodeFlyweight node, PathCursor cursor);
    }

    TreeWalk(final NodeRecords nodes) {
        this.nodes = nodes;
    }

    void forEach(final Visitor visitor) {
        cursor.startAtRoot();
        int id = KeyTree.ROOT;
        nodes.get(id, node);
        while (true) {
            int next = node.firstChild();
            if (next != 0) {
                cursor.enter(id);
            } else {
                while (id != KeyTree.ROOT && next == 0) {
                    next = node.nextSibling();
                    cursor.cut(node.nameLength());
                    if (next == 0) {
                        cursor.leave();
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
            cursor.append(node);
            visitor.onNode(id, node, cursor);
            nodes.get(id, node);
        }
    }
}
