package io.larch.tools.process;

import io.larch.transport.ChannelWatch;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.uring.IoUringIoHandler;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * Lets what comes from a peer end the wait of the event loop that a member's one thread drives. The
 * sockets stay the transport's: the loop neither reads nor closes them.
 *
 * <p>All calls on the event loop's thread.
 */
public final class EventLoopWatch implements ChannelWatch {
    private final IoEventLoop loop;

    public EventLoopWatch(final IoEventLoop loop) {
        this.loop = loop;
    }

    @Override
    public Watched watch(
            final SelectableChannel channel, final int operations, final Runnable onReady) {
        if (loop.isIoType(IoUringIoHandler.class)) {
            return RingWatch.open(
                    loop, SocketTransport.fileDescriptor(channel), operations, onReady);
        }
        final boolean isEpoll = loop.isIoType(EpollIoHandler.class);
        final IoHandle handle =
                isEpoll
                        ? new EpollHandle(SocketTransport.fileDescriptor(channel), onReady)
                        : new NioHandle(channel, onReady);
        final IoRegistration registration = loop.register(handle).syncUninterruptibly().getNow();
        registration.submit(ops(isEpoll, operations));
        return new Registered(registration, isEpoll);
    }

    /**
     * Level-triggered without EPOLLET: what the transport leaves unread ends the next wait. A
     * connection is there, or has failed, when it can be written.
     */
    private static IoOps ops(final boolean isEpoll, final int operations) {
        if (!isEpoll) {
            return NioIoOps.valueOf(operations);
        }
        int mask = 0;
        if ((operations & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            mask |= EpollIoOps.EPOLLIN.value();
        }
        if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            mask |= EpollIoOps.EPOLLOUT.value();
        }
        return EpollIoOps.valueOf(mask);
    }

    /** A socket known to the loop. */
    private record Registered(IoRegistration registration, boolean isEpoll) implements Watched {
        @Override
        public void operations(final int operations) {
            registration.submit(ops(isEpoll, operations));
        }

        @Override
        public void close() {
            registration.cancel();
        }
    }

    /** Under native epoll: known by the socket's number. */
    private record EpollHandle(FileDescriptor fd, Runnable onReady) implements EpollIoHandle {
        @Override
        public void handle(final IoRegistration registration, final IoEvent event) {
            onReady.run();
        }

        @Override
        public void close() {
            // The transport closes its sockets.
        }
    }

    /** Under the JDK's selector. */
    private record NioHandle(SelectableChannel selectableChannel, Runnable onReady)
            implements NioIoHandle {
        @Override
        public void handle(final IoRegistration registration, final IoEvent event) {
            onReady.run();
        }

        @Override
        public void close() {
            // The transport closes its sockets.
        }
    }
}
