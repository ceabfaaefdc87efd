package io.larch.http.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;

/**
 * Whether the system has taken any byte of what was written since it was asked to watch. First in
 * the pipeline of a connection to a member, so that it sees what leaves, encrypted or not. On its
 * event loop.
 */
final class SentBytes extends ChannelOutboundHandlerAdapter {
    private boolean isWatching;
    private boolean hasSent = true;

    /** From now on. */
    void watch() {
        isWatching = true;
        hasSent = false;
    }

    /** No more; what is asked then is answered with yes. */
    void ignore() {
        isWatching = false;
        hasSent = true;
    }

    boolean hasSent() {
        return hasSent;
    }

    @Override
    public void write(
            final ChannelHandlerContext ctx, final Object message, final ChannelPromise promise) {
        if (!isWatching) {
            ctx.write(message, promise);
            return;
        }
        final ChannelProgressivePromise told = ctx.newProgressivePromise();
        told.addListener(
                new ChannelProgressiveFutureListener() {
                    @Override
                    public void operationProgressed(
                            final ChannelProgressiveFuture future,
                            final long progress,
                            final long total) {
                        hasSent = true;
                    }

                    @Override
                    public void operationComplete(final ChannelProgressiveFuture future) {
                        if (future.isSuccess()) {
                            hasSent = true;
                            promise.trySuccess();
                        } else {
                            promise.tryFailure(future.cause());
                        }
                    }
                });
        ctx.write(message, told);
    }
}
