package io.larch.engine.store;

/** Is told of each node of an older epoch before it changes or goes. */
interface NodeObserver {
    NodeObserver NONE = (id, node) -> {};

    void beforeChange(int id, NodeFlyweight node);
}
