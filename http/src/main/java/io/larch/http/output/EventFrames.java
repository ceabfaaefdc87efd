package io.larch.http.output;

import io.larch.http.text.Ascii;
import io.larch.http.text.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * One printed event in the forms that watchers of an event loop need it; each form is made once and
 * shared by all of them.
 */
public final class EventFrames {
    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final ByteWriter hex = new ByteWriter();
    private ByteWriter printed;
    private ByteBuf plain;
    private ByteBuf chunk;
    private ByteBuf finalChunk;

    /**
     * @param printed the event's JSON; must stay until {@link #release()}.
     */
    public void start(final ByteWriter printed) {
        this.printed = printed;
    }

    public boolean isStarted() {
        return printed != null;
    }

    /**
     * The form for a watcher; the caller owns it. A slice has no room behind its end: TLS gathers
     * what follows there, and here that would be everybody's.
     */
    public ByteBuf frame(
            final ByteBufAllocator allocator, final boolean isChunked, final boolean isFinal) {
        if (!isChunked) {
            plain = plain == null ? make(allocator, false, false) : plain;
            return plain.retainedSlice();
        }
        if (isFinal) {
            finalChunk = finalChunk == null ? make(allocator, true, true) : finalChunk;
            return finalChunk.retainedSlice();
        }
        chunk = chunk == null ? make(allocator, true, false) : chunk;
        return chunk.retainedSlice();
    }

    public static byte[] lastChunk() {
        return LAST_CHUNK;
    }

    private ByteBuf make(
            final ByteBufAllocator allocator, final boolean isChunked, final boolean isFinal) {
        final ByteBuf frame = allocator.directBuffer(printed.length() + 32);
        if (isChunked) {
            hex.clear();
            hex.putHex(printed.length());
            hex.copyTo(frame);
            frame.writeBytes(CRLF);
        }
        printed.copyTo(frame);
        if (isChunked) {
            frame.writeBytes(CRLF);
        }
        if (isFinal) {
            frame.writeBytes(LAST_CHUNK);
        }
        return frame;
    }

    public void release() {
        printed = null;
        plain = release(plain);
        chunk = release(chunk);
        finalChunk = release(finalChunk);
    }

    private static ByteBuf release(final ByteBuf frame) {
        if (frame != null) {
            frame.release();
        }
        return null;
    }
}
