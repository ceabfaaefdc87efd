package io.larch.http.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** One client URL of a member, its addresses, and when it last failed. Threadsafe. */
final class Endpoint {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final String url;
    private final String host;
    private final int port;
    private final boolean isTls;
    private volatile List<InetSocketAddress> addresses = List.of();
    private volatile boolean hasFailed;
    private volatile long failedNanos;

    /**
     * @param url as members give it.
     * @throws IllegalArgumentException if it is none of a member.
     */
    Endpoint(final String url) {
        final URI uri = URI.create(url);
        isTls = "https".equals(uri.getScheme());
        if (uri.getHost() == null || !isTls && !"http".equals(uri.getScheme())) {
            throw new IllegalArgumentException("no URL of a member: " + url);
        }
        this.url = url;
        final String name = uri.getHost();
        host = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        port = uri.getPort() < 0 ? isTls ? HTTPS : HTTP : uri.getPort();
    }

    String url() {
        return url;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    boolean isTls() {
        return isTls;
    }

    /** Looks the host up, which may take time. What was known before stays if that fails. */
    void resolve() throws UnknownHostException {
        addresses =
                Arrays.stream(InetAddress.getAllByName(host))
                        .map(address -> new InetSocketAddress(address, port))
                        .toList();
    }

    /** In the order of the look-up; empty: unknown. */
    List<InetSocketAddress> addresses() {
        return addresses;
    }

    void fail(final long nowNanos) {
        failedNanos = nowNanos;
        hasFailed = true;
    }

    boolean isAvailable(final long nowNanos, final long failureWaitNanos) {
        return !hasFailed || nowNanos - failedNanos >= failureWaitNanos;
    }
}
