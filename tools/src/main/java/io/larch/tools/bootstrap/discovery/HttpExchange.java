package io.larch.tools.bootstrap.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request at a time to another server, before a member runs. Blocks. By hand goes what the JDK
 * does otherwise: it forgets the method when it is redirected, and tries only the first address of
 * a name.
 */
public final class HttpExchange {
    static {
        // Who is asked at one of the addresses of a name still has to hear the name.
        System.setProperty("sun.net.http.allowRestrictedHeaders", "true");
    }

    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int MAX_REDIRECTS = 10;

    private final int connectTimeoutMs;
    private final int readTimeoutMs;
    private final Proxy proxy;
    private final Resolver resolver;

    /** Says which addresses a host has. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * Without a proxy.
     *
     * @param timeout to connect, and to wait for each piece of the reply; zero: without limit.
     */
    public HttpExchange(final Duration timeout) {
        this(timeout, timeout, Proxy.NO_PROXY);
    }

    public HttpExchange(
            final Duration connectTimeout, final Duration readTimeout, final Proxy proxy) {
        this(connectTimeout, readTimeout, proxy, InetAddress::getAllByName);
    }

    HttpExchange(
            final Duration connectTimeout,
            final Duration readTimeout,
            final Proxy proxy,
            final Resolver resolver) {
        this.resolver = resolver;
        this.connectTimeoutMs = (int) connectTimeout.toMillis();
        this.readTimeoutMs = (int) readTimeout.toMillis();
        this.proxy = proxy;
    }

    /** What came back. */
    public record Reply(int status, String body, HttpURLConnection connection) {
        /** A header; empty when it is not there. */
        public String header(final String name) {
            final String value = connection.getHeaderField(name);
            return value == null ? "" : value;
        }
    }

    public Reply get(final URI uri) throws IOException {
        return exchange("GET", uri, null);
    }

    public Reply put(final URI uri, final String form) throws IOException {
        return exchange("PUT", uri, form);
    }

    private Reply exchange(final String method, final URI uri, final String form)
            throws IOException {
        URI target = withHost(uri);
        for (int i = 0; i < MAX_REDIRECTS; i++) {
            final Reply reply = once(method, target, form);
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

    private Reply once(final String method, final URI uri, final String form) throws IOException {
        final List<URI> places = places(uri);
        for (final URI place : places.subList(0, places.size() - 1)) {
            final HttpURLConnection connection = connection(method, place, uri, form);
            try {
                connection.connect();
            } catch (final IOException e) {
                continue;
            }
            return reply(connection, form);
        }
        return reply(connection(method, places.get(places.size() - 1), uri, form), form);
    }

    /** The URI with each address of its host, or as it is where there is one or a proxy asks. */
    private List<URI> places(final URI uri) throws IOException {
        if (proxy != Proxy.NO_PROXY
                || !"http".equalsIgnoreCase(uri.getScheme())
                || uri.getHost() == null) {
            return List.of(uri);
        }
        final InetAddress[] addresses = resolver.resolve(uri.getHost());
        if (addresses.length == 1) {
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

    private static String port(final URI uri) {
        return uri.getPort() < 0 ? "" : ":" + uri.getPort();
    }

    private HttpURLConnection connection(
            final String method, final URI place, final URI uri, final String form)
            throws IOException {
        if (!(place.toURL().openConnection(proxy) instanceof HttpURLConnection connection)) {
            throw new IOException("not HTTP: " + uri);
        }
        connection.setConnectTimeout(connectTimeoutMs);
        connection.setReadTimeout(readTimeoutMs);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Connection", "close");
        if (place != uri) {
            connection.setRequestProperty("Host", uri.getHost() + port(uri));
        }
        connection.setRequestMethod(method);
        if (form != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            // Else the JDK repeats by itself a request whose answer was lost.
            connection.setFixedLengthStreamingMode(form.getBytes(StandardCharsets.UTF_8).length);
        }
        return connection;
    }

    private static Reply reply(final HttpURLConnection connection, final String form)
            throws IOException {
        if (form != null) {
            try (OutputStream out = connection.getOutputStream()) {
                out.write(form.getBytes(StandardCharsets.UTF_8));
            }
        }
        final int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("no HTTP reply");
        }
        try (InputStream in =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Reply(status, in == null ? "" : text(in), connection);
        } finally {
            connection.disconnect();
        }
    }

    /** No host means this machine, which the JDK does not know. */
    private static URI withHost(final URI uri) {
        final String authority = uri.getRawAuthority();
        return authority != null && authority.startsWith(":")
                ? URI.create(uri.toString().replaceFirst("//:", "//localhost:"))
                : uri;
    }

    private static String text(final InputStream in) throws IOException {
        final byte[] bytes = in.readNBytes(MAX_BODY_BYTES);
        if (bytes.length == MAX_BODY_BYTES) {
            throw new IOException("reply too large");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A failure in few words, for the log. */
    public static String reason(final IOException failure) {
        if (failure instanceof UnknownHostException) {
            return "no such host: " + failure.getMessage();
        }
        if (failure instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        final String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                : message.replace('\n', ' ');
    }
}
