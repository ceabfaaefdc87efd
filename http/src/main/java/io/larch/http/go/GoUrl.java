package io.larch.http.go;

import java.util.Locale;

/**
 * The parts of a URL, cut and complained about as Go's url.Parse does. It knows no rule of what a
 * URL is for: that is its caller's.
 *
 * @param scheme in lower case; empty when there is none.
 * @param host with its port, without user; empty when there is none.
 * @param hasMore whether there is a user, a query or a fragment too.
 */
public record GoUrl(String scheme, String host, String path, boolean hasMore) {
    public static GoUrl parse(final String url) throws GoException {
        for (int i = 0; i < url.length(); i++) {
            if (url.charAt(i) < ' ' || url.charAt(i) == 0x7F) {
                throw error(url, "net/url: invalid control character in URL");
            }
        }
        final String withoutFragment = before(url, '#');
        final int schemeEnd = schemeEnd(url, withoutFragment);
        final String scheme =
                schemeEnd == 0
                        ? ""
                        : withoutFragment.substring(0, schemeEnd - 1).toLowerCase(Locale.ROOT);
        final String rest = before(withoutFragment.substring(schemeEnd), '?');
        final boolean hasMore = schemeEnd + rest.length() < url.length();
        if (!rest.startsWith("/")) {
            if (scheme.isEmpty() && before(rest, '/').indexOf(':') >= 0) {
                throw error(url, "first path segment in URL cannot contain colon");
            }
            checkEscapes(url, rest);
            return new GoUrl(scheme, "", scheme.isEmpty() ? rest : "", hasMore);
        }
        if (!rest.startsWith("//") || scheme.isEmpty() && rest.startsWith("///")) {
            checkEscapes(url, rest);
            return new GoUrl(scheme, "", rest, hasMore);
        }
        final String authority = before(rest.substring(2), '/');
        final String path = rest.substring(2 + authority.length());
        final String host = authority.substring(authority.lastIndexOf('@') + 1);
        checkHost(url, host);
        checkEscapes(url, path);
        return new GoUrl(scheme, host, path, hasMore || host.length() < authority.length());
    }

    /** Where the scheme and its colon end; 0 without scheme. */
    private static int schemeEnd(final String url, final String text) throws GoException {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            if (c == ':') {
                if (i == 0) {
                    throw error(url, "missing protocol scheme");
                }
                return i + 1;
            }
            if (!isLetter && (i == 0 || "0123456789+-.".indexOf(c) < 0)) {
                return 0;
            }
        }
        return 0;
    }

    private static void checkHost(final String url, final String host) throws GoException {
        final int portStart;
        if (host.startsWith("[")) {
            final int bracket = host.lastIndexOf(']');
            if (bracket < 0) {
                throw error(url, "missing ']' in host");
            }
            portStart = bracket + 1;
        } else {
            final int colon = host.lastIndexOf(':');
            portStart = colon < 0 ? host.length() : colon;
        }
        final String port = host.substring(portStart);
        if (!port.isEmpty()
                && (port.charAt(0) != ':'
                        || !port.chars().skip(1).allMatch(c -> c >= '0' && c <= '9'))) {
            throw error(url, "invalid port \"" + port + "\" after host");
        }
        checkEscapes(url, host);
        for (int i = 0; i < portStart; i++) {
            final char c = host.charAt(i);
            final boolean isPlain = Character.isLetterOrDigit(c) || c >= 0x80;
            if (!isPlain && "-_.~!$&'()*+,;=:[]<>\"%".indexOf(c) < 0) {
                throw error(url, "invalid character \"" + c + "\" in host name");
            }
        }
    }

    private static void checkEscapes(final String url, final String text) throws GoException {
        for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
            final boolean isEscape =
                    i + 2 < text.length()
                            && Character.digit(text.charAt(i + 1), 16) >= 0
                            && Character.digit(text.charAt(i + 2), 16) >= 0;
            if (!isEscape) {
                final String shown = text.substring(i, Math.min(i + 3, text.length()));
                throw error(url, "invalid URL escape \"" + shown + "\"");
            }
        }
    }

    private static String before(final String text, final char separator) {
        final int at = text.indexOf(separator);
        return at < 0 ? text : text.substring(0, at);
    }

    private static GoException error(final String url, final String problem) {
        return new GoException("parse \"" + url + "\": " + problem);
    }
}
