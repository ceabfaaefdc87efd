package io.larch.engine.keys.tree;

/** Is told of each node of an older epoch before it changes or goes. */
public interface NodeObserver {
    NodeObserver NONE = (id, node) -> {};

    void beforeChange(int id, NodeFlyweight node);
}
