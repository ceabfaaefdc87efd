package io.larch.http.wire;

import io.larch.http.go.GoText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines behind the last chunk, up to an empty one, byte by byte. They are dropped, but judged
 * as etcd's HTTP server does (seen with etcd 3.4.23, Go 1.19): lines end with LF, with or without
 * CR; each has a colon, or begins with a blank and goes on with the one before; together they are
 * not longer than {@link ChunkSize#MAX_LINE_BYTES}.
 *
 * <p>Not threadsafe.
 */
final class Trailers {
    private static final byte[] NONE = new byte[0];
    private static final int INITIAL_BYTES = 64;

    private byte[] line = NONE;
    private int lineLength;
    private int length;
    private boolean hasColon;
    private boolean isFirst;
    private String error;

    /** The chunks are over. */
    void start() {
        line = NONE;
        lineLength = 0;
        length = 0;
        hasColon = false;
        isFirst = true;
        error = null;
    }

    /**
     * @return whether they are over, with or without an {@link #error()}.
     */
    boolean take(final byte b) {
        if (++length > ChunkSize.MAX_LINE_BYTES) {
            error = "http: suspiciously long trailer after chunked body";
            return true;
        }
        if (b == '\n') {
            return endLine();
        }
        if (lineLength == line.length) {
            line = Arrays.copyOf(line, Math.max(INITIAL_BYTES, 2 * lineLength));
        }
        line[lineLength++] = b;
        hasColon |= b == ':';
        return false;
    }

    private boolean endLine() {
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
            lineLength--;
        }
        if (lineLength == 0) {
            line = NONE;
            return true;
        }
        final boolean isContinued = line[0] == ' ' || line[0] == '\t';
        if (isContinued && isFirst) {
            error = "malformed MIME header initial line: " + text();
        } else if (!isContinued && !hasColon) {
            error = "malformed MIME header: missing colon: " + GoText.quote(text());
        }
        isFirst = false;
        hasColon = false;
        lineLength = 0;
        return error != null;
    }

    private String text() {
        return new String(line, 0, lineLength, StandardCharsets.ISO_8859_1);
    }

    /** What is wrong with them, in Go's words; null when nothing is. */
    String error() {
        return error;
    }
}
