package io.larch.bench.load;

import java.nio.ByteBuffer;

/**
 * The v3 API by gRPC: one unary call at a time on a connection. Messages are counted rather than
 * read.
 */
final class GrpcExchange implements Exchange, Http2Frames.Listener {
    private final Http2Frames frames = new Http2Frames(this);
    private final GrpcTemplate template;
    private final ByteBuffer request;
    private int streamId = -1;
    private boolean isOver;
    private boolean isFailed;

    GrpcExchange(final GrpcTemplate template) {
        this.template = template;
        request = template.newBuffer();
    }

    @Override
    public ByteBuffer opening() {
        return frames.opening();
    }

    @Override
    public ByteBuffer request(final int key) {
        streamId += 2;
        isOver = false;
        isFailed = true;
        template.prepare(request, streamId, key);
        return request;
    }

    @Override
    public boolean isComplete(final ByteBuffer arrived) {
        final boolean wasOver = isOver;
        frames.read(arrived);
        return isOver && !wasOver;
    }

    @Override
    public ByteBuffer owed() {
        return frames.owed();
    }

    @Override
    public boolean hasFailed() {
        return isFailed;
    }

    @Override
    public void onData(
            final int streamId, final ByteBuffer arrived, final int offset, final int length) {
        // That there is an answer is all that matters.
    }

    @Override
    public void onEnd(final int streamId, final boolean isRight) {
        if (streamId == this.streamId && !isOver) {
            isOver = true;
            isFailed = !isRight;
        }
    }

    @Override
    public void onWindow(final int streamId, final int more) {
        // One request fits into what there is at the start, and is given back with its answer.
    }

    @Override
    public void onInitialWindow(final int window) {
        // As above.
    }
}
