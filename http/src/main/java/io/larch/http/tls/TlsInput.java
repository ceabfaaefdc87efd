package io.larch.http.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;

/**
 * Inside of TLS: a client that says that it sends no more is the same to those behind as one that
 * half-closes its connection, and they can do so too.
 *
 * <p>On the event loop's thread.
 */
public final class TlsInput extends ChannelInboundHandlerAdapter {
    TlsInput() {}

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        if (event instanceof SslCloseCompletionEvent end) {
            if (end.isSuccess()) {
                ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /** Ends what is written, first in TLS, then on the socket. */
    public static void shutdownOutput(final DuplexChannel channel) {
        final SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(closed -> channel.shutdownOutput());
        }
    }
}
