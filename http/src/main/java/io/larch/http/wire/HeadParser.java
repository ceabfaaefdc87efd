package io.larch.http.wire;

import io.larch.http.text.Ascii;
import io.larch.http.text.Percent;

/**
 * Parses request line and headers. Strict where leniency lets two parties see different requests:
 * no folded lines, no space before a colon, no control bytes, one length only.
 */
final class HeadParser {
    static final String BAD_REQUEST = "400 Bad Request";

    private final HttpRequest request;
    private int hosts;
    private boolean isHostMalformed;
    private boolean hasTransferEncoding;
    private String error;

    HeadParser(final HttpRequest request) {
        this.request = request;
    }

    /**
     * Fills the request from the first {@code end} bytes of its head, the empty line included.
     *
     * @return null, or the status and reason to refuse it with.
     */
    String parse(final int end) {
        request.clear();
        hosts = 0;
        isHostMalformed = false;
        hasTransferEncoding = false;
        error = null;

        final byte[] head = request.head;
        int lineEnd = Ascii.indexOf(head, '\n', 0, end);
        if (!requestLine(head, 0, trimCr(head, 0, lineEnd))) {
            return error();
        }
        int from = lineEnd + 1;
        while (true) {
            lineEnd = Ascii.indexOf(head, '\n', from, end);
            final int to = trimCr(head, from, lineEnd);
            if (to == from) {
                return check();
            }
            if (!header(head, from, to)) {
                return error();
            }
            from = lineEnd + 1;
        }
    }

    private String error() {
        return error == null ? BAD_REQUEST : error;
    }

    private String check() {
        if (!request.isHttp10 && hosts == 0) {
            return "400 Bad Request: missing required Host header";
        }
        if (hosts > 1) {
            return "400 Bad Request: too many Host headers";
        }
        if (isHostMalformed) {
            return "400 Bad Request: malformed Host header";
        }
        // Two ways to say where the body ends is how requests are smuggled.
        if (hasTransferEncoding && (request.contentLength >= 0 || request.isHttp10)) {
            return BAD_REQUEST;
        }
        return null;
    }

    private boolean requestLine(final byte[] head, final int from, final int to) {
        final int methodEnd = Ascii.indexOf(head, ' ', from, to);
        if (methodEnd == to || !Ascii.isToken(head, from, methodEnd)) {
            return false;
        }
        final int targetFrom = methodEnd + 1;
        final int targetTo = Ascii.indexOf(head, ' ', targetFrom, to);
        if (targetTo == to || targetTo <= targetFrom || !version(head, targetTo + 1, to)) {
            return false;
        }
        request.method = HttpMethod.of(head, from, methodEnd);
        return target(head, targetFrom, targetTo);
    }

    private boolean version(final byte[] head, final int from, final int to) {
        if (to - from != 8
                || !Ascii.equal(head, from, from + 5, "HTTP/")
                || head[from + 6] != '.'
                || !isDigit(head[from + 5])
                || !isDigit(head[from + 7])) {
            return false;
        }
        if (head[from + 5] != '1') {
            error = "505 HTTP Version Not Supported: unsupported protocol version";
            return false;
        }
        request.isHttp10 = head[from + 7] == '0';
        request.isKeepAlive = !request.isHttp10;
        return true;
    }

    private boolean target(final byte[] head, final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (head[i] >= 0 && head[i] <= ' ' || head[i] == 0x7F) {
                return false;
            }
        }
        int pathFrom = from;
        if (head[from] != '/') {
            if (Ascii.equal(head, from, to, "*")) {
                // Only OPTIONS has a use for it; elsewhere it is a path that nobody serves.
                request.pathFrom = from;
                request.pathTo = to;
                return request.method == HttpMethod.OPTIONS;
            }
            if (request.method == HttpMethod.CONNECT) {
                request.pathFrom = from;
                request.pathTo = to;
                return true;
            }
            pathFrom = absoluteFormPath(head, from, to);
            if (pathFrom < 0) {
                return false;
            }
        }
        int pathTo = to;
        for (int i = pathFrom; i < to; i++) {
            if (head[i] == '?') {
                pathTo = i;
                request.queryFrom = i + 1;
                request.queryTo = to;
                break;
            }
        }
        request.pathFrom = pathFrom;
        request.pathTo = Percent.decodePath(head, pathFrom, pathTo);
        return request.pathTo >= 0;
    }

    /** Where the path starts in {@code scheme://authority/path}; -1 if it is no such thing. */
    private static int absoluteFormPath(final byte[] head, final int from, final int to) {
        int i = from;
        while (i < to && ((head[i] | 0x20) >= 'a' && (head[i] | 0x20) <= 'z')) {
            i++;
        }
        if (i == from || to - i < 3 || !Ascii.equal(head, i, i + 3, "://")) {
            return -1;
        }
        i += 3;
        final int authority = i;
        while (i < to && head[i] != '/' && head[i] != '?') {
            i++;
        }
        return i == authority ? -1 : i;
    }

    private boolean header(final byte[] head, final int from, final int to) {
        final int colon = Ascii.indexOf(head, ':', from, to);
        if (colon == to || !Ascii.isToken(head, from, colon)) {
            return false;
        }
        int valueFrom = colon + 1;
        int valueTo = to;
        while (valueFrom < valueTo && Ascii.isSpace(head[valueFrom])) {
            valueFrom++;
        }
        while (valueTo > valueFrom && Ascii.isSpace(head[valueTo - 1])) {
            valueTo--;
        }
        for (int i = valueFrom; i < valueTo; i++) {
            if (head[i] >= 0 && head[i] < ' ' && head[i] != '\t' || head[i] == 0x7F) {
                error = "400 Bad Request: invalid header value";
                return false;
            }
        }
        return known(head, from, colon, valueFrom, valueTo);
    }

    private boolean known(
            final byte[] head,
            final int from,
            final int to,
            final int valueFrom,
            final int valueTo) {
        switch (to - from) {
            case 4:
                if (Ascii.equalIgnoreCase(head, from, to, "host")) {
                    hosts++;
                    isHostMalformed |= !isHost(head, valueFrom, valueTo);
                }
                return true;
            case 6:
                if (Ascii.equalIgnoreCase(head, from, to, "expect")) {
                    return expect(head, valueFrom, valueTo);
                }
                if (request.originFrom < 0 && Ascii.equalIgnoreCase(head, from, to, "origin")) {
                    request.originFrom = valueFrom;
                    request.originTo = valueTo;
                }
                return true;
            case 10:
                if (Ascii.equalIgnoreCase(head, from, to, "connection")) {
                    connection(head, valueFrom, valueTo);
                }
                return true;
            case 12:
                if (request.contentTypeFrom < 0
                        && Ascii.equalIgnoreCase(head, from, to, "content-type")) {
                    request.contentTypeFrom = valueFrom;
                    request.contentTypeTo = valueTo;
                }
                return true;
            case 13:
                if (request.authorizationFrom < 0
                        && Ascii.equalIgnoreCase(head, from, to, "authorization")) {
                    request.authorizationFrom = valueFrom;
                    request.authorizationTo = valueTo;
                }
                return true;
            case 14:
                return !Ascii.equalIgnoreCase(head, from, to, "content-length")
                        || contentLength(head, valueFrom, valueTo);
            case 17:
                return !Ascii.equalIgnoreCase(head, from, to, "transfer-encoding")
                        || transferEncoding(head, valueFrom, valueTo);
            default:
                return true;
        }
    }

    private boolean expect(final byte[] head, final int from, final int to) {
        if (!Ascii.equalIgnoreCase(head, from, to, "100-continue")) {
            error = "417 Expectation Failed";
            return false;
        }
        request.expectsContinue = !request.isHttp10;
        return true;
    }

    private void connection(final byte[] head, final int from, final int to) {
        // As in Go: of HTTP/1.0, who says both stays.
        if (request.isHttp10) {
            request.isKeepAlive |= Ascii.listHolds(head, from, to, "keep-alive");
        } else if (Ascii.listHolds(head, from, to, "close")) {
            request.isKeepAlive = false;
        }
    }

    private boolean contentLength(final byte[] head, final int from, final int to) {
        if (from == to) {
            return false;
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(head[i]) || length > (Long.MAX_VALUE - 9) / 10) {
                return false;
            }
            length = length * 10 + head[i] - '0';
        }
        if (request.contentLength >= 0 && request.contentLength != length) {
            return false;
        }
        request.contentLength = length;
        return true;
    }

    private boolean transferEncoding(final byte[] head, final int from, final int to) {
        if (hasTransferEncoding) {
            return false;
        }
        hasTransferEncoding = true;
        if (!Ascii.equalIgnoreCase(head, from, to, "chunked")) {
            error = "501 Not Implemented: unsupported transfer encoding";
            return false;
        }
        request.isChunked = true;
        return true;
    }

    private static boolean isHost(final byte[] head, final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (head[i] <= ' ' || "\"#/<>?@\\^`{|}".indexOf(head[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(final byte b) {
        return b >= '0' && b <= '9';
    }

    private static int trimCr(final byte[] head, final int from, final int to) {
        return to > from && head[to - 1] == '\r' ? to - 1 : to;
    }
}
