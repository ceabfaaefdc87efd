package io.larch.http.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;

/**
 * How event loops read by Linux's rings: into buffers that lie ready for whoever of their
 * connections sends next, so that a read is asked for before there is anything, not behind a poll
 * for each request. See io_uring_register(2), IORING_REGISTER_PBUF_RING.
 */
public final class Rings {
    /** Of what is to be done, sent at once when there is more: 64 B each of locked memory. */
    private static final int ENTRIES = 256;

    private static final short GROUP = 1;

    private static final short BUFFERS = 64;

    /** At first, and so many more when they do not last. */
    private static final int BUFFERS_AT_ONCE = 16;

    private static final int BUFFER_BYTES = 8192;

    private Rings() {}

    /** Of event loops whose listeners are {@link Listener}'s. */
    public static IoUringIoHandlerConfig config() {
        return new IoUringIoHandlerConfig()
                .setRingSize(ENTRIES)
                .setBufferRingConfig(
                        IoUringBufferRingConfig.builder()
                                .bufferGroupId(GROUP)
                                .bufferRingSize(BUFFERS)
                                .batchSize(BUFFERS_AT_ONCE)
                                .incremental(false)
                                .batchAllocation(false)
                                .allocator(new IoUringFixedBufferRingAllocator(BUFFER_BYTES))
                                .build());
    }

    /** Whether an event loop writes by rings: a flush is a request then, which is done later. */
    public static boolean areOf(final EventLoop eventLoop) {
        return eventLoop instanceof IoEventLoop
                && ((IoEventLoop) eventLoop).isIoType(IoUringIoHandler.class);
    }

    static boolean areOf(final Class<? extends ServerChannel> channelClass) {
        return IoUringServerSocketChannel.class.isAssignableFrom(channelClass);
    }

    /** For all connections that will be accepted. */
    static void configure(
            final ServerBootstrap bootstrap, final Class<? extends ServerChannel> channelClass) {
        if (areOf(channelClass)) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
        }
    }
}
