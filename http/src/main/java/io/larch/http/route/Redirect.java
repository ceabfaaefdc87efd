package io.larch.http.route;

import io.larch.http.go.CleanPath;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.Percent;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.nio.charset.StandardCharsets;

/** Sends clients to where they meant to go, as Go's mux and http.Redirect do it. */
final class Redirect {
    private Redirect() {}

    /** To the cleaned path, with the query as it was sent. */
    static void toCleanPath(final Exchange exchange) {
        final HttpRequest request = exchange.request();
        final byte[] clean = CleanPath.clean(request.head(), request.pathFrom(), request.pathTo());
        final ByteWriter location = new ByteWriter();
        Percent.encodePath(location, clean, 0, clean.length);
        if (request.queryTo() > request.queryFrom()) {
            location.put('?');
            for (int i = request.queryFrom(); i < request.queryTo(); i++) {
                final byte b = request.head()[i];
                if (b >= 0) {
                    location.put(b);
                } else {
                    location.put('%').putHex(b & 0xFF);
                }
            }
        }
        final String target =
                new String(location.bytes(), 0, location.length(), StandardCharsets.US_ASCII);
        final ByteWriter body = exchange.body().out();
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            exchange.reply(301, Headers.lines("Location: " + target), false);
            return;
        }
        body.put("<a href=\"" + escapeHtml(target) + "\">Moved Permanently</a>.\n\n");
        exchange.reply(
                301,
                Headers.lines("Content-Type: text/html; charset=utf-8", "Location: " + target),
                false);
    }

    private static String escapeHtml(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }
}
