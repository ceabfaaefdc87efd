package io.larch.tools.bootstrap;

import io.larch.tools.process.StartupException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Takes host and port out of a checked URL. */
public final class Addresses {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private Addresses() {}

    /**
     * The address to listen on; an empty host means all addresses.
     *
     * @param url as {@link io.larch.engine.member.PeerUrls} accepts it.
     * @throws StartupException if the host has no address.
     */
    public static InetSocketAddress listen(final String url) {
        final String host = host(url);
        if (host.isEmpty()) {
            return new InetSocketAddress(port(url));
        }
        final InetSocketAddress address = new InetSocketAddress(host, port(url));
        if (address.isUnresolved()) {
            throw new StartupException("listen tcp: lookup " + host + ": no such host");
        }
        return address;
    }

    /** {@code 127.0.0.1:2379} of {@code http://127.0.0.1:2379}. */
    public static String hostAndPort(final String url) {
        return url.substring(url.indexOf("://") + "://".length());
    }

    /** Whether two sorted lists of URLs mean the same addresses, names resolved. */
    static boolean areSame(final List<String> urls, final List<String> others) {
        return urls.equals(others)
                || urls.stream()
                        .map(Addresses::resolved)
                        .sorted()
                        .toList()
                        .equals(others.stream().map(Addresses::resolved).sorted().toList());
    }

    private static String resolved(final String url) {
        try {
            final String address = InetAddress.getByName(host(url)).getHostAddress();
            return url.substring(0, url.indexOf("://")) + "://" + address + ":" + port(url);
        } catch (final UnknownHostException e) {
            return url;
        }
    }

    /** {@code 127.0.0.1} of {@code http://127.0.0.1:2379}; may be empty. */
    public static String host(final String url) {
        final String hostAndPort = hostAndPort(url);
        final String host = hostAndPort.substring(0, hostAndPort.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(final String url) {
        final String port = url.substring(url.lastIndexOf(':') + 1);
        if (!port.isEmpty()) {
            return Integer.parseInt(port);
        }
        return url.startsWith("https:") ? HTTPS_PORT : HTTP_PORT;
    }
}
