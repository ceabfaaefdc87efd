package io.larch.http.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A request whose head and body come in frames of another protocol: where each begins and ends is
 * known. Its answer is framed by that protocol too, so it is as one of HTTP/1.0, whose body ends
 * with the connection.
 *
 * <p>Memory is bounded as {@link HttpDecoder}'s is. Not threadsafe.
 */
public final class FramedRequest {
    private static final byte[] NO_BYTES = {};

    private final int maxHeadBytes;
    private final int maxBodyBytes;
    private final InputBudget budget;
    private final HttpRequest request = new HttpRequest();
    private int headLength;
    private boolean isBodyKept;

    /**
     * @param budget what the connections of an event loop take their memory from.
     */
    public FramedRequest(final int maxHeadBytes, final int maxBodyBytes, final InputBudget budget) {
        this.maxHeadBytes = maxHeadBytes;
        this.maxBodyBytes = maxBodyBytes;
        this.budget = budget;
        request.head = NO_BYTES;
    }

    public HttpRequest request() {
        return request;
    }

    /**
     * Takes the head.
     *
     * @param head request line and header lines as HTTP/1.0 has them, the empty line included.
     * @return null, or the status and reason to refuse it with.
     */
    public String head(final byte[] head, final int length) {
        if (length > maxHeadBytes) {
            return "431 Request Header Fields Too Large";
        }
        if (!budget.take(length)) {
            return "503 Service Unavailable";
        }
        headLength = length;
        request.head = Arrays.copyOf(head, length);
        return new HeadParser(request).parse(length);
    }

    /** Whether what comes of the body is collected. */
    public void keepBody(final boolean isKept) {
        isBodyKept = isKept;
        if (isKept && request.contentLength > maxBodyBytes) {
            tooLarge();
        }
    }

    /**
     * Takes a piece of the body.
     *
     * @return false when there is no memory for it.
     */
    public boolean body(final ByteBuf piece) {
        if (!isBodyKept) {
            return true;
        }
        final int needed = request.bodyLength + piece.readableBytes();
        if (needed > maxBodyBytes) {
            tooLarge();
            return true;
        }
        if (request.body.length < needed) {
            final int capacity = (int) Math.min(maxBodyBytes, Math.max(needed * 2L, 256));
            if (!budget.take(capacity - request.body.length)) {
                return false;
            }
            request.body = Arrays.copyOf(request.body, capacity);
        }
        final int length = piece.readableBytes();
        piece.getBytes(piece.readerIndex(), request.body, request.bodyLength, length);
        request.bodyLength = needed;
        return true;
    }

    private void tooLarge() {
        request.bodyError = HttpRequest.TOO_LARGE;
        isBodyKept = false;
    }

    /** The stream is gone: all memory is given back. */
    public void release() {
        budget.give(headLength + request.body.length);
        headLength = 0;
        request.body = HttpRequest.EMPTY;
        request.bodyLength = 0;
    }
}
