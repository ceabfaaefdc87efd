package io.larch.transport;

import java.nio.channels.SelectableChannel;

/**
 * Lets the wait of the thread that drives a transport end when a socket has something to read: an
 * event loop, or a selector. Owned by that thread.
 */
@FunctionalInterface
public interface ChannelWatch {
    /**
     * Watches a channel, level-triggered.
     *
     * @param onReadable called by the driving thread, within its wait; does not read.
     * @return ends the watching; close it before the channel.
     */
    AutoCloseable watch(SelectableChannel channel, Runnable onReadable);
}
