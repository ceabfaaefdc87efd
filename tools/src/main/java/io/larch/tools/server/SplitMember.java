package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.engine.ThreadedEngine;
import io.larch.http.HttpContext;
import io.larch.http.HttpEdge;
import io.larch.tools.cpus.Placement;
import io.larch.tools.process.EndOfMember;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.Pulse;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import io.larch.transport.SelectorWait;
import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member in the split layout: event loops, the engine and the log's sync on threads of their own,
 * with rings between them.
 */
final class SplitMember implements RunningMember {
    private static final Logger LOG = LoggerFactory.getLogger(SplitMember.class);

    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final SocketTransport sockets;
    private final MultiThreadIoEventLoopGroup loops;
    private final SelectorWait wait;
    private final ThreadedEngine engine;
    private HttpEdge edge;

    private SplitMember(
            final EngineContext engineContext,
            final PeerNetwork network,
            final SelectorWait wait,
            final SocketTransport sockets,
            final int eventLoops,
            final boolean spins,
            final Placement placement) {
        this.wait = wait;
        this.sockets = sockets;
        engineContext.idleWait(wait).transport(network.open(wait)).threadStart(placement::engine);
        engine = ThreadedEngine.launch(engineContext, spins, ended::complete);
        try {
            loops =
                    new MultiThreadIoEventLoopGroup(
                            eventLoops, threads(placement), sockets.handlerFactory());
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietClose(engine);
            throw e;
        }
    }

    /** As Netty makes them, and placed. */
    private ThreadFactory threads(final Placement placement) {
        final ThreadFactory factory = new DefaultThreadFactory("larch-edge", Thread.MAX_PRIORITY);
        return task ->
                factory.newThread(
                        () -> {
                            try {
                                placement.edge();
                            } catch (final RuntimeException e) {
                                ended.complete(e);
                            }
                            task.run();
                        });
    }

    /**
     * Starts the threads and waits until they serve.
     *
     * @throws StartupException when they cannot.
     */
    static SplitMember start(
            final EngineContext engineContext,
            final HttpContext httpContext,
            final PeerNetwork network,
            final Listeners listeners,
            final Build build,
            final SocketTransport sockets,
            final int eventLoops,
            final boolean spins,
            final Placement placement) {
        final SelectorWait wait = new SelectorWait();
        final SplitMember member;
        try {
            member =
                    new SplitMember(
                            engineContext, network, wait, sockets, eventLoops, spins, placement);
        } catch (final RuntimeException e) {
            wait.close();
            throw StartupException.of(e);
        }
        try {
            member.serve(httpContext, network, listeners, build);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            member.close();
            throw new StartupException("interrupted while it started", e);
        } catch (final RuntimeException e) {
            member.close();
            throw StartupException.of(e);
        }
        return member;
    }

    private void serve(
            final HttpContext httpContext,
            final PeerNetwork network,
            final Listeners listeners,
            final Build build)
            throws InterruptedException {
        edge =
                new HttpEdge(
                        httpContext
                                .clusterId(engine.clusterId())
                                .maxClientConnections(FileLimit.forClients())
                                .maxPeerConnections(FileLimit.PEER_CONNECTIONS),
                        loops,
                        sockets.serverChannel(),
                        build.ports(engine::openPort));
        network.listen(edge, sockets);
        engine.start();
        listeners.open(edge, network, ChannelFuture::await);
        LOG.info("ready to serve client requests");
    }

    @Override
    public CompletableFuture<Void> pulse() {
        return CompletableFuture.allOf(Pulse.of(loops), engine.pulse());
    }

    @Override
    public Throwable awaitFailure() throws InterruptedException {
        return EndOfMember.await(ended);
    }

    @Override
    public void close() {
        if (edge != null) {
            edge.close();
        }
        engine.close();
        wait.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
