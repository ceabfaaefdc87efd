package io.larch.tools.conformance;

import java.util.Map;

/**
 * A request and the reply it must get.
 *
 * @param body the request's body; null when it has none.
 * @param headers extra headers of the request.
 * @param replyHeaders those headers of the reply that are worth comparing; one that is missing here
 *     must be missing.
 * @param replyBody the reply's body as text.
 */
public record Exchange(
        String method,
        String path,
        String body,
        Map<String, String> headers,
        int status,
        Map<String, String> replyHeaders,
        String replyBody) {
    /** The request in one line, for messages. */
    public String request() {
        return method
                + " "
                + path
                + (body == null ? "" : "  body: " + body)
                + (headers.isEmpty() ? "" : "  " + headers);
    }
}
