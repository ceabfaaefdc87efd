package io.larch.bench.load;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The v3 API by gRPC on HTTP/2 in the clear: one unary call at a time on a connection. Frames are
 * counted rather than read, but for header blocks, whose compression has a state. Source: RFC 9113,
 * and gRPC over HTTP/2.
 */
final class GrpcExchange implements Exchange {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_HEAD_LENGTH = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED_OR_PRIORITY = 0x28;
    private static final int INITIAL_WINDOW_SIZE = 4;

    /** Of a stream at its start, and what the connection is kept at. */
    private static final int WINDOW = 1 << 24;

    private static final int DEFAULT_WINDOW = 65_535;
    private static final int OWED_CAPACITY = 4096;

    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuffer owed = ByteBuffer.allocateDirect(OWED_CAPACITY);
    private final GrpcTemplate template;
    private final ByteBuffer request;
    private int streamId = -1;
    private long unreturned;
    private boolean isFailed;

    GrpcExchange(final GrpcTemplate template) {
        this.template = template;
        request = template.newBuffer();
        owed.limit(0);
    }

    @Override
    public ByteBuffer opening() {
        final ByteBuffer opening = ByteBuffer.allocate(PREFACE.length + 64);
        opening.put(PREFACE);
        head(opening, 6, SETTINGS, 0, 0);
        opening.putShort((short) INITIAL_WINDOW_SIZE).putInt(WINDOW);
        head(opening, Integer.BYTES, WINDOW_UPDATE, 0, 0);
        opening.putInt(WINDOW - DEFAULT_WINDOW);
        return opening.flip();
    }

    @Override
    public ByteBuffer request(final int key) {
        streamId += 2;
        isFailed = true;
        template.prepare(request, streamId, key);
        return request;
    }

    @Override
    public boolean isComplete(final ByteBuffer arrived) {
        owed.compact();
        arrived.flip();
        boolean isComplete = false;
        while (arrived.remaining() >= FRAME_HEAD_LENGTH) {
            final int start = arrived.position();
            final int length = arrived.getInt(start) >>> 8;
            if (arrived.remaining() < FRAME_HEAD_LENGTH + length) {
                break;
            }
            isComplete |= onFrame(arrived, start, length);
            arrived.position(start + FRAME_HEAD_LENGTH + length);
        }
        arrived.compact();
        owed.flip();
        return isComplete;
    }

    /** Returns whether the call is over. */
    private boolean onFrame(final ByteBuffer arrived, final int start, final int length) {
        final int type = arrived.get(start + 3);
        final int flags = arrived.get(start + 4);
        final boolean isOurs = arrived.getInt(start + 5) == streamId;
        final int payload = start + FRAME_HEAD_LENGTH;
        switch (type) {
            case DATA -> giveBack(length);
            case HEADERS -> readHeaders(arrived, payload, length, flags);
            case SETTINGS -> acknowledge(SETTINGS, flags, arrived, payload, 0);
            case PING -> acknowledge(PING, flags, arrived, payload, length);
            case RST_STREAM -> isFailed = true;
            case GOAWAY, CONTINUATION ->
                    throw new IllegalStateException("frame of type " + type + " ends the run");
            default -> {
                // Windows, priorities and what is unknown change nothing here.
            }
        }
        final boolean isEnd =
                type == RST_STREAM
                        || (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
        return isEnd && isOurs;
    }

    private void readHeaders(
            final ByteBuffer arrived, final int offset, final int length, final int flags) {
        if ((flags & END_HEADERS) == 0 || (flags & PADDED_OR_PRIORITY) != 0) {
            throw new IllegalStateException("header blocks in pieces are not expected");
        }
        try {
            final Http2Headers block =
                    headers.decodeHeaders(
                            streamId, Unpooled.wrappedBuffer(arrived.slice(offset, length)));
            final CharSequence status = block.get("grpc-status");
            if (status != null) {
                isFailed = !"0".contentEquals(status);
            }
        } catch (final Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The windows of streams never run out; that of the connection is kept open. */
    private void giveBack(final int length) {
        unreturned += length;
        if (unreturned > WINDOW / 2) {
            head(owed, Integer.BYTES, WINDOW_UPDATE, 0, 0);
            owed.putInt((int) unreturned);
            unreturned = 0;
        }
    }

    private void acknowledge(
            final int type,
            final int flags,
            final ByteBuffer arrived,
            final int offset,
            final int length) {
        if ((flags & ACK) == 0) {
            head(owed, length, type, ACK, 0);
            owed.put(arrived.slice(offset, length));
        }
    }

    private static void head(
            final ByteBuffer target,
            final int length,
            final int type,
            final int flags,
            final int streamId) {
        target.put((byte) (length >> 16)).putShort((short) length);
        target.put((byte) type).put((byte) flags).putInt(streamId);
    }

    @Override
    public ByteBuffer owed() {
        return owed;
    }

    @Override
    public boolean hasFailed() {
        return isFailed;
    }
}
