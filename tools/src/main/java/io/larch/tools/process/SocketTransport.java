package io.larch.tools.process;

import io.larch.http.listen.Rings;
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
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.lang.reflect.Method;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How event loops wait for sockets, read and write them. Where many clients ask at a time a ring
 * takes one call into the kernel for what native epoll takes two or three for each of them; the
 * JDK's selector has epoll's latency, for some more CPU.
 */
public enum SocketTransport {
    /** Linux's rings. What the JDK has accepted they do not take over. */
    IO_URING {
        @Override
        public IoHandlerFactory handlerFactory() {
            return IoUringIoHandler.newFactory(Rings.config());
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        public Class<? extends Channel> channel() {
            return IoUringSocketChannel.class;
        }

        @Override
        public Channel adopt(final SocketChannel connection) {
            throw new UnsupportedOperationException("of rings");
        }

        @Override
        public boolean isAvailable() {
            return isRingKernel(System.getProperty("os.version"))
                    && IoUring.isAvailable()
                    && areSocketNumbersVisible();
        }
    },
    /** Linux's epoll, without the JDK. */
    EPOLL {
        @Override
        public IoHandlerFactory handlerFactory() {
            return EpollIoHandler.newFactory();
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }

        @Override
        public Class<? extends Channel> channel() {
            return EpollSocketChannel.class;
        }

        @Override
        public Channel adopt(final SocketChannel connection) {
            return new EpollSocketChannel(fileDescriptor(connection).intValue());
        }

        @Override
        public boolean isAvailable() {
            return Epoll.isAvailable() && areSocketNumbersVisible();
        }
    },
    /** The JDK's selector, which every machine has. */
    NIO {
        @Override
        public IoHandlerFactory handlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return NioServerSocketChannel.class;
        }

        @Override
        public Class<? extends Channel> channel() {
            return NioSocketChannel.class;
        }

        @Override
        public Channel adopt(final SocketChannel connection) {
            return new NioSocketChannel(connection);
        }

        @Override
        public boolean isAvailable() {
            return true;
        }
    };

    static {
        // Netty reads them once, before the first ring. Polls that stay can miss the end of a
        // connection, and with reads that stay long requests over TLS were never read to their end
        // (4.2.17); those for one answer each do neither. And a thread that sleeps in a ring is no
        // processor that waits for a disk, as Linux would count it.
        setUnlessSet("io.netty.iouring.pollAddMultishotEnabled", "false");
        setUnlessSet("io.netty.iouring.recvMultiShotEnabled", "false");
        setUnlessSet("io.netty.iouring.enterNoIoWaitEnabled", "true");
    }

    /** The first Linux whose rings let a thread do their work when it asks for it. */
    private static final int RING_MAJOR = 6;

    private static final int RING_MINOR = 1;

    private static final Pattern RELEASE = Pattern.compile("(\\d{1,9})\\.(\\d{1,9}).*");

    /** The JDK's own view of a channel; a JVM started without --add-exports hides it. */
    private static final String CHANNEL_INSIDE = "sun.nio.ch.SelChImpl";

    /**
     * The quickest of this machine.
     *
     * @param takesOver whether connections that the JDK has accepted come to the event loops, too.
     */
    public static SocketTransport best(final boolean takesOver) {
        if (!takesOver && IO_URING.isAvailable()) {
            return IO_URING;
        }
        return EPOLL.isAvailable() ? EPOLL : NIO;
    }

    /** Of event loops. */
    public abstract IoHandlerFactory handlerFactory();

    /** Of listeners. */
    public abstract Class<? extends ServerChannel> serverChannel();

    /** Of connections that are opened. */
    public abstract Class<? extends Channel> channel();

    /**
     * A connection of the JDK for an event loop with handlers of {@link #handlerFactory()}.
     *
     * @param connection open and watched by nobody; from now on the event loop's, and not to be
     *     touched by anybody else.
     * @throws UnsupportedOperationException of {@link #IO_URING}.
     */
    public abstract Channel adopt(SocketChannel connection);

    /** Whether this machine has it, and the JVM tells the numbers of its sockets where needed. */
    public abstract boolean isAvailable();

    private static void setUnlessSet(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
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
     * @param release of the kernel, as uname prints it.
     */
    static boolean isRingKernel(final String release) {
        final Matcher numbers = RELEASE.matcher(release);
        if (!numbers.matches()) {
            return false;
        }
        final int major = Integer.parseInt(numbers.group(1));
        return major > RING_MAJOR
                || major == RING_MAJOR && Integer.parseInt(numbers.group(2)) >= RING_MINOR;
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
