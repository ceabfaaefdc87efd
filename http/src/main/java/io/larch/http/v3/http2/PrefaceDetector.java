package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks whether a connection begins with HTTP/2's preface (RFC 9113 3.4), and puts the handler that
 * speaks its protocol in its own place. A client that has agreed on HTTP/2 by TLS begins with the
 * preface as well.
 *
 * <p>One connection's, on its event loop's thread. Keeps no more than the preface's 24 bytes.
 */
public final class PrefaceDetector extends ChannelInboundHandlerAdapter {
    private static final ByteBuf PREFACE =
            Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());

    private final Supplier<ChannelHandler> http1;
    private final Supplier<ChannelHandler> http2;
    private final long timeoutMs;
    private ByteBuf first;
    private Future<?> timeout;

    /**
     * @param timeoutMs for a preface that has begun.
     */
    public PrefaceDetector(
            final Supplier<ChannelHandler> http1,
            final Supplier<ChannelHandler> http2,
            final long timeoutMs) {
        this.http1 = http1;
        this.http2 = http2;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (first != null) {
            bytes = join(ctx, bytes);
        }
        final int length = Math.min(bytes.readableBytes(), PREFACE.readableBytes());
        if (!isPrefaceUpTo(bytes, length)) {
            become(ctx, http1.get(), bytes);
        } else if (length == PREFACE.readableBytes()) {
            become(ctx, http2.get(), bytes);
        } else {
            first = bytes;
            if (timeout == null) {
                final Runnable close = ctx::close;
                timeout = ctx.executor().schedule(close, timeoutMs, TimeUnit.MILLISECONDS);
            }
        }
    }

    private ByteBuf join(final ChannelHandlerContext ctx, final ByteBuf more) {
        final ByteBuf joined = ctx.alloc().buffer(first.readableBytes() + more.readableBytes());
        joined.writeBytes(first).writeBytes(more);
        first.release();
        more.release();
        first = null;
        return joined;
    }

    private static boolean isPrefaceUpTo(final ByteBuf bytes, final int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != PREFACE.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    private void become(
            final ChannelHandlerContext ctx, final ChannelHandler handler, final ByteBuf bytes) {
        // Behind this one: what is fired from here is its input.
        ctx.pipeline().addAfter(ctx.name(), null, handler);
        ctx.fireChannelRead(bytes);
        ctx.pipeline().remove(this);
    }

    /** What is no more than the beginning of a preface goes to who can refuse it. */
    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.pipeline().addAfter(ctx.name(), null, http1.get());
            if (first != null) {
                final ByteBuf bytes = first;
                first = null;
                ctx.fireChannelRead(bytes);
            }
            ctx.fireUserEventTriggered(event);
            ctx.pipeline().remove(this);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /** As yet it speaks no protocol: that of HTTP/1.1 knows what to do. */
    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        ctx.pipeline().addAfter(ctx.name(), null, http1.get());
        ctx.fireExceptionCaught(cause);
        ctx.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext ctx) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (first != null) {
            first.release();
            first = null;
        }
    }
}
