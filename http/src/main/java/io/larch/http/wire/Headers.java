package io.larch.http.wire;

import java.nio.charset.StandardCharsets;

/** Header lines that replies share, in etcd's order (alphabetical). */
public final class Headers {
    public static final byte[] NONE = new byte[0];
    public static final byte[] JSON = lines("Content-Type: application/json");
    public static final byte[] JSON_UTF8 = lines("Content-Type: application/json; charset=utf-8");
    public static final byte[] TEXT = lines("Content-Type: text/plain; charset=utf-8");
    public static final byte[] METRICS =
            lines("Content-Type: text/plain; version=0.0.4; charset=utf-8");

    /** Of Go's http.Error. */
    public static final byte[] ERROR_TEXT =
            lines("Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff");

    private Headers() {}

    /** Whole lines of these headers. */
    public static byte[] lines(final String... headers) {
        return (String.join("\r\n", headers) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The headers of a 405. */
    public static byte[] allow(final String methods) {
        return lines(
                "Allow: " + methods,
                "Content-Type: text/plain; charset=utf-8",
                "X-Content-Type-Options: nosniff");
    }
}
