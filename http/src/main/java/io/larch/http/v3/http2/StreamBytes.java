package io.larch.http.v3.http2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.StreamByteDistributor;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Shares a connection's window among its streams in turns, and shows each stream how much of its
 * own waits.
 *
 * <p>One event loop's.
 */
final class StreamBytes implements StreamByteDistributor {
    private static final int TURN_BYTES = 16 << 10;

    private final UniformStreamByteDistributor turns;
    private final PropertyKey streamKey;

    StreamBytes(final Http2Connection connection, final PropertyKey streamKey) {
        this.turns = new UniformStreamByteDistributor(connection);
        this.streamKey = streamKey;
        turns.minAllocationChunk(TURN_BYTES);
    }

    @Override
    public void updateStreamableBytes(final StreamState state) {
        final ServerStream stream = state.stream().getProperty(streamKey);
        if (stream != null) {
            stream.queue(state);
        }
        turns.updateStreamableBytes(state);
    }

    @Override
    public void updateDependencyTree(
            final int childStreamId,
            final int parentStreamId,
            final short weight,
            final boolean exclusive) {
        // Priorities are deprecated by RFC 9113, and no client of etcd's has any.
    }

    @Override
    public boolean distribute(final int maxBytes, final Writer writer) throws Http2Exception {
        return turns.distribute(maxBytes, writer);
    }
}
