package io.larch.http.v3.http2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Shares a connection's window among its streams in turns, and shows each stream how much of its
 * own waits, and that some of it goes out.
 *
 * <p>One event loop's.
 */
final class StreamBytes implements StreamByteDistributor {
    private static final int TURN_BYTES = 16 << 10;

    private final UniformStreamByteDistributor turns;
    private final PropertyKey streamKey;
    private final Writer counted = this::write;

    /** While its bytes are shared out. */
    private Writer writer;

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
    public boolean distribute(final int maxBytes, final Writer to) throws Http2Exception {
        writer = to;
        return turns.distribute(maxBytes, counted);
    }

    private void write(final Http2Stream stream, final int bytes) {
        final ServerStream sender = stream.getProperty(streamKey);
        if (sender != null && bytes > 0) {
            sender.sends();
        }
        writer.write(stream, bytes);
    }
}
