package io.larch.http.members;

import java.util.List;

/** Checks peer URLs as etcd's types.NewURLs does. */
final class PeerUrls {
    private PeerUrls() {}

    /** A list of URLs that is refused; the message is for the client. */
    static final class BadUrlException extends Exception {
        BadUrlException(final String message) {
            super(message);
        }
    }

    /**
     * Checks what was given as peerURLs.
     *
     * @return the URLs, trimmed and sorted.
     */
    static List<String> check(final Object given) throws BadUrlException {
        if (given instanceof String) {
            throw new BadUrlException("json: cannot unmarshal string into field peerURLs");
        }
        if (!(given instanceof List<?> list) || list.isEmpty()) {
            throw new BadUrlException("no valid URLs given");
        }
        for (final Object url : list) {
            check(url.toString().trim());
        }
        return list.stream().map(url -> url.toString().trim()).sorted().toList();
    }

    private static void check(final String url) throws BadUrlException {
        final int schemeEnd = schemeEnd(url);
        final String rest = url.substring(schemeEnd);
        final String scheme = schemeEnd == 0 ? "" : url.substring(0, schemeEnd - 1);
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new BadUrlException("URL scheme must be http or https: " + url);
        }
        final String authorityAndPath = rest.startsWith("//") ? rest.substring(2) : "";
        int hostEnd = 0;
        while (hostEnd < authorityAndPath.length()
                && "/?#".indexOf(authorityAndPath.charAt(hostEnd)) < 0) {
            hostEnd++;
        }
        final String host = authorityAndPath.substring(0, hostEnd);
        if (!isHostAndPort(host.substring(host.lastIndexOf('@') + 1))) {
            throw new BadUrlException("URL address does not have the form \"host:port\": " + url);
        }
        if (hostEnd < authorityAndPath.length() && authorityAndPath.charAt(hostEnd) == '/') {
            throw new BadUrlException("URL must not contain a path: " + url);
        }
    }

    /** Where the scheme and its colon end; 0 without scheme. Fails as Go's url.Parse does. */
    private static int schemeEnd(final String url) throws BadUrlException {
        for (int i = 0; i < url.length(); i++) {
            final char c = url.charAt(i);
            if (c <= ' ' || c == 0x7F) {
                throw parseError(url, "invalid character in URL");
            }
        }
        for (int i = 0; i < url.length(); i++) {
            final char c = url.charAt(i);
            final boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            if (c == ':') {
                if (i == 0) {
                    throw parseError(url, "missing protocol scheme");
                }
                return i + 1;
            }
            if (!isLetter && (i == 0 || "0123456789+-.".indexOf(c) < 0)) {
                break;
            }
        }
        final int slash = url.indexOf('/');
        final int colon = url.indexOf(':');
        if (colon >= 0 && (slash < 0 || colon < slash)) {
            throw parseError(url, "first path segment in URL cannot contain colon");
        }
        return 0;
    }

    private static BadUrlException parseError(final String url, final String problem) {
        return new BadUrlException("parse \"" + url + "\": " + problem);
    }

    private static boolean isHostAndPort(final String address) {
        final int bracket = address.indexOf(']');
        final int colon = address.lastIndexOf(':');
        if (address.startsWith("[")) {
            return bracket > 0 && colon == bracket + 1;
        }
        return colon >= 0 && address.indexOf(':') == colon && bracket < 0;
    }
}
