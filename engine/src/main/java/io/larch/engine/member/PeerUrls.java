package io.larch.engine.member;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What etcd accepts as the URL of a member: {@code http://host:port} or {@code https://host:port}
 * and nothing behind it. The scheme may be written in capitals, and the host may be left out: all
 * addresses of a machine when listening, the own machine otherwise. The texts of the errors are
 * etcd's.
 *
 * <p>For what an operator writes, or a discovery tells, at a start. It takes more than a client may
 * ask for by POST /v2/members (PeerUrlRules of http): https, no port, a user, an IPv6 zone with a
 * bare percent sign. Where such a member is looked for is another question, which PeerUrl of the
 * transport answers.
 */
public final class PeerUrls {
    private static final int MAX_PORT = 65_535;
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:");

    private PeerUrls() {}

    /**
     * Checks a URL.
     *
     * @return the URL as Go prints it: without spaces around it, the scheme in small letters.
     * @throws IllegalArgumentException with etcd's words about what is wrong.
     */
    public static String check(final String text) {
        final String url = text.strip();
        checkCharacters(url);
        final int schemeEnd = schemeEnd(url);
        final String scheme = url.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("URL scheme must be http or https: " + url);
        }
        final String behind = url.substring(schemeEnd + 1);
        final String rest = behind.startsWith("//") ? behind.substring(2) : "";
        final int pathStart = rest.indexOf('/');
        final String address = pathStart < 0 ? rest : rest.substring(0, pathStart);
        checkHost(url, address);
        checkPort(url, address);
        if (pathStart >= 0) {
            throw new IllegalArgumentException("URL must not contain a path: " + url);
        }
        return scheme + url.substring(schemeEnd);
    }

    private static void checkCharacters(final String url) {
        if (url.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            throw new IllegalArgumentException(
                    "parse " + GoText.quoted(url) + ": net/url: invalid control character in URL");
        }
    }

    private static void checkHost(final String url, final String address) {
        for (int i = 0; i < address.length(); i++) {
            final char c = address.charAt(i);
            if (c == ' ' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}') {
                throw new IllegalArgumentException(
                        "parse \"" + url + "\": invalid character \"" + c + "\" in host name");
            }
        }
    }

    /** Where the colon behind the scheme is; 0 without scheme. */
    private static int schemeEnd(final String url) {
        final Matcher scheme = SCHEME.matcher(url);
        if (scheme.lookingAt()) {
            return scheme.end() - 1;
        }
        if (url.startsWith(":")) {
            throw new IllegalArgumentException("parse \"" + url + "\": missing protocol scheme");
        }
        if (url.indexOf(':') >= 0 && url.indexOf(':') < (url + "/").indexOf('/')) {
            throw new IllegalArgumentException(
                    "parse \"" + url + "\": first path segment in URL cannot contain colon");
        }
        return 0;
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
