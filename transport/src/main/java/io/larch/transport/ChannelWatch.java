package io.larch.transport;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * Lets the wait of the thread that drives a transport end when a socket is ready: an event loop, or
 * a selector. Owned by that thread.
 */
@FunctionalInterface
public interface ChannelWatch {
    /**
     * Watches a channel, level-triggered.
     *
     * @param operations of {@link SelectionKey}, those that the channel can be ready for.
     * @param onReady called by the driving thread, within its wait; neither reads nor writes.
     */
    Watched watch(SelectableChannel channel, int operations, Runnable onReady);

    /** Watches for something to read. */
    default Watched watchReadable(final SelectableChannel channel, final Runnable onReadable) {
        return watch(channel, SelectionKey.OP_READ, onReadable);
    }

    /** A channel that is watched. */
    interface Watched extends AutoCloseable {
        /** Watches for these operations from now on. */
        void operations(int operations);

        /** Ends the watching; close it before the channel. */
        @Override
        void close();
    }
}
