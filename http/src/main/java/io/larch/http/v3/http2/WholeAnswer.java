package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * An answer that is complete before anything of it was sent: head, body and trailers. It waits for
 * the client's windows as one, and what they let through is one write; most often that is all.
 *
 * <p>One stream's. Owns the body until it is over.
 */
final class WholeAnswer implements FlowControlled {
    /** Fits a frame of any client (RFC 9113 6.5.2), and is copied more quickly than handed on. */
    static final int MAX_BYTES = 4 << 10;

    private static final int FRAME_HEAD_LENGTH = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Http2Session session;
    private final Http2Stream stream;
    private final HeaderBlock head;
    private final ByteBuf body;
    private final HeaderBlock trailers;
    private boolean isHeadSent;

    /** Of the body; kept, because Netty asks again when the body is given back. */
    private int leftBytes;

    /** Of the last piece. */
    private ChannelFuture sent;

    /**
     * @param body of {@link #MAX_BYTES} at most.
     */
    WholeAnswer(
            final Http2Session session,
            final Http2Stream stream,
            final HeaderBlock head,
            final ByteBuf body,
            final HeaderBlock trailers) {
        this.session = session;
        this.stream = stream;
        this.head = head;
        this.body = body;
        this.trailers = trailers;
        leftBytes = body.readableBytes();
    }

    /** What counts against the windows. */
    @Override
    public int size() {
        return leftBytes;
    }

    @Override
    public void write(final ChannelHandlerContext ctx, final int allowedBytes) {
        final int count = Math.min(allowedBytes, leftBytes);
        leftBytes -= count;
        final boolean isLast = leftBytes == 0;
        if ((!isHeadSent || isLast) && session.takeTableResized()) {
            writeAnew(ctx, count, isLast);
            return;
        }
        final ByteBuf frames =
                ctx.alloc()
                        .directBuffer(
                                3 * FRAME_HEAD_LENGTH + head.length() + count + trailers.length());
        if (!isHeadSent) {
            isHeadSent = true;
            frame(frames, head, END_HEADERS);
        }
        if (count > 0) {
            frame(frames, count, Http2FrameTypes.DATA, 0);
            frames.writeBytes(body, count);
        }
        if (isLast) {
            frame(frames, trailers, END_HEADERS | END_STREAM);
        }
        send(ctx, frames, isLast);
    }

    private void frame(final ByteBuf target, final HeaderBlock block, final int flags) {
        stream.headersSent(false);
        frame(target, block.length(), Http2FrameTypes.HEADERS, flags);
        block.writeTo(target);
    }

    private void frame(final ByteBuf target, final int length, final byte type, final int flags) {
        target.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream.id());
    }

    /** The same with headers that are compressed for this connection. */
    private void writeAnew(final ChannelHandlerContext ctx, final int count, final boolean isLast) {
        final Http2FrameWriter writer = session.encoder().frameWriter();
        final int id = stream.id();
        if (!isHeadSent) {
            isHeadSent = true;
            stream.headersSent(false);
            writer.writeHeaders(ctx, id, head.headers(), 0, false, ctx.newPromise());
        }
        sent = writer.writeData(ctx, id, body.readRetainedSlice(count), 0, false, ctx.newPromise());
        if (isLast) {
            stream.headersSent(false);
            sent = writer.writeHeaders(ctx, id, trailers.headers(), 0, true, ctx.newPromise());
        }
    }

    /**
     * A stream ends when its answer is handed to the channel, which keeps the order; but who is
     * about to close the connection has to wait until the answer is out.
     */
    private void send(final ChannelHandlerContext ctx, final ByteBuf frames, final boolean isLast) {
        if (isLast && session.isEnding()) {
            sent = ctx.write(frames);
        } else {
            sent = ctx.newSucceededFuture();
            ctx.write(frames, ctx.voidPromise());
        }
    }

    @Override
    public void writeComplete() {
        body.release();
        session.closeStreamLocal(stream, sent);
        if (stream.state().remoteSideOpen()) {
            // A client that still sends is told to stop (RFC 9113 8.1).
            session.reset(stream.id(), Http2Error.NO_ERROR);
        }
    }

    /** The stream is gone, or cannot go on. */
    @Override
    public void error(final ChannelHandlerContext ctx, final Throwable cause) {
        body.release();
        session.onError(ctx, true, cause);
    }

    @Override
    public boolean merge(final ChannelHandlerContext ctx, final FlowControlled next) {
        return false;
    }
}
