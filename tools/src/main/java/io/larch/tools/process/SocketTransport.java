package io.larch.tools.process;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.lang.reflect.Method;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/**
 * Native epoll where the machine has it and the JVM tells the numbers of its sockets, else the
 * JDK's selector: same latency, some more CPU.
 */
public final class SocketTransport {
    /** The JDK's own view of a channel; a JVM started without --add-exports hides it. */
    private static final String CHANNEL_INSIDE = "sun.nio.ch.SelChImpl";

    private SocketTransport() {}

    public static IoHandlerFactory handlerFactory() {
        return isEpoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    public static Class<? extends ServerChannel> serverChannel() {
        return isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Of connections that are opened. */
    public static Class<? extends Channel> channel() {
        return isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    static boolean isEpoll() {
        return Epoll.isAvailable() && areSocketNumbersVisible();
    }

    /**
     * A connection of the JDK for an event loop with handlers of {@link #handlerFactory()}.
     *
     * @param connection open and watched by nobody; from now on the event loop's, and not to be
     *     touched by anybody else.
     */
    public static Channel adopt(final SocketChannel connection) {
        return isEpoll()
                ? new EpollSocketChannel(fileDescriptor(connection).intValue())
                : new NioSocketChannel(connection);
    }

    /** The number of a JDK channel's socket, which stays the channel's. */
    static FileDescriptor fileDescriptor(final SelectableChannel channel) {
        try {
            final Method getFdVal = Class.forName(CHANNEL_INSIDE).getMethod("getFDVal");
            return new FileDescriptor((Integer) getFdVal.invoke(channel));
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("no access to the socket of " + channel, e);
        }
    }

    /**
     * By reflection, since javac knows no --add-exports when it compiles for a given release of
     * Java.
     */
    private static boolean areSocketNumbersVisible() {
        try {
            final Class<?> channelInside = Class.forName(CHANNEL_INSIDE);
            return channelInside
                    .getModule()
                    .isExported(channelInside.getPackageName(), SocketTransport.class.getModule());
        } catch (final ClassNotFoundException e) {
            return false;
        }
    }
}
