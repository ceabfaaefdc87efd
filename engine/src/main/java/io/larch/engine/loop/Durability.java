package io.larch.engine.loop;

import io.larch.engine.raft.RaftCore;

/**
 * How the log becomes durable: on the engine thread itself, or on a thread of its own. Used on the
 * engine thread.
 */
interface Durability {
    /**
     * Makes, or lets become, durable what was appended, and tells the core how far it is.
     *
     * @return whether the core was told something new.
     */
    boolean advance(RaftCore raft);
}
