package io.larch.http;

import io.larch.http.output.ReaderLag;
import io.larch.http.route.Page;
import io.larch.http.route.PageTable;
import io.larch.http.v3.http2.HeadText;
import io.larch.http.v3.http2.ServerStream;
import io.larch.http.v3.http2.StreamHandler;
import io.larch.http.wire.FramedRequest;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;

/**
 * A request for a page or for keys that came on a stream of HTTP/2. For its exchange it is as a
 * connection of HTTP/1.0 with one request: what that prints becomes frames here.
 *
 * <p>On the event loop's thread.
 */
final class PageStream implements StreamHandler, ClientConnection {
    private final EdgeLoop loop;
    private final PageTable pages;
    private final ServerStream stream;
    private final ReplyWriter replies;
    private final FramedRequest input;
    private final Timeout timeout;
    private Page page;
    private EngineExchange exchange;
    private boolean isHeadWritten;
    private boolean isAnswered;
    private boolean isDirty;

    PageStream(final EdgeLoop loop, final PageTable pages, final ServerStream stream) {
        this.loop = loop;
        this.pages = pages;
        this.stream = stream;
        this.replies = pages.isForPeers() ? loop.peerReplies() : loop.replies();
        this.input =
                new FramedRequest(
                        loop.context().maxHeadBytes(),
                        loop.context().maxFormBytes(),
                        loop.inputBudget());
        this.timeout = new Timeout(this, loop.deadlines());
    }

    // --- the request ---

    @Override
    public void onOpen(final Http2Headers headers, final boolean isEnd) {
        final byte[] head = HeadText.request(headers);
        final String refusal = head == null ? "400 Bad Request" : input.head(head, head.length);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        page = pages.find(request());
        input.keepBody(page.wantsBody(request()));
        if (isEnd) {
            onEnd();
        } else {
            timeout.awaitSender();
        }
    }

    @Override
    public boolean onData(final ByteBuf data) {
        if (isAnswered || page == null) {
            return true;
        }
        if (input.body(data)) {
            timeout.awaitSender();
        } else {
            refuse("503 Service Unavailable");
        }
        return true;
    }

    @Override
    public void onEnd() {
        if (!isAnswered) {
            timeout.clear();
            new Exchanges(this, loop).begin(page, loop.epochNanos());
        }
    }

    private void refuse(final String status) {
        write(replies.refusal(alloc(), status));
        end(true);
    }

    @Override
    public HttpRequest request() {
        return input.request();
    }

    @Override
    public boolean isInputEndedOrFull() {
        // That a request has ended says nothing about who waits for its answer.
        return false;
    }

    // --- its answer ---

    @Override
    public void answerBy(final EngineExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public ReplyWriter replies() {
        return replies;
    }

    @Override
    public ByteBufAllocator alloc() {
        return stream.alloc();
    }

    @Override
    public boolean isWritable() {
        return stream.isWritable();
    }

    @Override
    public Object client() {
        return stream.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : stream.remoteAddress();
    }

    @Override
    public Timeout timeout() {
        return timeout;
    }

    @Override
    public void write(final ByteBuf bytes) {
        if (!isHeadWritten) {
            isHeadWritten = true;
            stream.headers(HeadText.reply(bytes), false);
        }
        if (bytes.isReadable()) {
            stream.data(bytes, false);
        } else {
            bytes.release();
        }
        if (!isDirty) {
            isDirty = true;
            loop.flushes().add(this);
        }
    }

    @Override
    public void endStream() {
        // The end of the stream says it.
    }

    @Override
    public void end(final boolean isEndOfBody) {
        timeout.clear();
        exchange = null;
        isAnswered = true;
        stream.end();
    }

    @Override
    public void onWritable() {
        if (exchange != null) {
            exchange.onWritable();
        }
    }

    @Override
    public void flush() {
        isDirty = false;
        if (exchange != null) {
            exchange.onFlush();
        }
    }

    @Override
    public ReaderLag lag() {
        return stream.lag();
    }

    // --- ends ---

    @Override
    public void onDeadline() {
        if (exchange != null) {
            exchange.onTimeout();
        } else if (!isAnswered) {
            refuse("408 Request Timeout");
        }
    }

    @Override
    public void abort() {
        stream.reset(Http2Error.INTERNAL_ERROR);
    }

    @Override
    public void onShutdown() {
        // The engine ends what it works on, and says so.
    }

    @Override
    public void onClosed() {
        timeout.clear();
        isAnswered = true;
        if (exchange != null) {
            exchange.onClosed();
            exchange = null;
        }
        input.release();
    }
}
