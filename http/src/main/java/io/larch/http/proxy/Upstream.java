package io.larch.http.proxy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/**
 * A connection to a member: serves one request after the other, and lies in the {@link Upstreams}
 * between two. On the event loop of all who use it.
 */
final class Upstream extends ChannelInboundHandlerAdapter {
    /** Whose request is on its way. */
    interface User {
        void onHead(HttpResponse head);

        /** A piece of the body, which becomes the user's. */
        void onContent(HttpContent content);

        /** All that has arrived for now was told. */
        void onPause();

        /** The answer is whole; the connection is not the user's any more. */
        void onEnd();

        /** The connection is lost, and what of the answer had not arrived with it. */
        void onFailure(Throwable cause);
    }

    private final Upstreams owner;
    private final Endpoint endpoint;
    private final SentBytes sent = new SentBytes();
    private ChannelHandlerContext ctx;
    private User user;
    private Throwable cause;
    private boolean isReused;
    private boolean isInformation;
    private boolean isKeptAlive;

    Upstream(final Upstreams owner, final Endpoint endpoint) {
        this.owner = owner;
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Whether it has served somebody before, so that the member may just have closed it. */
    boolean isReused() {
        return isReused;
    }

    boolean isOpen() {
        return ctx.channel().isActive();
    }

    /** The first handler of the connection. */
    SentBytes sent() {
        return sent;
    }

    /**
     * Whether any byte of the request may have reached the member. Exact for one that changes
     * something, else always so.
     */
    boolean hasSent() {
        return sent.hasSent();
    }

    ChannelFuture send(final ProxyRequest request, final User sender) {
        user = sender;
        if (request.isSafe()) {
            sent.ignore();
        } else {
            sent.watch();
        }
        final ChannelFuture written = ctx.writeAndFlush(request.toMember());
        written.addListener(
                done -> {
                    if (!done.isSuccess() && user == sender) {
                        fail(done.cause());
                    }
                });
        return written;
    }

    /** Whether more of the answer is to be read. */
    void readOn(final boolean isWanted) {
        ctx.channel().config().setAutoRead(isWanted);
    }

    /** Ends it; its user is not told. */
    void close() {
        user = null;
        ctx.close();
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        if (user == null) {
            // Nobody has asked.
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        if (((HttpObject) message).decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            fail(((HttpObject) message).decoderResult().cause());
            return;
        }
        if (message instanceof HttpResponse head) {
            isInformation = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            isKeptAlive = HttpUtil.isKeepAlive(head);
            if (!isInformation) {
                user.onHead(head);
            }
        }
        if (message instanceof HttpContent content) {
            read(content);
        }
    }

    private void read(final HttpContent content) {
        if (isInformation || user == null) {
            content.release();
            return;
        }
        final boolean isLast = content instanceof LastHttpContent;
        user.onContent(content);
        if (isLast && user != null) {
            final User served = user;
            user = null;
            if (isKeptAlive) {
                readOn(true);
                isReused = true;
                owner.keep(this);
            } else {
                ctx.close();
            }
            served.onEnd();
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        if (user != null) {
            user.onPause();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof IdleStateEvent
                && user != null
                && context.channel().config().isAutoRead()) {
            fail(ReadTimeoutException.INSTANCE);
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable thrown) {
        fail(thrown);
    }

    /** Ends it, and tells why. */
    void fail(final Throwable why) {
        cause = why;
        ctx.close();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        owner.forget(this);
        if (user != null) {
            final User left = user;
            user = null;
            left.onFailure(cause == null ? new ClosedChannelException() : cause);
        }
    }
}
