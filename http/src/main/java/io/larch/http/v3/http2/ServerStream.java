package io.larch.http.v3.http2;

import io.larch.http.output.Outlet;
import io.larch.http.output.ReaderLag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor.StreamState;
import java.net.SocketAddress;

/**
 * One stream of a connection: one request, and the way for its answer. What is written waits for
 * the client's windows; it goes out with the loop's next flush. Short pieces that go out together
 * are one frame: a frame costs more than to copy them.
 *
 * <p>On the event loop's thread.
 */
public final class ServerStream implements Outlet, ReaderLag.Source {
    /** What a piece takes beside its bytes. */
    private static final int WRITE_BYTES = 256;

    /** Longer pieces are not copied. */
    private static final int SHORT_BYTES = 4 << 10;

    /** What is gathered is not more: a frame that any client takes. */
    private static final int GATHERED_BYTES = 16 << 10;

    private final Http2Session session;
    private final Http2Stream stream;
    private StreamHandler handler;

    /** Null while the client is not behind: most streams' never are. */
    private ReaderLag lag;

    /** What waits for the client's windows; null before anything has. */
    private StreamState queue;

    /** Pieces that are to be one frame; null without any. */
    private ByteBuf gathered;

    /** More can be appended to what is gathered; else it is one piece, and perhaps shared. */
    private boolean isAppendable;

    /** Since nothing waited. */
    private int writes;

    private boolean isDirty;
    private boolean isEnded;
    private boolean isClosed;

    ServerStream(final Http2Session session, final Http2Stream stream) {
        this.session = session;
        this.stream = stream;
    }

    // --- the session's side ---

    void handler(final StreamHandler handler) {
        this.handler = handler;
        if (isClosed) {
            handler.onClosed();
        }
    }

    StreamHandler handler() {
        return handler;
    }

    void queue(final StreamState queue) {
        this.queue = queue;
    }

    /** Some of what waited for the client's windows goes out. */
    void sends() {
        session.sends();
    }

    void onClosed() {
        if (!isClosed) {
            isClosed = true;
            dropGathered();
            if (handler != null) {
                handler.onClosed();
            }
            if (lag != null) {
                session.loop().closed(lag);
            }
        }
    }

    // --- the handler's ---

    public ByteBufAllocator alloc() {
        return session.alloc();
    }

    public SocketAddress remoteAddress() {
        return session.remoteAddress();
    }

    /** Sends headers or trailers. */
    public void headers(final Http2Headers headers, final boolean isEnd) {
        if (isEnded || isClosed) {
            return;
        }
        isEnded = isEnd;
        writeGathered();
        stopReadingBehind(session.writeHeaders(stream.id(), headers, isEnd));
        flushLater();
    }

    /** Sends a piece of the body and takes it over. */
    public void data(final ByteBuf data, final boolean isEnd) {
        if (isEnded || isClosed) {
            data.release();
            return;
        }
        isEnded = isEnd;
        final int length = data.readableBytes();
        wrote(length);
        if (!isEnd && length <= SHORT_BYTES) {
            gather(data);
        } else {
            writeGathered();
            stopReadingBehind(session.writeData(stream.id(), data, isEnd));
        }
        flushLater();
    }

    /**
     * Room for a short piece of the body, which is sent with what else is gathered. So many bytes
     * have to be written behind what it has, at once.
     *
     * @param length not more than a few KiB.
     * @return null: the answer is over.
     */
    public ByteBuf room(final int length) {
        if (isEnded || isClosed) {
            return null;
        }
        wrote(length);
        makeRoom(length);
        if (gathered == null) {
            gathered = alloc().directBuffer(length, GATHERED_BYTES);
            isAppendable = true;
            session.gathers(this);
        }
        flushLater();
        return gathered;
    }

    /** Whether that is the room which was given last. */
    public boolean isRoom(final ByteBuf buffer) {
        return buffer == gathered;
    }

    /** Sends all of an answer, and takes its body over. */
    public void answer(final HeaderBlock head, final ByteBuf body, final HeaderBlock trailers) {
        if (isEnded || isClosed) {
            body.release();
            return;
        }
        isEnded = true;
        wrote(body.readableBytes());
        session.writeAnswer(stream, head, body, trailers);
        flushLater();
    }

    /** Whether an answer of so many bytes may be sent by {@link #answer}. */
    public boolean takesAnswer(final int bodyLength) {
        return bodyLength <= WholeAnswer.MAX_BYTES
                && stream.state().localSideOpen()
                && !stream.isHeadersSent();
    }

    private void wrote(final int length) {
        if (pendingBytes() == 0) {
            writes = 0;
        }
        writes++;
        if (lag != null) {
            lag.wrote(length);
        }
        session.wrote(length);
    }

    private void gather(final ByteBuf piece) {
        makeRoom(piece.readableBytes());
        if (gathered == null) {
            gathered = piece;
            isAppendable = false;
            session.gathers(this);
        } else {
            append(piece);
        }
    }

    /** If anything is gathered then, so much can be appended. */
    private void makeRoom(final int length) {
        if (gathered != null && gathered.readableBytes() + length > GATHERED_BYTES) {
            writeGathered();
        } else if (gathered != null && !isAppendable) {
            final ByteBuf first = gathered;
            gathered = alloc().directBuffer(first.readableBytes() + SHORT_BYTES, GATHERED_BYTES);
            isAppendable = true;
            append(first);
        }
    }

    private void append(final ByteBuf piece) {
        gathered.writeBytes(piece);
        piece.release();
    }

    /** What was gathered becomes a frame. */
    void writeGathered() {
        if (gathered != null) {
            final ByteBuf frame = gathered;
            gathered = null;
            session.writeData(stream.id(), frame, false);
        }
    }

    private void dropGathered() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    /** The answer is complete, and has no trailers. */
    public void end() {
        data(Unpooled.EMPTY_BUFFER, true);
    }

    /** A client that still sends when its answer is complete is told to stop (RFC 9113 8.1). */
    private void stopReadingBehind(final ChannelFuture written) {
        if (isEnded && stream.state().remoteSideOpen()) {
            written.addListener(
                    done -> {
                        if (stream.state().remoteSideOpen()) {
                            reset(Http2Error.NO_ERROR);
                        }
                    });
        }
    }

    /** Ends the stream as it is. */
    public void reset(final Http2Error error) {
        if (!isClosed) {
            isEnded = true;
            dropGathered();
            session.reset(stream.id(), error);
            session.flushLater();
        }
    }

    /** What was held back of the client's bytes is taken: it may send as much again. */
    public void consumed(final int bytes) {
        if (!isClosed && bytes > 0) {
            session.consumed(stream, bytes);
        }
    }

    /** Whether the client's windows and its socket take what is written now. */
    public boolean isWritable() {
        return !isClosed && session.isWritable(stream);
    }

    /** How much more the client's windows have room for, of the stream and of the connection. */
    public long windowBytes() {
        return isClosed ? 0 : Math.max(0, session.windowBytes(stream) - pendingBytes());
    }

    public boolean isClosed() {
        return isClosed;
    }

    /** Whether the last frame of the answer was written. */
    public boolean isEnded() {
        return isEnded;
    }

    private void flushLater() {
        session.flushLater();
        if (!isDirty) {
            isDirty = true;
            session.loop().flushLater(this);
        }
    }

    // --- flushes; how far the client is behind ---

    /** The bytes themselves go out with the session's. */
    @Override
    public void flush() {
        isDirty = false;
        if (session.isUnflushed()) {
            // Comes behind it.
            flushLater();
        } else if (!isClosed) {
            if (lag != null || pendingBytes() > 0) {
                session.loop().flushed(lag());
            }
            handler.onFlush();
        }
    }

    @Override
    public ReaderLag lag() {
        if (lag == null) {
            lag = new ReaderLag(this);
        }
        return lag;
    }

    @Override
    public void abort() {
        reset(Http2Error.INTERNAL_ERROR);
    }

    @Override
    public long pendingBytes() {
        final long queued = queue == null || isClosed ? 0 : queue.pendingBytes();
        return gathered == null ? queued : queued + gathered.readableBytes();
    }

    /** What is kept for what waits for the client's windows, with what it takes to keep it. */
    public long heldBytes() {
        final long bytes = pendingBytes();
        return bytes == 0 ? 0 : bytes + (long) writes * WRITE_BYTES;
    }

    @Override
    public int pendingWrites() {
        return pendingBytes() > 0 ? 1 : 0;
    }

    @Override
    public SocketAddress clientAddress() {
        return remoteAddress();
    }

    /** Its client does not keep up. */
    @Override
    public void close() {
        reset(Http2Error.INTERNAL_ERROR);
    }
}
