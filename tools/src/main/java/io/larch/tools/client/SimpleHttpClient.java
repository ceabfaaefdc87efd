package io.larch.tools.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * One request at a time to some server, over HTTP/1.1 on a connection of its own. Blocks. A request
 * is sent once: what may have been heard is never repeated.
 *
 * <p>It is not the JDK's client, which takes longer to load than most programs here run, tries only
 * the first address of a name, changes the method of some redirected requests, and waits for a body
 * without limit.
 */
public final class SimpleHttpClient {
    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int MAX_REDIRECTS = 10;
    private static final int OK = 200;
    private static final Map<String, String> FORM =
            Map.of("Content-Type", "application/x-www-form-urlencoded");

    private final int connectMs;
    private final long timeoutNanos;
    private final InetSocketAddress proxy;
    private final SSLContext tls;
    private final Resolver resolver;

    /** Says which addresses a host has. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * Without a proxy.
     *
     * @param timeout to connect and hear the head of the reply, and then for each piece of it.
     */
    public SimpleHttpClient(final Duration timeout) {
        this(timeout, (SSLContext) null);
    }

    /**
     * Without a proxy.
     *
     * @param timeout to connect and hear the head of the reply, and then for each piece of it.
     * @param tls of https; null: as the Java machine does.
     */
    public SimpleHttpClient(final Duration timeout, final SSLContext tls) {
        this(timeout, timeout, null, tls, InetAddress::getAllByName);
    }

    /**
     * Without a proxy.
     *
     * @param connectTimeout of {@code timeout}.
     * @param timeout to connect and hear the head of the reply, and then for each piece of it.
     * @param tls of https; null: as the Java machine does.
     */
    public SimpleHttpClient(
            final Duration connectTimeout, final Duration timeout, final SSLContext tls) {
        this(connectTimeout, timeout, null, tls, InetAddress::getAllByName);
    }

    /**
     * @param connectTimeout of {@code timeout}.
     * @param timeout to connect and hear the head of the reply, and then for each piece of it.
     * @param proxy HTTP proxy; null: none.
     */
    public SimpleHttpClient(
            final Duration connectTimeout, final Duration timeout, final InetSocketAddress proxy) {
        this(connectTimeout, timeout, proxy, null, InetAddress::getAllByName);
    }

    SimpleHttpClient(
            final Duration connectTimeout,
            final Duration timeout,
            final InetSocketAddress proxy,
            final SSLContext tls,
            final Resolver resolver) {
        connectMs = (int) Math.max(1, Math.min(connectTimeout.toMillis(), Integer.MAX_VALUE));
        this.timeoutNanos = timeout.toNanos();
        this.proxy = proxy;
        this.tls = tls;
        this.resolver = resolver;
    }

    public HttpReply get(final URI uri) throws IOException {
        return exchange("GET", uri, null);
    }

    /**
     * @param form as {@code application/x-www-form-urlencoded} has it.
     */
    public HttpReply put(final URI uri, final String form) throws IOException {
        return exchange("PUT", uri, form);
    }

    /**
     * Sends a request and waits for the whole reply, that of the last server if it is redirected.
     *
     * @param form the body, null: none.
     * @throws IOException when there is no reply; see {@link #reason}.
     */
    public HttpReply exchange(final String method, final URI uri, final String form)
            throws IOException {
        return exchange(method, uri, form == null ? Map.of() : FORM, form);
    }

    /**
     * The same with headers of one's own.
     *
     * @param body null: none.
     * @throws IOException when there is no reply; see {@link #reason}.
     */
    public HttpReply exchange(
            final String method,
            final URI uri,
            final Map<String, String> headers,
            final String body)
            throws IOException {
        URI target = withHost(uri);
        for (int i = 0; i < MAX_REDIRECTS; i++) {
            final HttpReply reply = once(method, target, headers, body);
            final String location = reply.header("Location");
            if (reply.status() / 100 != 3 || location.isEmpty()) {
                return reply;
            }
            try {
                target = target.resolve(location);
            } catch (final IllegalArgumentException e) {
                throw new IOException("redirected to " + location, e);
            }
        }
        throw new IOException("too many redirects from " + uri);
    }

    /**
     * Asks for what may be long, and hands it on as it comes.
     *
     * @param headTimeout to hear the head, which may take longer than each piece behind it.
     * @param sink takes the body of a reply with the status 200; of others it is in the reply.
     * @throws IOException when there is no whole reply; the sink's own as it was thrown.
     */
    public HttpReply download(
            final URI uri,
            final Map<String, String> headers,
            final Duration headTimeout,
            final PieceSink sink)
            throws IOException {
        final Request request = Request.of("GET", withHost(uri), headers, null);
        return send(request, () -> new Reception(sink, headTimeout.toNanos()));
    }

    private HttpReply once(
            final String method,
            final URI uri,
            final Map<String, String> headers,
            final String body)
            throws IOException {
        return send(
                Request.of(method, uri, headers, body), () -> new Reception(null, timeoutNanos));
    }

    /** Asks at one address after the other, until somebody may have heard it. */
    private HttpReply send(final Request request, final Supplier<Reception> receptions)
            throws IOException {
        final List<InetSocketAddress> places = places(request);
        for (int i = 0; ; i++) {
            try {
                return send(request, places.get(i), receptions.get());
            } catch (final ConnectException | HttpConnectTimeoutException e) {
                if (i == places.size() - 1) {
                    throw e;
                }
            }
        }
    }

    /** All addresses of the server, or that of the proxy. */
    private List<InetSocketAddress> places(final Request request) throws IOException {
        if (proxy != null) {
            final String host = proxy.getHostString();
            return List.of(new InetSocketAddress(InetAddress.getByName(host), proxy.getPort()));
        }
        final int port = request.port();
        return Stream.of(resolver.resolve(request.host()))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    private HttpReply send(
            final Request request, final InetSocketAddress place, final Reception reception)
            throws IOException {
        final Exchange.Way way = new Exchange.Way(place, proxy != null, connectMs, tls);
        try (Exchange exchange = new Exchange(request, way)) {
            final FutureTask<HttpReply> reply =
                    new FutureTask<>(() -> exchange.run(reception::onHead));
            final Thread thread = new Thread(reply, "http-exchange");
            thread.setDaemon(true);
            thread.start();
            return await(reply, reception);
        }
    }

    private static HttpReply await(final FutureTask<HttpReply> reply, final Reception reception)
            throws IOException {
        while (true) {
            try {
                return reply.get(reception.leftNanos(), TimeUnit.NANOSECONDS);
            } catch (final TimeoutException e) {
                if (reception.leftNanos() <= 0) {
                    throw new HttpTimeoutException("no answer in time");
                }
            } catch (final ExecutionException e) {
                final Throwable cause = e.getCause();
                throw cause instanceof IOException io
                        ? io
                        : new IOException(cause.toString(), cause);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    /** What is awaited of a reply, and for how long. */
    private final class Reception {
        private final PieceSink sink;
        private final long headTimeoutNanos;
        private final BoundedBody text = new BoundedBody(MAX_BODY_BYTES);
        private volatile TimedBody body = text;

        /**
         * @param sink of a long body; null: there is none.
         */
        Reception(final PieceSink sink, final long headTimeoutNanos) {
            this.sink = sink;
            this.headTimeoutNanos = headTimeoutNanos;
        }

        TimedBody onHead(final HttpReply head) {
            if (sink != null && head.status() == OK) {
                body = new PieceBody(sink, head);
            }
            return body;
        }

        long leftNanos() {
            final TimedBody awaited = body;
            return (awaited == text ? headTimeoutNanos : timeoutNanos) - awaited.silenceNanos();
        }
    }

    /** No host means this machine, as in Go. */
    private static URI withHost(final URI uri) {
        final String authority = uri.getRawAuthority();
        return authority != null && authority.startsWith(":")
                ? URI.create(uri.toString().replaceFirst("//:", "//localhost:"))
                : uri;
    }

    /** A failure in few words, for the log. */
    public static String reason(final IOException failure) {
        if (failure instanceof UnknownHostException) {
            return "no such host: " + failure.getMessage();
        }
        if (failure instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof ConnectException
                && !(failure.getCause() instanceof NoRouteToHostException)) {
            return "connection refused";
        }
        final String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                : message.replace('\n', ' ');
    }
}
