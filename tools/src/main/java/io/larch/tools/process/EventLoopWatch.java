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
import java.nio.channels.SelectableChannel;

/**
 * Lets a datagram from a peer end the wait of the event loop that a member's one thread drives. The
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
    public AutoCloseable watch(final SelectableChannel channel, final Runnable onReadable) {
        final boolean isEpoll = loop.isIoType(EpollIoHandler.class);
        final IoHandle handle =
                isEpoll
                        ? new EpollHandle(SocketTransport.fileDescriptor(channel), onReadable)
                        : new NioHandle(channel, onReadable);
        // Level-triggered without EPOLLET: what the transport leaves unread ends the next wait.
        final IoOps readable = isEpoll ? EpollIoOps.EPOLLIN : NioIoOps.READ;
        final IoRegistration registration = loop.register(handle).syncUninterruptibly().getNow();
        registration.submit(readable);
        return registration::cancel;
    }

    /** Under native epoll: known by the socket's number. */
    private record EpollHandle(FileDescriptor fd, Runnable onReadable) implements EpollIoHandle {
        @Override
        public void handle(final IoRegistration registration, final IoEvent event) {
            onReadable.run();
        }

        @Override
        public void close() {
            // The transport closes its sockets.
        }
    }

    /** Under the JDK's selector. */
    private record NioHandle(SelectableChannel selectableChannel, Runnable onReadable)
            implements NioIoHandle {
        @Override
        public void handle(final IoRegistration registration, final IoEvent event) {
            onReadable.run();
        }

        @Override
        public void close() {
            // The transport closes its sockets.
        }
    }
}
