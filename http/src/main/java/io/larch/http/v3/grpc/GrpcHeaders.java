package io.larch.http.v3.grpc;

import io.larch.http.v3.http2.HeaderBlock;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/** Heads and trailers of answers. */
final class GrpcHeaders {
    private static final AsciiString OK = new AsciiString("200");
    private static final AsciiString CONTENT_TYPE = new AsciiString("content-type");
    private static final AsciiString GRPC = new AsciiString("application/grpc");
    private static final AsciiString STATUS = new AsciiString("grpc-status");
    private static final AsciiString MESSAGE = new AsciiString("grpc-message");

    /** Before the first message. */
    static final Http2Headers HEAD =
            ReadOnlyHttp2Headers.serverHeaders(false, OK, CONTENT_TYPE, GRPC);

    /** Behind the last message of a call that went well. */
    static final Http2Headers SUCCESS =
            ReadOnlyHttp2Headers.trailers(false, STATUS, new AsciiString("0"));

    /** As {@link #HEAD}, of an answer that is sent as a whole. */
    static final HeaderBlock HEAD_BLOCK = HeaderBlock.of(HEAD);

    /** As {@link #SUCCESS}. */
    static final HeaderBlock SUCCESS_BLOCK = HeaderBlock.of(SUCCESS);

    /** To a request that does not speak gRPC. */
    static final Http2Headers UNSUPPORTED_MEDIA_TYPE = plain("415");

    static final Http2Headers METHOD_NOT_ALLOWED = plain("405");

    private GrpcHeaders() {}

    private static Http2Headers plain(final String status) {
        return ReadOnlyHttp2Headers.serverHeaders(false, new AsciiString(status));
    }

    /** Behind what was sent of a call that went wrong; without anything sent, the whole answer. */
    static Http2Headers failure(final boolean isWholeAnswer, final int status, final String text) {
        final Http2Headers headers = new DefaultHttp2Headers(false, 4);
        if (isWholeAnswer) {
            headers.status(OK).add(CONTENT_TYPE, GRPC);
        }
        headers.add(STATUS, new AsciiString(Integer.toString(status)));
        if (!text.isEmpty()) {
            headers.add(MESSAGE, escaped(text));
        }
        return headers;
    }

    /** Percent-encoded where it is not printable ASCII. */
    static AsciiString escaped(final String text) {
        final StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (final byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                escaped.append((char) b);
            } else {
                escaped.append('%')
                        .append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xF, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
            }
        }
        return new AsciiString(escaped);
    }
}
