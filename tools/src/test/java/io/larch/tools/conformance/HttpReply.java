package io.larch.tools.conformance;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP reply as it came over the wire.
 *
 * @param status the status code.
 * @param headers values by lower-case header name, in order of arrival.
 * @param body the body with any chunking removed; empty when there was none.
 */
public record HttpReply(int status, Map<String, List<String>> headers, byte[] body) {
    /** The first value of a header, or null when it is absent. The name may be in any case. */
    public String header(final String name) {
        final List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    /** A header that holds an unsigned decimal, or -1 when it is absent. */
    public long longHeader(final String name) {
        final String value = header(name);
        return value == null ? -1 : Long.parseUnsignedLong(value);
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether the body comes in chunks of its own, as that of a watch does. */
    public boolean isChunked() {
        return "chunked".equalsIgnoreCase(header("Transfer-Encoding"));
    }

    @Override
    public String toString() {
        return status + " " + headers + " " + text();
    }
}
