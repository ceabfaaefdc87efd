package io.larch.engine.cluster;

/**
 * What etcd accepts as the URL of a member: {@code http://host:port} or {@code https://host:port}
 * and nothing behind it. The texts of the errors are etcd's.
 */
public final class PeerUrls {
    private static final int MAX_PORT = 65_535;

    private PeerUrls() {}

    /**
     * Checks a URL.
     *
     * @return the URL, stripped of spaces around it.
     * @throws IllegalArgumentException with etcd's words about what is wrong.
     */
    public static String check(final String text) {
        final String url = text.strip();
        final int schemeEnd = url.indexOf("://");
        if (schemeEnd < 0) {
            throw new IllegalArgumentException(
                    startsLikeHostAndPort(url)
                            ? "parse \""
                                    + url
                                    + "\": first path segment in URL cannot contain colon"
                            : "URL scheme must be http or https: " + url);
        }
        final String scheme = url.substring(0, schemeEnd);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("URL scheme must be http or https: " + url);
        }
        final String rest = url.substring(schemeEnd + "://".length());
        final int pathStart = rest.indexOf('/');
        final String address = pathStart < 0 ? rest : rest.substring(0, pathStart);
        checkPort(url, address);
        if (pathStart >= 0) {
            throw new IllegalArgumentException("URL must not contain a path: " + url);
        }
        return url;
    }

    private static boolean startsLikeHostAndPort(final String url) {
        final int colon = url.indexOf(':');
        // A letter first would make Go read everything up to the colon as the scheme.
        return colon == 0 || colon > 0 && !Character.isLetter(url.charAt(0));
    }

    private static void checkPort(final String url, final String address) {
        final int colon = address.lastIndexOf(':');
        final boolean isBareIpv6 =
                colon >= 0 && address.indexOf(':') != colon && !address.startsWith("[");
        if (colon < 0 || isBareIpv6 || address.endsWith("]")) {
            throw new IllegalArgumentException(
                    "URL address does not have the form \"host:port\": " + url);
        }
        final String port = address.substring(colon + 1);
        if (!port.isEmpty() && (!port.chars().allMatch(c -> c >= '0' && c <= '9'))) {
            throw new IllegalArgumentException(
                    "parse \"" + url + "\": invalid port \":" + port + "\" after host");
        }
        if (port.length() > 5 || !port.isEmpty() && Integer.parseInt(port) > MAX_PORT) {
            throw new IllegalArgumentException("URL port is out of range: " + url);
        }
    }
}
