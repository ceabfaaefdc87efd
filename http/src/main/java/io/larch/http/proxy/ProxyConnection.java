package io.larch.http.proxy;

import io.larch.http.tls.TlsInput;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: reads its requests, has each passed on when the one before is answered. On
 * its event loop.
 */
final class ProxyConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyConnection.class);

    /** Requests that are taken in behind the one that is being answered. */
    private static final int MAX_AHEAD = 16;

    /** For so long a client that was refused may go on sending, until it has read why. */
    private static final long LINGER_MS = 1_000;

    private final ArrayDeque<ProxyRequest> ahead = new ArrayDeque<>();
    private final ProxyLoop loop;
    private final SenderWatch sender;
    private ChannelHandlerContext ctx;
    private ProxyRequest incoming;
    private Forwarding forwarding;
    private boolean isClosing;

    /** All was said; what the client still sends is dropped. */
    private boolean isLingering;

    private boolean isGoingOn;

    /** Nothing more is expected of the client: it has said so, or is not understood. */
    private boolean isInputEnded;

    /** The last word to a client that is not understood, behind the answers before. */
    private FullHttpResponse refusal;

    ProxyConnection(final ProxyLoop loop, final SenderWatch sender) {
        this.loop = loop;
        this.sender = sender;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext context) {
        ctx = context;
    }

    // --- requests ---

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        try {
            if (!isInputEnded && !isClosing) {
                read((HttpObject) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(final HttpObject message) {
        if (message.decoderResult().isFailure()) {
            refuse(statusOf(message.decoderResult().cause()));
            return;
        }
        if (message instanceof HttpRequest head) {
            incoming =
                    new ProxyRequest(
                            head, ctx.channel().remoteAddress(), loop.context().inputBudget());
            if (HttpUtil.is100ContinueExpected(head)) {
                goOn();
            }
        }
        if (message instanceof HttpContent content && incoming != null) {
            read(content);
        }
    }

    private static HttpResponseStatus statusOf(final Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private void goOn() {
        // Only where nothing else is being written; who sent ahead does not wait for it.
        if (forwarding == null) {
            ctx.writeAndFlush(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.CONTINUE,
                            Unpooled.EMPTY_BUFFER));
        }
    }

    private void read(final HttpContent content) {
        if (incoming.bodyBytes() + content.content().readableBytes()
                > loop.context().maxBodyBytes()) {
            refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } else if (!incoming.add(content.content(), ctx.alloc())) {
            refuse(HttpResponseStatus.SERVICE_UNAVAILABLE);
        } else if (content instanceof LastHttpContent) {
            ahead.addLast(incoming);
            incoming = null;
            sender.requestEnded();
            limit();
            next();
        }
    }

    private void limit() {
        ctx.channel().config().setAutoRead(ahead.size() < MAX_AHEAD);
    }

    private void refuse(final HttpResponseStatus status) {
        isInputEnded = true;
        refusal = ProxyPages.refusal(status);
        releaseIncoming();
        next();
    }

    /** An answer may be there within the call, so many requests are a loop and no recursion. */
    private void next() {
        if (isGoingOn) {
            return;
        }
        isGoingOn = true;
        try {
            // Nothing is answered to a client that does not read.
            while (forwarding == null
                    && !isClosing
                    && !ahead.isEmpty()
                    && ctx.channel().isWritable()) {
                begin(ahead.pollFirst());
            }
        } finally {
            isGoingOn = false;
        }
        if (forwarding == null && isInputEnded && ahead.isEmpty() && !isClosing) {
            close();
        }
    }

    private void begin(final ProxyRequest request) {
        limit();
        final FullHttpResponse own = loop.pages().find(request);
        if (own != null) {
            answer(request, own);
        } else {
            forwarding = new Forwarding(this, request, loop);
            forwarding.begin();
        }
    }

    private void close() {
        isClosing = true;
        if (refusal == null) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        refusal.headers().set(Header.CONNECTION, HttpHeaderValues.CLOSE);
        final ChannelFuture written = ctx.writeAndFlush(refusal);
        refusal = null;
        written.addListener(done -> linger());
    }

    /** A client that is still sending would lose the answer if this closed at once. */
    private void linger() {
        final DuplexChannel channel = (DuplexChannel) ctx.channel();
        if (channel.isInputShutdown()) {
            ctx.close();
        } else {
            isLingering = true;
            channel.config().setAutoRead(true);
            TlsInput.shutdownOutput(channel);
            ctx.executor().schedule(() -> ctx.close(), LINGER_MS, TimeUnit.MILLISECONDS);
        }
    }

    // --- answers ---

    /** Answers with a whole reply. */
    void answer(final ProxyRequest request, final FullHttpResponse reply) {
        startHead(request, reply);
        ctx.write(reply);
        end(request);
    }

    /** A member's answer begins. */
    void startAnswer(final ProxyRequest request, final HttpResponse head) {
        final HttpHeaders headers = head.headers();
        ForwardedHeaders.removeOfOneHop(headers);
        final HttpResponse own =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), headers);
        if (!headers.contains(Header.CONTENT_LENGTH) && mayHaveBody(head)) {
            if (request.isHttp10()) {
                // The end of the connection is the end of the body.
                isInputEnded = true;
                releaseAhead();
            } else {
                headers.set(Header.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        startHead(request, own);
        ctx.write(own);
    }

    private static boolean mayHaveBody(final HttpResponse head) {
        return head.status().code() != HttpResponseStatus.NO_CONTENT.code()
                && head.status().code() != HttpResponseStatus.NOT_MODIFIED.code();
    }

    private void startHead(final ProxyRequest request, final HttpResponse head) {
        loop.pages().allowOrigin(request, head.headers());
        if (request.isHttp10()) {
            head.setProtocolVersion(HttpVersion.HTTP_1_0);
        }
        if (!request.isKeepAlive() || isInputEnded && ahead.isEmpty()) {
            head.headers().set(Header.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (request.isHttp10()) {
            head.headers().set(Header.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /**
     * A piece of a member's answer, which becomes this one's.
     *
     * @return false: the client does not take so much now.
     */
    boolean writeAnswer(final HttpContent content) {
        if (content instanceof LastHttpContent) {
            ctx.write(new DefaultLastHttpContent(content.content()));
        } else {
            ctx.write(new DefaultHttpContent(content.content()));
        }
        return ctx.channel().isWritable();
    }

    /** The answer is whole. */
    void endAnswer(final ProxyRequest request) {
        forwarding = null;
        end(request);
        next();
    }

    private void end(final ProxyRequest request) {
        final boolean wasForwarded = forwarding != null;
        forwarding = null;
        request.release();
        flush();
        if (!request.isKeepAlive()) {
            isInputEnded = true;
            releaseAhead();
        }
        if (wasForwarded) {
            next();
        }
    }

    void flush() {
        ctx.flush();
    }

    /** The rest of an answer will not come: the client learns it by the connection's end. */
    void abort() {
        ctx.close();
    }

    // --- the client's doings ---

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        if (!context.channel().isWritable()) {
            return;
        }
        if (forwarding != null) {
            forwarding.onWritable();
        } else {
            next();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof ChannelInputShutdownEvent && isLingering) {
            context.close();
        } else if (event instanceof ChannelInputShutdownEvent) {
            isInputEnded = true;
            releaseIncoming();
            if (forwarding != null && forwarding.isWatch()) {
                context.close();
            } else {
                next();
            }
        } else if (event instanceof IdleStateEvent idle) {
            onIdle(idle);
        }
    }

    private void onIdle(final IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE) {
            if (sender.isWithinRequest() && !isInputEnded) {
                refuse(HttpResponseStatus.REQUEST_TIMEOUT);
            }
        } else if (!idle.isFirst() && hasUntaken()) {
            // At the first one, what waits may have come a moment ago.
            loop.slowReaderCut(ctx.channel().remoteAddress());
            ctx.close();
        }
    }

    private boolean hasUntaken() {
        final ChannelOutboundBuffer untaken = ctx.channel().unsafe().outboundBuffer();
        return untaken != null && untaken.totalPendingWriteBytes() > 0;
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("a connection of {} ends", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        isClosing = true;
        if (forwarding != null) {
            forwarding.cancel();
            forwarding.request().release();
            forwarding = null;
        }
        releaseIncoming();
        releaseAhead();
        if (refusal != null) {
            refusal.release();
            refusal = null;
        }
    }

    private void releaseIncoming() {
        if (incoming != null) {
            incoming.release();
            incoming = null;
        }
    }

    private void releaseAhead() {
        ahead.forEach(ProxyRequest::release);
        ahead.clear();
    }
}
