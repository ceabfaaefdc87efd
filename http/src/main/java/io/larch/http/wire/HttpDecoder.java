package io.larch.http.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Decodes the requests of one connection, one at a time, from whatever pieces they arrive in.
 *
 * <p>Takes from the given buffer what belongs to the current request and leaves the rest. A request
 * comes out twice: first its head, when the caller decides whether the body is kept, then as a
 * whole. Memory is bounded by the two limits, whatever is announced or sent.
 *
 * <p>Not threadsafe.
 */
public final class HttpDecoder {
    /** What {@link #decode} found. */
    public enum Outcome {
        /** The request goes on; give more bytes. */
        NEED_MORE,
        /** The head is there: call {@link #keepBody} or {@link #discardBody}, then go on. */
        HEAD,
        /** The request is there as a whole, or its body is bad: see {@code bodyError}. */
        REQUEST,
        /** Not HTTP: answer with {@link #error()} and close. */
        BAD
    }

    private enum State {
        HEAD,
        HEAD_DONE,
        FIXED_BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_DATA_CR,
        CHUNK_DATA_LF,
        TRAILERS,
        DONE,
        BAD
    }

    private static final String TOO_LARGE_HEAD = "431 Request Header Fields Too Large";
    private static final String OVERLOADED = "503 Service Unavailable";
    private static final String MALFORMED_CHUNKS = "malformed chunked encoding";

    /** Copy step while looking for a head's end, so that a pipeline is not copied per request. */
    private static final int HEAD_STEP = 1024;

    /** Capacities kept from one request to the next. */
    private static final int RETAINED_HEAD = 16 * 1024;

    private static final int RETAINED_BODY = 64 * 1024;

    /** What of an unwanted body is read for the sake of the connection, as in Go's server. */
    private static final int MAX_DISCARDED_BYTES = 256 * 1024;

    private final int maxHeadBytes;
    private final int maxBodyBytes;
    private final InputBudget budget;
    private final HttpRequest request = new HttpRequest();
    private final HeadParser parser = new HeadParser(request);
    private final ChunkSize chunkSize = new ChunkSize();
    private final Trailers trailers = new Trailers();

    private State state = State.HEAD;
    private int headLength;
    private int scanned;
    private boolean isBodyKept;
    private long remaining;
    private long discarded;
    private boolean isUnread;
    private String error;

    /**
     * @param budget what the connections of an event loop take their memory from.
     */
    public HttpDecoder(final int maxHeadBytes, final int maxBodyBytes, final InputBudget budget) {
        this.maxHeadBytes = maxHeadBytes;
        this.maxBodyBytes = maxBodyBytes;
        this.budget = budget;
    }

    public HttpRequest request() {
        return request;
    }

    /** Status and reason after {@link Outcome#BAD}. */
    public String error() {
        return error;
    }

    /** Whether part of a request was taken. */
    public boolean isMidRequest() {
        return state != State.HEAD || headLength > 0;
    }

    /** Whether the request's head is not complete yet. */
    public boolean isInHead() {
        return state == State.HEAD;
    }

    /** Forgets the request; the next may follow. */
    public void reset() {
        state = State.HEAD;
        headLength = 0;
        scanned = 0;
        isUnread = false;
        final boolean isPlenty = budget.isPlenty();
        if (request.head.length > (isPlenty ? RETAINED_HEAD : HEAD_STEP)) {
            forgetHead();
        }
        if (request.body.length > (isPlenty ? RETAINED_BODY : 0)) {
            forgetBody();
        }
        request.bodyLength = 0;
    }

    /** The connection is gone: all memory is given back. */
    public void release() {
        forgetHead();
        forgetBody();
        request.bodyLength = 0;
    }

    private void forgetHead() {
        if (request.head.length > HEAD_STEP) {
            budget.give(request.head.length);
            request.head = new byte[HEAD_STEP];
        }
    }

    private void forgetBody() {
        budget.give(request.body.length);
        request.body = HttpRequest.EMPTY;
    }

    /** The body shall be collected. */
    public void keepBody() {
        startBody(true);
    }

    /** The body is of no interest. */
    public void discardBody() {
        startBody(false);
    }

    /** The body was announced, but the client waits for a word before it sends it: none comes. */
    public void leaveBody() {
        endUnread();
    }

    /** Whether the request came out before its body was taken as a whole. */
    public boolean isInputUnread() {
        return isUnread;
    }

    private void startBody(final boolean isKept) {
        isBodyKept = isKept;
        discarded = 0;
        if (request.isChunked) {
            startChunk();
        } else if (request.contentLength > 0) {
            remaining = request.contentLength;
            state = State.FIXED_BODY;
            if (isKept && remaining > maxBodyBytes) {
                fail(HttpRequest.TOO_LARGE);
            } else if (!isKept && remaining > MAX_DISCARDED_BYTES) {
                endUnread();
            }
        } else {
            state = State.DONE;
        }
    }

    /** Takes bytes until something is found or there are no more. */
    public Outcome decode(final ByteBuf in) {
        while (true) {
            switch (state) {
                case HEAD:
                    return head(in);
                case HEAD_DONE:
                    throw new IllegalStateException("nobody said what to do with the body");
                case DONE:
                    return Outcome.REQUEST;
                case BAD:
                    return Outcome.BAD;
                default:
                    if (!in.isReadable()) {
                        return Outcome.NEED_MORE;
                    }
                    body(in);
            }
        }
    }

    private Outcome head(final ByteBuf in) {
        if (headLength == 0) {
            skipEmptyLines(in);
        }
        while (in.isReadable()) {
            final int step = Math.min(HEAD_STEP, in.readableBytes());
            if (!ensureHead(step)) {
                return bad(OVERLOADED);
            }
            in.getBytes(in.readerIndex(), request.head, headLength, step);
            final int end = headEnd(headLength + step);
            if (end >= 0) {
                in.skipBytes(end - headLength);
                headLength = end;
                return parseHead();
            }
            in.skipBytes(step);
            headLength += step;
            if (headLength > maxHeadBytes) {
                return bad(TOO_LARGE_HEAD);
            }
        }
        return Outcome.NEED_MORE;
    }

    private Outcome parseHead() {
        if (headLength > maxHeadBytes) {
            return bad(TOO_LARGE_HEAD);
        }
        final String refusal = parser.parse(headLength);
        if (refusal != null) {
            return bad(refusal);
        }
        state = State.HEAD_DONE;
        return Outcome.HEAD;
    }

    private Outcome bad(final String reason) {
        error = reason;
        return Outcome.BAD;
    }

    /** Robust as RFC 9112 asks: an empty line before a request is no request. */
    private static void skipEmptyLines(final ByteBuf in) {
        while (in.isReadable()) {
            final byte b = in.getByte(in.readerIndex());
            if (b != '\r' && b != '\n') {
                return;
            }
            in.skipBytes(1);
        }
    }

    /**
     * The first {@link #HEAD_STEP} bytes belong to each connection and are not counted.
     *
     * @return false when there is no memory left for it.
     */
    private boolean ensureHead(final int more) {
        final int capacity = request.head.length;
        if (capacity - headLength < more) {
            final int newCapacity = Math.max(capacity * 2, headLength + more);
            if (!budget.take(newCapacity - (capacity > HEAD_STEP ? capacity : 0))) {
                return false;
            }
            request.head = Arrays.copyOf(request.head, newCapacity);
        }
        return true;
    }

    /** Where the empty line ends, -1 if it is not among the first {@code to} bytes. */
    private int headEnd(final int to) {
        final byte[] head = request.head;
        for (int i = scanned; i < to; i++) {
            if (head[i] == '\n') {
                int next = i + 1;
                if (next < to && head[next] == '\r') {
                    next++;
                }
                if (next >= to) {
                    scanned = i;
                    return -1;
                }
                if (head[next] == '\n') {
                    return next + 1;
                }
            }
        }
        scanned = to;
        return -1;
    }

    private void body(final ByteBuf in) {
        switch (state) {
            case FIXED_BODY -> {
                take(in);
                if (remaining == 0 && state == State.FIXED_BODY) {
                    state = State.DONE;
                }
            }
            case CHUNK_DATA -> {
                take(in);
                if (remaining == 0 && state == State.CHUNK_DATA) {
                    state = State.CHUNK_DATA_CR;
                }
            }
            default -> chunkSyntax(in.readByte());
        }
    }

    private void take(final ByteBuf in) {
        final int count = (int) Math.min(remaining, in.readableBytes());
        if (isBodyKept && !ensureBody(count)) {
            error = OVERLOADED;
            state = State.BAD;
            return;
        }
        remaining -= count;
        if (isBodyKept) {
            in.readBytes(request.body, request.bodyLength, count);
            request.bodyLength += count;
        } else {
            in.skipBytes(count);
        }
    }

    private boolean ensureBody(final int more) {
        final int needed = request.bodyLength + more;
        if (request.body.length < needed) {
            final int capacity = (int) Math.min(maxBodyBytes, Math.max(needed * 2L, 256));
            if (!budget.take(capacity - request.body.length)) {
                return false;
            }
            request.body = Arrays.copyOf(request.body, capacity);
        }
        return true;
    }

    private void chunkSyntax(final byte b) {
        switch (state) {
            case CHUNK_SIZE -> {
                if (chunkSize.take(b)) {
                    onChunkSize();
                }
            }
            case CHUNK_DATA_CR -> expect(b, '\r', State.CHUNK_DATA_LF);
            case CHUNK_DATA_LF -> {
                if (b == '\n') {
                    startChunk();
                } else {
                    fail(MALFORMED_CHUNKS);
                }
            }
            case TRAILERS -> {
                if (trailers.take(b)) {
                    onTrailers();
                }
            }
            default -> throw new IllegalStateException("not in a chunk: " + state);
        }
    }

    private void startChunk() {
        state = State.CHUNK_SIZE;
        chunkSize.start();
    }

    private void onChunkSize() {
        remaining = chunkSize.size();
        if (chunkSize.error() != null) {
            fail(chunkSize.error());
        } else if (remaining == 0) {
            state = State.TRAILERS;
            trailers.start();
        } else {
            state = State.CHUNK_DATA;
            checkChunk();
        }
    }

    private void checkChunk() {
        if (isBodyKept) {
            if (remaining > maxBodyBytes - request.bodyLength) {
                fail(HttpRequest.TOO_LARGE);
            }
        } else if (remaining > MAX_DISCARDED_BYTES - discarded) {
            endUnread();
        } else {
            discarded += remaining;
        }
    }

    private void onTrailers() {
        if (trailers.error() != null) {
            fail(trailers.error());
        } else {
            state = State.DONE;
        }
    }

    private void expect(final byte b, final char expected, final State next) {
        if (b == expected) {
            state = next;
        } else {
            fail(MALFORMED_CHUNKS);
        }
    }

    /** The body cannot be taken; where the next request starts is unknown from here on. */
    private void fail(final String reason) {
        if (isBodyKept) {
            request.bodyError = reason;
            endUnread();
        } else {
            // Whoever ignores the body cannot tell; what is malformed shall not be executed.
            error = HeadParser.BAD_REQUEST;
            state = State.BAD;
        }
    }

    /** The body is not wanted and too long to be skipped: the reply comes first, then the end. */
    private void endUnread() {
        isUnread = true;
        request.isKeepAlive = false;
        state = State.DONE;
    }
}
