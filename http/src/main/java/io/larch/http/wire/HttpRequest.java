package io.larch.http.wire;

import io.larch.http.text.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One request, as ranges of its head's bytes and of its body's. Filled by {@link HttpDecoder} and
 * reused for the next request of its connection.
 *
 * <p>The path is percent-decoded in place; the query stays as it was sent. A range that is absent
 * has a start of -1.
 */
public final class HttpRequest {
    /** The {@link #bodyError} of a body that is longer than any may be. */
    public static final String TOO_LARGE = "http: POST too large";

    byte[] head = new byte[1024];
    HttpMethod method;
    int pathFrom;
    int pathTo;
    int queryFrom;
    int queryTo;
    boolean isHttp10;
    boolean isKeepAlive;
    boolean expectsContinue;
    boolean isChunked;
    long contentLength;
    int contentTypeFrom;
    int contentTypeTo;
    int originFrom;
    int originTo;
    int authorizationFrom;
    int authorizationTo;

    byte[] body = EMPTY;
    int bodyLength;
    String bodyError;

    static final byte[] EMPTY = new byte[0];

    void clear() {
        method = HttpMethod.OTHER;
        queryFrom = -1;
        queryTo = -1;
        isHttp10 = false;
        isKeepAlive = true;
        expectsContinue = false;
        isChunked = false;
        contentLength = -1;
        contentTypeFrom = -1;
        contentTypeTo = -1;
        originFrom = -1;
        originTo = -1;
        authorizationFrom = -1;
        authorizationTo = -1;
        bodyLength = 0;
        bodyError = null;
    }

    public HttpMethod method() {
        return method;
    }

    /** The bytes that all ranges but the body's lie in. */
    public byte[] head() {
        return head;
    }

    public int pathFrom() {
        return pathFrom;
    }

    public int pathTo() {
        return pathTo;
    }

    /** -1 without query. */
    public int queryFrom() {
        return queryFrom;
    }

    public int queryTo() {
        return queryTo;
    }

    /** The fields of the query as they were sent; for rare requests. */
    public List<String> queryFields() {
        return List.of(text(queryFrom, queryTo).split("&"));
    }

    public boolean isHttp10() {
        return isHttp10;
    }

    /** Whether the client wants the connection to stay open. */
    public boolean isKeepAlive() {
        return isKeepAlive;
    }

    public boolean expectsContinue() {
        return expectsContinue;
    }

    /** Whether a body was announced that is not empty. */
    public boolean hasBody() {
        return isChunked || contentLength > 0;
    }

    /** The Content-Type as sent, empty when absent. */
    public String contentType() {
        return text(contentTypeFrom, contentTypeTo);
    }

    public int contentTypeFrom() {
        return contentTypeFrom;
    }

    public int contentTypeTo() {
        return contentTypeTo;
    }

    /** The Origin as sent, empty when absent. */
    public String origin() {
        return text(originFrom, originTo);
    }

    /** Whether the client says who it is. */
    public boolean hasAuthorization() {
        return authorizationTo > authorizationFrom;
    }

    /** Where the Authorization's value begins in the head; -1 when absent. */
    public int authorizationFrom() {
        return authorizationFrom;
    }

    public int authorizationTo() {
        return authorizationTo;
    }

    /** The decoded path as text; for the paths that only administrators use. */
    public String path() {
        return new String(head, pathFrom, pathTo - pathFrom, StandardCharsets.UTF_8);
    }

    /**
     * The first value of any header, as sent; empty when absent. Looks through the whole head, so
     * it is for rare requests.
     *
     * @param name in lower case.
     */
    public String header(final String name) {
        int from = pathFrom;
        while (head[from] != '\n') {
            from++;
        }
        for (from++; head[from] != '\r' && head[from] != '\n'; from++) {
            final int start = from;
            while (head[from] != '\n') {
                from++;
            }
            final int colon = start + name.length();
            if (colon < from
                    && head[colon] == ':'
                    && Ascii.equalIgnoreCase(head, start, colon, name)) {
                return text(colon + 1, from).strip();
            }
        }
        return "";
    }

    /** Body bytes, the first {@link #bodyLength()} of them. */
    public byte[] body() {
        return body;
    }

    public int bodyLength() {
        return bodyLength;
    }

    /** What was wrong with the body's framing or size, null when it is whole. */
    public String bodyError() {
        return bodyError;
    }

    private String text(final int from, final int to) {
        return from < 0 ? "" : new String(head, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
