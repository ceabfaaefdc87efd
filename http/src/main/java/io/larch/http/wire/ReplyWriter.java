package io.larch.http.wire;

import io.larch.http.text.Ascii;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Prints replies: a body first, then the head before it, whose length is known by then. One per
 * event loop.
 *
 * <p>Not threadsafe.
 */
public final class ReplyWriter {
    /** No such index header. */
    public static final long NO_INDEX = -1;

    private static final String CORS =
            "Access-Control-Allow-Headers: accept, content-type, authorization\r\n"
                    + "Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE\r\n"
                    + "Access-Control-Allow-Origin: ";
    private static final Map<Integer, String> REASONS =
            Map.ofEntries(
                    Map.entry(200, "OK"),
                    Map.entry(201, "Created"),
                    Map.entry(204, "No Content"),
                    Map.entry(301, "Moved Permanently"),
                    Map.entry(400, "Bad Request"),
                    Map.entry(401, "Unauthorized"),
                    Map.entry(403, "Forbidden"),
                    Map.entry(404, "Not Found"),
                    Map.entry(405, "Method Not Allowed"),
                    Map.entry(409, "Conflict"),
                    Map.entry(410, "Gone"),
                    Map.entry(412, "Precondition Failed"),
                    Map.entry(415, "Unsupported Media Type"),
                    Map.entry(429, "Too Many Requests"),
                    Map.entry(499, "Client Closed Request"),
                    Map.entry(500, "Internal Server Error"),
                    Map.entry(501, "Not Implemented"),
                    Map.entry(503, "Service Unavailable"),
                    Map.entry(504, "Gateway Timeout"),
                    Map.entry(507, "Insufficient Storage"));
    private static final byte[][] STATUS_LINES = statusLines("HTTP/1.1 ");
    private static final byte[][] OLD_STATUS_LINES = statusLines("HTTP/1.0 ");
    private static final byte[] RAFT_INDEX = Ascii.bytes("X-Raft-Index: ");
    private static final byte[] RAFT_TERM = Ascii.bytes("X-Raft-Term: ");
    private static final byte[] ETCD_INDEX = Ascii.bytes("X-Etcd-Index: ");
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] NOTHING = {};
    private static final byte[] CRLF = Ascii.bytes("\r\n");

    private final ByteWriter head = new ByteWriter();
    private final ByteWriter body = new ByteWriter();
    private final JsonWriter json = new JsonWriter(body);
    private final ByteWriter date = new ByteWriter();
    private final byte[] clusterId;
    private final Set<String> corsOrigins;
    private final boolean isCorsForAll;
    private final LongSupplier epochNanos;
    private long printedNanos;
    private long dateSecond = Long.MIN_VALUE;

    public ReplyWriter(
            final long clusterId, final Set<String> corsOrigins, final LongSupplier epochNanos) {
        this.clusterId = Ascii.bytes("X-Etcd-Cluster-Id: " + Long.toHexString(clusterId) + "\r\n");
        this.corsOrigins = corsOrigins;
        this.isCorsForAll = corsOrigins.contains("*");
        this.epochNanos = epochNanos;
    }

    /** The next reply's body, emptied. */
    public JsonWriter body() {
        body.clear();
        return json;
    }

    /** The body as it is. */
    public ByteWriter printed() {
        return body;
    }

    /** Makes a reply of /v2/keys. */
    public ByteBuf keys(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final int status,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        return reply(
                allocator, request, status, Headers.JSON, true, storeIndex, raftIndex, raftTerm);
    }

    /**
     * Makes the whole reply of what is in the body; a reply to HEAD only tells its length.
     *
     * @param headers whole lines.
     * @param storeIndex and the two of Raft: {@link #NO_INDEX} for no such header.
     */
    public ByteBuf reply(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final int status,
            final byte[] headers,
            final boolean hasClusterId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        head(request, status, headers, hasClusterId, storeIndex, raftIndex, raftTerm);
        if (status != 204) {
            head.put(CONTENT_LENGTH).putUnsigned(body.length()).put(CRLF);
        }
        if (request.isHttp10) {
            head.put(request.isKeepAlive ? KEEP_ALIVE : NOTHING);
        } else if (!request.isKeepAlive) {
            head.put(CLOSE);
        }
        head.put(CRLF);

        final int bodyLength =
                request.method == HttpMethod.HEAD || status == 204 ? 0 : body.length();
        final ByteBuf reply = allocator.directBuffer(head.length() + bodyLength);
        head.copyTo(reply);
        reply.writeBytes(body.bytes(), 0, bodyLength);
        return reply;
    }

    /**
     * Makes the head of a reply whose length is not known, a watch's or a long one's; to HTTP/1.0
     * its body ends with the connection.
     */
    public ByteBuf streamHead(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final int status,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        head(request, status, Headers.JSON, true, storeIndex, raftIndex, raftTerm);
        return endStreamHead(allocator, request);
    }

    /** As the other, with the status 200 and no indexes. */
    public ByteBuf streamHead(
            final ByteBufAllocator allocator, final HttpRequest request, final byte[] headers) {
        head(request, 200, headers, false, NO_INDEX, NO_INDEX, NO_INDEX);
        return endStreamHead(allocator, request);
    }

    /**
     * Makes the head of a reply whose body of a known length follows by itself.
     *
     * @param headers whole lines.
     */
    public ByteBuf fileHead(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final byte[] headers,
            final long length,
            final long raftIndex,
            final long raftTerm) {
        head(request, 200, headers, true, NO_INDEX, raftIndex, raftTerm);
        head.put(CONTENT_LENGTH).putUnsigned(length).put(CRLF);
        if (request.isHttp10) {
            head.put(request.isKeepAlive ? KEEP_ALIVE : NOTHING);
        } else if (!request.isKeepAlive) {
            head.put(CLOSE);
        }
        return endHead(allocator);
    }

    private ByteBuf endStreamHead(final ByteBufAllocator allocator, final HttpRequest request) {
        if (!request.isHttp10) {
            head.put(request.isKeepAlive ? NOTHING : CLOSE).put(CHUNKED);
        }
        return endHead(allocator);
    }

    private ByteBuf endHead(final ByteBufAllocator allocator) {
        head.put(CRLF);
        final ByteBuf reply = allocator.directBuffer(head.length());
        head.copyTo(reply);
        return reply;
    }

    /** Has a client send the body that it has announced. */
    public ByteBuf goOn(final ByteBufAllocator allocator) {
        return allocator.directBuffer(CONTINUE.length).writeBytes(CONTINUE);
    }

    /** Makes the reply to what is no HTTP; {@code reason} is the whole status line's text. */
    public ByteBuf refusal(final ByteBufAllocator allocator, final String reason) {
        head.clear();
        head.put("HTTP/1.1 " + reason + "\r\n").put(Headers.TEXT);
        head.put(CONTENT_LENGTH).putUnsigned(reason.length()).put(CRLF);
        head.put(CLOSE).put(CRLF).put(reason);
        final ByteBuf reply = allocator.directBuffer(head.length());
        head.copyTo(reply);
        return reply;
    }

    private void head(
            final HttpRequest request,
            final int status,
            final byte[] headers,
            final boolean hasClusterId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        head.clear();
        head.put((request.isHttp10 ? OLD_STATUS_LINES : STATUS_LINES)[status]);
        if (!corsOrigins.isEmpty()) {
            cors(request);
        }
        head.put(headers);
        if (hasClusterId) {
            head.put(clusterId);
        }
        if (storeIndex != NO_INDEX) {
            head.put(ETCD_INDEX).putUnsigned(storeIndex).put(CRLF);
        }
        if (raftIndex != NO_INDEX) {
            head.put(RAFT_INDEX).putUnsigned(raftIndex).put(CRLF);
            head.put(RAFT_TERM).putUnsigned(raftTerm).put(CRLF);
        }
        date();
    }

    private void cors(final HttpRequest request) {
        final String origin = isCorsForAll ? "*" : request.origin();
        if (isCorsForAll || corsOrigins.contains(origin)) {
            head.put(CORS).put(origin).put(CRLF);
        }
    }

    /** When the head printed last was printed, on the wall clock. */
    public long printedNanos() {
        return printedNanos;
    }

    private void date() {
        printedNanos = epochNanos.getAsLong();
        final long second = Math.floorDiv(printedNanos, UtcTime.NANOS_PER_SECOND);
        if (second != dateSecond) {
            dateSecond = second;
            date.clear();
            date.put("Date: ");
            UtcTime.putHttpDate(date, second);
            date.put(CRLF);
        }
        head.put(date.bytes(), 0, date.length());
    }

    /** What HTTP calls a status. */
    public static String reason(final int status) {
        return REASONS.getOrDefault(status, "");
    }

    private static byte[][] statusLines(final String version) {
        final byte[][] lines = new byte[600][];
        REASONS.forEach(
                (status, reason) ->
                        lines[status] = Ascii.bytes(version + status + ' ' + reason + "\r\n"));
        return lines;
    }
}
