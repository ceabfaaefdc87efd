package io.larch.tools.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * One request at a time to another server, before a member runs. Blocks; redirects are followed by
 * hand, since the JDK forgets the method on the way.
 */
public final class HttpExchange {
    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int MAX_REDIRECTS = 10;

    private final int connectTimeoutMs;
    private final int readTimeoutMs;
    private final Proxy proxy;

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
        URI target = uri;
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
        if (!(uri.toURL().openConnection(proxy) instanceof HttpURLConnection connection)) {
            throw new IOException("not HTTP: " + uri);
        }
        connection.setConnectTimeout(connectTimeoutMs);
        connection.setReadTimeout(readTimeoutMs);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Connection", "close");
        connection.setRequestMethod(method);
        if (form != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            final byte[] body = form.getBytes(StandardCharsets.UTF_8);
            // Else the JDK repeats by itself a request whose answer was lost.
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
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
