package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Calls of the v3 API by JSON. */
final class V3Json {
    private V3Json() {}

    /**
     * Asks, and is answered.
     *
     * @param path behind {@code /v3/}.
     */
    static Object post(final URI url, final String path, final String body) throws IOException {
        final HttpReply reply =
                HttpConnection.exchange(
                        url,
                        "POST",
                        "/v3/" + path,
                        body,
                        Map.of("Content-Type", "application/json"));
        assertEquals(200, reply.status(), reply::text);
        return JsonTree.parse(reply.text());
    }

    static long number(final Object json, final String... path) {
        return Long.parseLong(String.valueOf(JsonTree.at(json, path)));
    }
}
