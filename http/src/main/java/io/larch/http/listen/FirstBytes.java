package io.larch.http.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * What was read of a connection before it came here: the handlers behind get it first, before
 * anything is read from the socket. Stands first in the pipeline, and leaves it then. Owns the
 * bytes.
 */
public final class FirstBytes extends ChannelInboundHandlerAdapter {
    private ByteBuf bytes;

    public FirstBytes(final ByteBuf bytes) {
        this.bytes = bytes;
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        final ByteBuf first = bytes;
        bytes = null;
        ctx.fireChannelRead(first);
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
    }

    /** Also where the connection ends before it is active. */
    @Override
    public void handlerRemoved(final ChannelHandlerContext ctx) {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
