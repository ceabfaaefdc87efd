package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;

/** Is shown each node of the tree, parents before their children. */
interface NodeVisitor {
    /** The path lies at offset 0; all views are valid during the call. */
    void onNode(int id, NodeFlyweight node, DirectBuffer path, int pathLength);
}
