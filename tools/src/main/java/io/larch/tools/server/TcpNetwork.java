package io.larch.tools.server;

import io.larch.engine.port.PeerTransport;
import io.larch.http.HttpEdge;
import io.larch.tools.process.SocketTransport;
import io.larch.transport.ChannelWatch;
import io.larch.transport.tcp.ListenException;
import io.larch.transport.tcp.TcpContext;
import io.larch.transport.tcp.TcpPeerTransport;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.agrona.concurrent.status.CountersManager;

/** The way to the other members by TCP: one port for what they say and for their pages. */
final class TcpNetwork implements PeerNetwork {
    private final TcpContext context;
    private final TransportMetrics metrics;
    private TcpPeerTransport transport;

    /**
     * @param context all but the watch and the counters.
     */
    TcpNetwork(
            final TcpContext context,
            final TransportMetrics metrics,
            final CountersManager counters) {
        this.context = context.counters(counters);
        this.metrics = metrics;
    }

    @Override
    public PeerTransport open(final ChannelWatch watch) {
        transport = new TcpPeerTransport(context.channelWatch(watch));
        metrics.of(transport.counters());
        return transport;
    }

    @Override
    public boolean listensAt(final String url) {
        return true;
    }

    @Override
    public void listen(final HttpEdge edge) {
        try {
            transport.listen((connection, first, isTls) -> adopt(edge, connection, first));
        } catch (final ListenException e) {
            throw Listeners.refused(e.hostAndPort(), e);
        }
    }

    private static void adopt(
            final HttpEdge edge, final SocketChannel connection, final ByteBuffer first) {
        edge.adoptPeer(SocketTransport.adopt(connection), Unpooled.wrappedBuffer(first), null);
    }
}
