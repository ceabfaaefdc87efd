package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * Heads of HTTP/2 as HTTP/1.0 writes them, and back: so that everything which answers over HTTP/1.1
 * answers over HTTP/2 by the same code.
 */
public final class HeadText {
    /** Have no meaning in HTTP/2 (RFC 9113 8.2.2). */
    private static final Set<String> OF_CONNECTIONS =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "transfer-encoding",
                    "upgrade",
                    "expect");

    private static final char DEL = 0x7f;

    private HeadText() {}

    /**
     * Request line and header lines of a request, the empty line included; one char a byte.
     *
     * @return null when it could not be written so that it is read as it is meant.
     */
    public static byte[] request(final Http2Headers headers) {
        final StringBuilder text = new StringBuilder(256);
        if (!isWord(headers.method()) || !isWord(headers.path())) {
            return null;
        }
        text.append(headers.method()).append(' ').append(headers.path()).append(" HTTP/1.0\r\n");
        final CharSequence authority = headers.authority();
        if (authority != null) {
            if (!isWord(authority)) {
                return null;
            }
            text.append("host: ").append(authority).append("\r\n");
        }
        for (final Map.Entry<CharSequence, CharSequence> header : headers) {
            final String name = header.getKey().toString();
            final boolean isSecondHost = authority != null && "host".equals(name);
            if (!isWord(name) || name.indexOf(':') > 0 || !isLine(header.getValue())) {
                return null;
            }
            if (!name.startsWith(":") && !OF_CONNECTIONS.contains(name) && !isSecondHost) {
                text.append(name).append(": ").append(header.getValue()).append("\r\n");
            }
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether that is one word of a line. */
    private static boolean isWord(final CharSequence text) {
        if (text == null || text.length() == 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) == DEL) {
                return false;
            }
        }
        return true;
    }

    /** Whether nothing in it ends a line (RFC 9113 8.2.1). */
    private static boolean isLine(final CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The head of a reply; what follows it stays in the bytes.
     *
     * @param reply begins with a status line, and has the whole head.
     */
    public static Http2Headers reply(final ByteBuf reply) {
        final Http2Headers headers = new DefaultHttp2Headers(false, 16);
        final String statusLine = line(reply);
        headers.status(new AsciiString(statusLine.substring(9, 12)));
        for (String line = line(reply); !line.isEmpty(); line = line(reply)) {
            final int colon = line.indexOf(':');
            final String name = line.substring(0, colon).toLowerCase(java.util.Locale.ROOT);
            if (!OF_CONNECTIONS.contains(name)) {
                headers.add(
                        new AsciiString(name), new AsciiString(line.substring(colon + 1).strip()));
            }
        }
        return headers;
    }

    private static String line(final ByteBuf bytes) {
        final int length = bytes.bytesBefore((byte) '\n');
        if (length < 0) {
            throw new IllegalArgumentException("no whole head");
        }
        final String line = bytes.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
        bytes.skipBytes(1);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
