package io.larch.bench.load;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.collections.Int2IntCounterMap;

/**
 * The client's side of one HTTP/2 connection in the clear that carries gRPC: frames that arrive
 * become calls of a {@link Listener}, and what the connection owes to its peer is kept ready.
 * Source: RFC 9113, and gRPC over HTTP/2.
 */
final class Http2Frames {
    static final int HEAD_LENGTH = 9;
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /** Of a stream, and of a connection, until the peer says something else. */
    static final int DEFAULT_WINDOW = 65_535;

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int PADDED = 8;
    private static final int PADDED_OR_PRIORITY = 0x28;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int SETTING_LENGTH = Short.BYTES + Integer.BYTES;

    /** What the connection and its streams are kept at. */
    private static final int WINDOW = 1 << 24;

    private static final int OWED_CAPACITY = 1 << 16;

    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuffer owed = ByteBuffer.allocateDirect(OWED_CAPACITY);

    /** By stream; 0 is the connection. */
    private final Int2IntCounterMap unreturned = new Int2IntCounterMap(0);

    private final Listener listener;

    /** Told what arrives, stream by stream. */
    interface Listener {
        /** Some bytes of a call's messages; valid during the call. */
        void onData(int streamId, ByteBuffer arrived, int offset, int length);

        /** A call is over; it is right when its status is 0. */
        void onEnd(int streamId, boolean isRight);

        /** So much more may be sent on a stream; 0: on the connection. */
        void onWindow(int streamId, int more);

        /** What may be sent on each stream in the beginning. */
        void onInitialWindow(int window);
    }

    Http2Frames(final Listener listener) {
        this.listener = listener;
        owed.limit(0);
    }

    /** What a new connection begins with. */
    ByteBuffer opening() {
        final ByteBuffer opening = ByteBuffer.allocate(PREFACE.length + 64);
        opening.put(PREFACE);
        head(opening, SETTING_LENGTH, SETTINGS, 0, 0);
        opening.putShort((short) INITIAL_WINDOW_SIZE).putInt(WINDOW);
        head(opening, Integer.BYTES, WINDOW_UPDATE, 0, 0);
        opening.putInt(WINDOW - DEFAULT_WINDOW);
        return opening.flip();
    }

    /** What the connection owes to its peer, ready to be written; may be empty. */
    ByteBuffer owed() {
        return owed;
    }

    /** Reads what has arrived, from 0 to the buffer's position, and takes whole frames away. */
    void read(final ByteBuffer arrived) {
        owed.compact();
        arrived.flip();
        while (arrived.remaining() >= HEAD_LENGTH) {
            final int start = arrived.position();
            final int length = arrived.getInt(start) >>> 8;
            if (arrived.remaining() < HEAD_LENGTH + length) {
                break;
            }
            onFrame(arrived, start, length);
            arrived.position(start + HEAD_LENGTH + length);
        }
        arrived.compact();
        owed.flip();
    }

    private void onFrame(final ByteBuffer arrived, final int start, final int length) {
        final int type = arrived.get(start + 3);
        final int flags = arrived.get(start + 4);
        final int streamId = arrived.getInt(start + 5);
        final int payload = start + HEAD_LENGTH;
        switch (type) {
            case DATA -> onData(arrived, payload, length, flags, streamId);
            case HEADERS -> onHeaders(arrived, payload, length, flags, streamId);
            case SETTINGS -> onSettings(arrived, payload, length, flags);
            case PING -> acknowledge(PING, flags, arrived, payload, length);
            case WINDOW_UPDATE -> listener.onWindow(streamId, arrived.getInt(payload));
            case RST_STREAM -> end(streamId, false);
            case GOAWAY, CONTINUATION ->
                    throw new IllegalStateException("frame of type " + type + " ends the run");
            default -> {
                // Priorities and what is unknown change nothing here.
            }
        }
    }

    private void onData(
            final ByteBuffer arrived,
            final int offset,
            final int length,
            final int flags,
            final int streamId) {
        if ((flags & PADDED) != 0) {
            throw new IllegalStateException("padding is not expected");
        }
        listener.onData(streamId, arrived, offset, length);
        giveBack(0, length);
        if ((flags & END_STREAM) != 0) {
            end(streamId, false);
        } else {
            giveBack(streamId, length);
        }
    }

    private void onHeaders(
            final ByteBuffer arrived,
            final int offset,
            final int length,
            final int flags,
            final int streamId) {
        if ((flags & END_HEADERS) == 0 || (flags & PADDED_OR_PRIORITY) != 0) {
            throw new IllegalStateException("header blocks in pieces are not expected");
        }
        final CharSequence status;
        try {
            status =
                    headers.decodeHeaders(
                                    streamId, Unpooled.wrappedBuffer(arrived.slice(offset, length)))
                            .get("grpc-status");
        } catch (final Http2Exception e) {
            throw new IllegalStateException(e);
        }
        if ((flags & END_STREAM) != 0) {
            end(streamId, status != null && "0".contentEquals(status));
        }
    }

    private void end(final int streamId, final boolean isRight) {
        unreturned.remove(streamId);
        listener.onEnd(streamId, isRight);
    }

    private void onSettings(
            final ByteBuffer arrived, final int offset, final int length, final int flags) {
        for (int at = offset; at < offset + length; at += SETTING_LENGTH) {
            if (arrived.getShort(at) == INITIAL_WINDOW_SIZE) {
                listener.onInitialWindow(arrived.getInt(at + Short.BYTES));
            }
        }
        acknowledge(SETTINGS, flags, arrived, offset, 0);
    }

    private void giveBack(final int streamId, final int length) {
        final int count = unreturned.addAndGet(streamId, length);
        if (count > WINDOW / 2) {
            head(owed, Integer.BYTES, WINDOW_UPDATE, 0, streamId);
            owed.putInt(count);
            unreturned.remove(streamId);
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

    /** Puts the head of a frame. */
    static void head(
            final ByteBuffer target,
            final int length,
            final int type,
            final int flags,
            final int streamId) {
        target.put((byte) (length >> 16)).putShort((short) length);
        target.put((byte) type).put((byte) flags).putInt(streamId);
    }
}
