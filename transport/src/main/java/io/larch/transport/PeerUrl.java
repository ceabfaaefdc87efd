package io.larch.transport;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * Host and port of a peer URL.
 *
 * @param host a name, or an address; IPv6 without brackets.
 */
record PeerUrl(String host, int port) {
    /**
     * Reads {@code http://host:port}.
     *
     * @param where the flag or thing it comes from, for the message.
     * @throws IllegalArgumentException when it is something else.
     */
    static PeerUrl parse(final String where, final String url) {
        final URI uri;
        try {
            uri = new URI(url.trim());
        } catch (final URISyntaxException e) {
            throw new IllegalArgumentException(where + ": not a URL: " + url, e);
        }
        if ("https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    where + ": peers do not speak TLS, use http:// on a trusted network: " + url);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(where + ": must be http://host:port: " + url);
        }
        if (uri.getPort() <= 0 || uri.getPort() > 0xffff) {
            throw new IllegalArgumentException(where + ": the port is missing or wrong: " + url);
        }
        final String host = uri.getHost();
        return new PeerUrl(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
    }

    /** Whether the host is an address: then it is resolved without asking anyone. */
    boolean isLiteral() {
        return host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){3}");
    }

    /** Looks the host up; may wait for the network unless it {@link #isLiteral}. */
    InetAddress resolve() throws UnknownHostException {
        return InetAddress.getByName(host);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
