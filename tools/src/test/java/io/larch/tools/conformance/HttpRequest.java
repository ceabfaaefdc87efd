package io.larch.tools.conformance;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to be sent to more than one server. The body is a form unless a header says otherwise;
 * null is none.
 */
record HttpRequest(String method, String path, String body, Map<String, String> headers) {
    HttpRequest(final String method, final String path, final String body) {
        this(method, path, body, Map.of());
    }

    HttpReply send(final URI url) throws IOException {
        return HttpConnection.exchange(url, method, path, body, headers);
    }

    /** This request with the reply of a reference server as what is expected of others. */
    Exchange expecting(final HttpReply reply) {
        final Map<String, String> replyHeaders = new LinkedHashMap<>();
        reply.headers().forEach((name, values) -> replyHeaders.put(canonical(name), values.get(0)));
        return new Exchange(
                method, path, body, headers, reply.status(), replyHeaders, reply.text());
    }

    private static String canonical(final String name) {
        final StringBuilder text = new StringBuilder(name);
        for (int i = 0; i < text.length(); i++) {
            if (i == 0 || text.charAt(i - 1) == '-') {
                text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return method
                + " "
                + path
                + (body == null ? "" : "  body: " + body)
                + (headers.isEmpty() ? "" : "  " + headers);
    }
}
