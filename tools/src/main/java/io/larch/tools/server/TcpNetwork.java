package io.larch.tools.server;

import io.larch.engine.port.PeerTransport;
import io.larch.http.HttpEdge;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.tls.TlsContexts;
import io.larch.transport.ChannelWatch;
import io.larch.transport.aeron.AeronContext;
import io.larch.transport.aeron.AeronPeerTransport;
import io.larch.transport.mixed.MixedPeerTransport;
import io.larch.transport.tcp.ListenException;
import io.larch.transport.tcp.TcpContext;
import io.larch.transport.tcp.TcpPeerTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/**
 * The way to the other members by TCP, where their URLs are https or all talk so: one port for what
 * they say and for their pages. Those at http URLs may be talked to by UDP beside it.
 */
final class TcpNetwork implements PeerNetwork {
    private final TcpContext context;
    private final List<String> urls;
    private final Optional<AeronContext> plain;
    private final Optional<TlsContexts> tls;
    private final TransportMetrics metrics;
    private TcpPeerTransport transport;

    /**
     * @param context all but the watch, the URLs and TLS.
     * @param urls of this member, those that are listened at by TCP.
     * @param plain for those at http URLs, all but the watch and the counters; empty: TCP, too.
     */
    TcpNetwork(
            final TcpContext context,
            final List<String> urls,
            final Optional<AeronContext> plain,
            final Optional<TlsContexts> tls,
            final TransportMetrics metrics) {
        this.context = context.listenUrls(urls);
        this.urls = List.copyOf(urls);
        this.plain = plain;
        this.tls = tls;
        this.metrics = metrics;
        tls.ifPresent(contexts -> context.tls(new PeerEngines(contexts)));
    }

    @Override
    public PeerTransport open(final ChannelWatch watch) {
        transport = new TcpPeerTransport(context.channelWatch(watch));
        metrics.of(transport.counters());
        return plain.<PeerTransport>map(aeron -> mixed(aeron, watch)).orElse(transport);
    }

    private PeerTransport mixed(final AeronContext aeron, final ChannelWatch watch) {
        return new MixedPeerTransport(
                new AeronPeerTransport(
                        aeron.channelWatch(watch).transportCounters(transport.counters())),
                transport,
                !aeron.listenUrls().isEmpty());
    }

    @Override
    public boolean listensAt(final String url) {
        return urls.contains(url);
    }

    @Override
    public void listen(final HttpEdge edge, final SocketTransport sockets) {
        try {
            transport.listen(
                    (connection, first, isTls) -> adopt(edge, sockets, connection, first, isTls));
        } catch (final ListenException e) {
            throw Listeners.refused(e.hostAndPort(), e);
        }
    }

    private void adopt(
            final HttpEdge edge,
            final SocketTransport sockets,
            final SocketChannel connection,
            final ByteBuffer first,
            final boolean isTls) {
        final Channel channel = sockets.adopt(connection);
        final ByteBuf bytes = Unpooled.wrappedBuffer(first);
        edge.adoptPeer(channel, bytes, isTls ? tls.orElseThrow().server() : null);
    }
}
