package io.larch.http.members;

import io.larch.http.go.GoException;
import io.larch.http.go.GoUrl;
import java.util.List;
import java.util.Locale;

/**
 * Checks peer URLs that a client asks for as etcd's types.NewURLs does, in its words and those of
 * Go's url.Parse; and refuses what no member could be reached at, since a change of the membership
 * cannot be taken back where it costs the majority. So it is stricter than what is taken at a start
 * (PeerUrls of the engine, whom an edge does not know), where nothing is lost by trying.
 */
public final class PeerUrlRules {
    private static final int MAX_PORT = 65_535;

    private PeerUrlRules() {}

    /**
     * Checks what was given as peerURLs.
     *
     * @param given null or a list of strings.
     * @param isTlsSpoken whether a member could be reached at https.
     * @return the URLs, trimmed and sorted.
     */
    public static List<String> check(final Object given, final boolean isTlsSpoken)
            throws GoException {
        if (!(given instanceof List<?> list) || list.isEmpty()) {
            throw new GoException("no valid URLs given");
        }
        final String[] urls = new String[list.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = check(list.get(i).toString().strip(), isTlsSpoken);
        }
        return List.of(urls).stream().sorted().toList();
    }

    private static String check(final String url, final boolean isTlsSpoken) throws GoException {
        final GoUrl parsed = GoUrl.parse(url);
        if (!parsed.scheme().equals("http") && !parsed.scheme().equals("https")) {
            throw new GoException("URL scheme must be http or https: " + url);
        }
        if (!isHostAndPort(parsed.host())) {
            throw new GoException("URL address does not have the form \"host:port\": " + url);
        }
        if (!parsed.path().isEmpty()) {
            throw new GoException("URL must not contain a path: " + url);
        }
        checkUsable(url, parsed, isTlsSpoken);
        return url.substring(0, parsed.scheme().length()).toLowerCase(Locale.ROOT)
                + url.substring(parsed.scheme().length());
    }

    private static boolean isHostAndPort(final String address) {
        final int bracket = address.indexOf(']');
        final int colon = address.lastIndexOf(':');
        if (address.startsWith("[")) {
            return bracket > 0 && colon == bracket + 1;
        }
        return colon >= 0 && address.indexOf(':') == colon && bracket < 0;
    }

    /** Etcd takes these and never reaches the member; here nobody shall try. */
    private static void checkUsable(final String url, final GoUrl parsed, final boolean isTlsSpoken)
            throws GoException {
        final String host = parsed.host();
        final int colon = host.lastIndexOf(':');
        final String port = host.substring(colon + 1);
        if (parsed.scheme().equals("https") && !isTlsSpoken) {
            throw new GoException(
                    "URL scheme https needs TLS between members, and this one has no certificate for"
                            + " it: "
                            + url);
        }
        if (port.isEmpty()
                || port.length() > 5
                || Integer.parseInt(port) > MAX_PORT
                || Integer.parseInt(port) == 0) {
            throw new GoException("URL port is out of range: " + url);
        }
        if (parsed.hasMore()) {
            throw new GoException("URL must consist of scheme, host and port: " + url);
        }
    }
}
