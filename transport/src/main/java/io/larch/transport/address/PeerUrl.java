package io.larch.transport.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port of a peer URL: where to listen or to look, not a rule of what may be written. What
 * is looked at here has been taken somewhere, perhaps by an older build, so what can be used of it
 * is used: a slash at the end, an IPv6 zone as Java reads it.
 *
 * @param host a name, or an address; IPv6 without brackets; empty for all addresses of this machine
 *     when listening, and for the machine itself otherwise.
 * @param isTls whether the scheme is https.
 */
public record PeerUrl(String host, int port, boolean isTls) {
    /** By hand, since java.net.URI knows no host with an underscore; containers do. */
    private static final Pattern FORM =
            Pattern.compile(
                    "http(?<tls>s?)://(\\[(?<ipv6>[0-9a-f:.]+(%[^\\]]+)?)]|(?<host>[^\\[\\]:/?#@\\s]*))"
                            + ":(?<port>[0-9]{1,5})/?",
                    Pattern.CASE_INSENSITIVE);

    /** Of {@code http}. */
    public PeerUrl(final String host, final int port) {
        this(host, port, false);
    }

    /**
     * Reads {@code http://host:port}.
     *
     * @param where the flag or thing it comes from, for the message.
     * @throws IllegalArgumentException when it is something else, https too.
     */
    public static PeerUrl parsePlain(final String where, final String url) {
        final PeerUrl parsed = parse(where, url);
        if (parsed.isTls()) {
            throw new IllegalArgumentException(
                    where + ": https needs a certificate, see --peer-cert-file: " + url);
        }
        return parsed;
    }

    /**
     * Reads {@code http://host:port} or {@code https://host:port}.
     *
     * @param where the flag or thing it comes from, for the message.
     * @throws IllegalArgumentException when it is something else.
     */
    public static PeerUrl parse(final String where, final String url) {
        final Matcher matcher = FORM.matcher(url.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    where + ": must be http://host:port or https://host:port: " + url);
        }
        final int port = Integer.parseInt(matcher.group("port"));
        if (port == 0 || port > 0xffff) {
            throw new IllegalArgumentException(where + ": no such port: " + url);
        }
        final String ipv6 = matcher.group("ipv6");
        return new PeerUrl(
                ipv6 != null ? ipv6 : matcher.group("host"), port, !matcher.group("tls").isEmpty());
    }

    /** Those of some URLs that can be read; the others are no URLs of peers. */
    public static List<PeerUrl> readable(final List<String> urls) {
        final List<PeerUrl> readable = new ArrayList<>();
        for (final String url : urls) {
            try {
                readable.add(parse("peer URL", url));
            } catch (final IllegalArgumentException e) {
                continue;
            }
        }
        return List.copyOf(readable);
    }

    /** Whether the host is an address: then it is resolved without asking anyone. */
    public boolean isLiteral() {
        return host.isEmpty() || host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){3}");
    }

    /** Looks the host up; may wait for the network unless it {@link #isLiteral}. */
    public InetAddress resolve() throws UnknownHostException {
        return InetAddress.getByName(host);
    }

    /** The address to listen on. */
    public InetAddress listenAddress() throws UnknownHostException {
        return InetAddress.getByName(host.isEmpty() ? everywhere() : host);
    }

    /** Both kinds of addresses where there are both. */
    private static String everywhere() {
        try {
            return NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .anyMatch(Inet6Address.class::isInstance)
                    ? "::"
                    : "0.0.0.0";
        } catch (final SocketException e) {
            return "0.0.0.0";
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
