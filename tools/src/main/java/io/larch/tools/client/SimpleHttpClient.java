package io.larch.tools.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * One request at a time to some server, over HTTP/1.1 on a connection of its own. Blocks. A request
 * is sent once: what may have been heard is never repeated.
 *
 * <p>By hand goes what the JDK's client does otherwise: it would change the method of some
 * redirected requests, tries only the first address of a name, and waits for a body without limit.
 */
public final class SimpleHttpClient {
    static {
        // Who is asked at one of the addresses of a name still has to hear the name.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,connection");
    }

    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int MAX_REDIRECTS = 10;
    private static final int OK = 200;
    private static final Map<String, String> FORM =
            Map.of("Content-Type", "application/x-www-form-urlencoded");
    private static final Pattern PORT = Pattern.compile("^.*?(:[0-9]*)?$");

    private final HttpClient client;
    private final long timeoutNanos;
    private final InetSocketAddress proxy;
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
        this.timeoutNanos = timeout.toNanos();
        this.proxy = proxy;
        this.resolver = resolver;
        final HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(connectTimeout)
                        .proxy(
                                proxy == null
                                        ? HttpClient.Builder.NO_PROXY
                                        : ProxySelector.of(proxy));
        client = builder.sslContext(tls == null ? JavaTrust.context() : tls).build();
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
        final URI target = withHost(uri);
        final List<URI> places = places(target);
        for (int i = 0; ; i++) {
            final Reception reception = new Reception(sink, headTimeout.toNanos());
            try {
                return send(request("GET", places.get(i), target, headers, null), reception);
            } catch (final ConnectException | HttpConnectTimeoutException e) {
                // Nobody there has heard it.
                if (i == places.size() - 1) {
                    throw e;
                }
            }
        }
    }

    private HttpReply once(
            final String method,
            final URI uri,
            final Map<String, String> headers,
            final String body)
            throws IOException {
        final List<URI> places = places(uri);
        for (final URI place : places.subList(0, places.size() - 1)) {
            try {
                return send(request(method, place, uri, headers, body));
            } catch (final ConnectException | HttpConnectTimeoutException e) {
                // Nobody there has heard it.
                continue;
            }
        }
        return send(request(method, places.get(places.size() - 1), uri, headers, body));
    }

    /**
     * The URI with each address of its host, or as it is if it names a certificate or a proxy asks.
     */
    private List<URI> places(final URI uri) throws IOException {
        if (proxy != null || uri.getRawAuthority() == null) {
            return List.of(uri);
        }
        final InetAddress[] addresses = resolver.resolve(host(uri));
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            return List.of(uri);
        }
        final List<URI> places = new ArrayList<>();
        for (final InetAddress address : addresses) {
            final String literal = address.getHostAddress();
            final String host = address instanceof Inet6Address ? "[" + literal + "]" : literal;
            final String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            places.add(URI.create("http://" + host + port(uri) + uri.getRawPath() + query));
        }
        return places;
    }

    /** A URI of Java has no host if there is an underscore in its name; names in networks have. */
    private static String host(final URI uri) {
        final String authority = uri.getRawAuthority();
        return uri.getHost() != null
                ? uri.getHost()
                : authority.substring(0, authority.length() - port(uri).length());
    }

    /** With its colon; empty when there is none. */
    private static String port(final URI uri) {
        return PORT.matcher(uri.getRawAuthority()).replaceFirst("$1");
    }

    private HttpRequest request(
            final String method,
            final URI place,
            final URI uri,
            final Map<String, String> headers,
            final String body)
            throws IOException {
        final HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(place);
        } catch (final IllegalArgumentException e) {
            throw new IOException("not HTTP: " + uri, e);
        }
        request.header("Connection", "close");
        if (place != uri) {
            request.header("Host", host(uri) + port(uri));
        }
        headers.forEach(request::header);
        request.method(
                method,
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        return request.build();
    }

    private HttpReply send(final HttpRequest request) throws IOException {
        return send(request, new Reception(null, timeoutNanos));
    }

    private HttpReply send(final HttpRequest request, final Reception reception)
            throws IOException {
        final CompletableFuture<HttpResponse<String>> reply =
                client.sendAsync(request, reception::onHead);
        try {
            while (true) {
                try {
                    final HttpResponse<String> whole =
                            reply.get(reception.leftNanos(), TimeUnit.NANOSECONDS);
                    return new HttpReply(whole.statusCode(), whole.headers(), whole.body());
                } catch (final TimeoutException e) {
                    if (reception.leftNanos() <= 0) {
                        throw new HttpTimeoutException("no answer in time");
                    }
                }
            }
        } catch (final ExecutionException e) {
            throw failure(request.uri(), e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            reply.cancel(true);
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

        TimedBody onHead(final HttpResponse.ResponseInfo head) {
            if (sink != null && head.statusCode() == OK) {
                body = new PieceBody(sink, new HttpReply(OK, head.headers(), ""));
            }
            return body;
        }

        long leftNanos() {
            final TimedBody awaited = body;
            return (awaited == text ? headTimeoutNanos : timeoutNanos) - awaited.silenceNanos();
        }
    }

    private IOException failure(final URI uri, final Throwable cause) {
        if (cause instanceof ConnectException
                && cause.getCause() instanceof UnresolvedAddressException) {
            return new UnknownHostException(proxy == null ? host(uri) : proxy.getHostString());
        }
        return cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
    }

    /** No host means this machine, which the JDK does not know. */
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
