package io.larch.engine.port;

import org.agrona.DirectBuffer;

/**
 * Where an edge hands over what clients ask. One port per event loop; all methods run on that event
 * loop's thread.
 *
 * <p>Every accepted command gets exactly one reply (a watch: a head, then events, then an end) at
 * the {@link ReplyHandler} given when the port was opened, except a {@code CANCEL}, which gets none
 * and stops further ones.
 */
public interface RequestPort {
    /** Where a port's number begins in a correlation id. */
    int ID_SHIFT = 48;

    /** Cause of the error for a command that not all members have the feature level for. */
    String NOT_EVERYWHERE =
            "etcdserver: not all members of the cluster understand this request yet";

    /**
     * Number of this port, from 0. It must stand in every correlation id that is offered here, from
     * {@link #ID_SHIFT} on, since the engine finds the way back by it.
     */
    int id();

    /**
     * Hands over a command ({@link io.larch.engine.codec.KeysCommand}). The bytes are copied before
     * the call returns, and the engine may write the command's identity into them.
     *
     * @return false when the engine is full: nothing was taken, answer the client with an error.
     */
    boolean offer(DirectBuffer command, int offset, int length);

    /**
     * Asks something off the hot path. The answer is given to the query on the event loop's thread.
     *
     * @return false when the engine is full.
     */
    boolean ask(Query<?> query);

    /**
     * Ends a turn: what was offered since the last call may be worked on. Cheap when there is
     * nothing.
     */
    void flush();
}
