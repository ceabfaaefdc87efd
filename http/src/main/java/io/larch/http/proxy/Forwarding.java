package io.larch.http.proxy;

import io.larch.http.proxy.ProxyCounters.Drop;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.timeout.WriteTimeoutException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The way of one request: to the first member that takes it, and the answer back as the client
 * takes it. What may have reached a member is passed on a second time only if it changes nothing;
 * that of which no byte has left may be tried elsewhere.
 *
 * <p>On the event loop of the client's connection.
 */
final class Forwarding implements Upstream.User {
    private final ProxyConnection client;
    private final ProxyRequest request;
    private final ProxyLoop loop;
    private final List<Endpoint> candidates;
    private final long startNanos;
    private int next;
    private Upstream upstream;
    private boolean hasHead;
    private boolean isOver;

    Forwarding(final ProxyConnection client, final ProxyRequest request, final ProxyLoop loop) {
        this.client = client;
        this.request = request;
        this.loop = loop;
        candidates = loop.endpoints().available();
        startNanos = System.nanoTime();
    }

    void begin() {
        loop.counters().received(request);
        if (candidates.isEmpty()) {
            drop(
                    Drop.ZERO_ENDPOINTS,
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "zero endpoints currently available");
        } else {
            tryNext();
        }
    }

    private void tryNext() {
        if (next == candidates.size()) {
            giveUp();
            return;
        }
        final Endpoint endpoint = candidates.get(next++);
        final Upstream free = loop.upstreams().free(endpoint);
        if (free == null) {
            connect(endpoint);
        } else if (request.isSafe()) {
            send(free);
        } else {
            // What has arrived by now, and is read in this turn, may be the end of this connection.
            loop.eventLoop().execute(() -> sendIfOpen(free));
        }
    }

    private void sendIfOpen(final Upstream free) {
        if (!free.isOpen()) {
            if (!isOver) {
                connect(free.endpoint());
            }
        } else if (isOver) {
            loop.upstreams().keep(free);
        } else {
            send(free);
        }
    }

    private void connect(final Endpoint endpoint) {
        loop.upstreams()
                .connect(
                        endpoint,
                        opened -> {
                            if (isOver) {
                                loop.upstreams().keep(opened);
                            } else {
                                send(opened);
                            }
                        },
                        cause -> {
                            loop.endpoints().failed(endpoint, cause);
                            if (!isOver) {
                                tryNext();
                            }
                        });
    }

    private void send(final Upstream opened) {
        upstream = opened;
        final ChannelFuture written = opened.send(request, this);
        final int timeoutMs = loop.context().writeTimeoutMs();
        if (!written.isDone() && timeoutMs > 0) {
            loop.eventLoop()
                    .schedule(
                            () -> {
                                if (!written.isDone()) {
                                    opened.fail(WriteTimeoutException.INSTANCE);
                                }
                            },
                            timeoutMs,
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void onFailure(final Throwable cause) {
        final Upstream lost = upstream;
        upstream = null;
        if (hasHead) {
            loop.counters().dropped(request, Drop.FAILED_READING);
            isOver = true;
            client.abort();
        } else if (lost.isReused() && mayRepeat(lost)) {
            // It may have been closed for having been idle: no word about the member.
            connect(lost.endpoint());
        } else {
            loop.endpoints().failed(lost.endpoint(), cause);
            if (mayRepeat(lost)) {
                tryNext();
            } else {
                giveUp();
            }
        }
    }

    private boolean mayRepeat(final Upstream lost) {
        return request.isSafe() || !lost.hasSent();
    }

    private void giveUp() {
        drop(
                Drop.FAILED_GETTING,
                HttpResponseStatus.BAD_GATEWAY,
                "unable to get response from " + next + " endpoint(s)");
    }

    private void drop(final Drop drop, final HttpResponseStatus status, final String message) {
        loop.counters().dropped(request, drop);
        isOver = true;
        loop.log(message);
        client.answer(request, ProxyPages.error(status, message));
    }

    @Override
    public void onHead(final HttpResponse head) {
        hasHead = true;
        client.startAnswer(request, head);
    }

    @Override
    public void onContent(final HttpContent content) {
        if (!client.writeAnswer(content)) {
            upstream.readOn(false);
        }
    }

    /** The client takes more. */
    void onWritable() {
        if (upstream != null) {
            upstream.readOn(true);
        }
    }

    @Override
    public void onPause() {
        client.flush();
    }

    @Override
    public void onEnd() {
        upstream = null;
        isOver = true;
        loop.counters().handled(request, System.nanoTime() - startNanos);
        client.endAnswer(request);
    }

    /** The client is gone. */
    void cancel() {
        isOver = true;
        if (upstream != null) {
            upstream.close();
            upstream = null;
        }
    }

    boolean isWatch() {
        return request.isWatch();
    }

    ProxyRequest request() {
        return request;
    }
}
