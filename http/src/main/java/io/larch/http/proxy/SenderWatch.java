package io.larch.http.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Whether a client is in the middle of a request. First in its pipeline; on its event loop. */
final class SenderWatch extends ChannelInboundHandlerAdapter {
    private boolean isWithinRequest;

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object bytes) {
        isWithinRequest = true;
        ctx.fireChannelRead(bytes);
    }

    /** What comes now belongs to the next one. */
    void requestEnded() {
        isWithinRequest = false;
    }

    boolean isWithinRequest() {
        return isWithinRequest;
    }
}
