package io.larch.tools.ctl;

import java.util.Map;

/**
 * A request that any member may be sent.
 *
 * @param path with its query, as it stands in a URL.
 * @param contentType empty: none.
 * @param body null: none.
 * @param isWait whether it may take any time.
 */
record Call(String method, String path, String contentType, String body, boolean isWait) {
    static final String FORM = "application/x-www-form-urlencoded";
    static final String JSON = "application/json";

    static Call get(final String path) {
        return new Call("GET", path, "", null, false);
    }

    static Call json(final String method, final String path, final String body) {
        return new Call(method, path, JSON, body, false);
    }

    Map<String, String> headers() {
        return contentType.isEmpty() ? Map.of() : Map.of("Content-Type", contentType);
    }

    /** As curl would send it, for {@code --debug}. */
    String asCurl(final String endpoint) {
        return "curl -X "
                + method
                + " "
                + endpoint
                + path
                + (body == null ? "" : " -d " + GoText.json(body));
    }
}
