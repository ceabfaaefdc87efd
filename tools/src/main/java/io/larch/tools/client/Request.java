package io.larch.tools.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a server is asked, as HTTP/1.1 writes it.
 *
 * @param uri with a host, of http or https.
 * @param body null: none.
 */
record Request(String method, URI uri, Map<String, String> headers, String body) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * @throws IOException that nobody can be asked for it by HTTP.
     */
    static Request of(
            final String method,
            final URI uri,
            final Map<String, String> headers,
            final String body)
            throws IOException {
        final String scheme = uri.getScheme();
        if (uri.getRawAuthority() == null
                || !"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
            throw new IOException("not HTTP: " + uri);
        }
        final Request request = new Request(method, uri, headers, body);
        if (request.host().isEmpty()) {
            throw new IOException("no host in " + uri);
        }
        return request;
    }

    boolean isSecret() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** A URI of Java has no host if there is an underscore in its name; names in networks have. */
    String host() {
        if (uri.getHost() != null) {
            return uri.getHost();
        }
        final String place = place();
        return place.substring(0, place.length() - port(place).length());
    }

    int port() throws IOException {
        final String port = port(place());
        if (port.length() < 2) {
            return isSecret() ? HTTPS_PORT : HTTP_PORT;
        }
        try {
            final int number = Integer.parseInt(port.substring(1));
            if (number <= 0xffff) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // It is too large, too.
        }
        throw new IOException("no such port: " + uri);
    }

    /** With its colon; empty when there is none. */
    private static String port(final String place) {
        return place.replaceFirst("^.*?(:[0-9]*)?$", "$1");
    }

    /** Host and, if it is given, port. */
    private String place() {
        return uri.getRawAuthority().replaceFirst("^.*@", "");
    }

    /**
     * Head and body.
     *
     * @param isByProxy whether a proxy has to hear of the server, too.
     */
    byte[] bytes(final boolean isByProxy) {
        final StringBuilder text = new StringBuilder();
        final String origin = isByProxy ? "http://" + place() : "";
        text.append(method).append(' ').append(origin).append(target()).append(" HTTP/1.1\r\n");
        line(text, "Host", place());
        line(text, "Connection", "close");
        line(text, "User-Agent", "larch");
        headers.forEach((name, value) -> line(text, name, value));
        final byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        if (body != null || method.startsWith("P")) {
            line(text, "Content-Length", Integer.toString(content.length));
        }
        final byte[] head = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        final byte[] whole = new byte[head.length + content.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(content, 0, whole, head.length, content.length);
        return whole;
    }

    /** What asks a proxy for a way to the server that it cannot look into. */
    byte[] tunnelBytes() throws IOException {
        final String place = host() + ":" + port();
        final StringBuilder text = new StringBuilder("CONNECT " + place + " HTTP/1.1\r\n");
        line(text, "Host", place);
        line(text, "User-Agent", "larch");
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void line(final StringBuilder text, final String name, final String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a line break in the header " + name);
        }
        text.append(name).append(": ").append(value).append("\r\n");
    }

    private String target() {
        final String path = uri.getRawPath();
        final String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        final String origin = "http://host";
        return URI.create(origin + (path.isEmpty() ? "/" : path) + query)
                .toASCIIString()
                .substring(origin.length());
    }
}
