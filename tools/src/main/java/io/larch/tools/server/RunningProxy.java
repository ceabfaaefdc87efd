package io.larch.tools.server;

import io.larch.http.proxy.Endpoints;
import io.larch.http.proxy.ProxyContext;
import io.larch.http.proxy.ProxyEdge;
import io.larch.tools.bootstrap.ProxyCluster;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.EndOfMember;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.Pulse;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import io.larch.tools.tls.CertificateWatch;
import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A proxy: no engine and no data, an edge that forwards, and a thread that looks for members. */
final class RunningProxy implements RunningMember {
    /** While no member is known they are looked for more often. */
    private static final int EAGER_MS = 1_000;

    /** A proxy that is told to look all the time has to have some for clients. */
    private static final int LEAST_MS = 100;

    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final CountDownLatch isToEnd = new CountDownLatch(1);
    private final MultiThreadIoEventLoopGroup loops;
    private final Endpoints endpoints;
    private final ProxyCluster cluster;
    private final ServerConfig.Proxy config;
    private final ProxyEdge edge;
    private final CertificateWatch certificates;

    private RunningProxy(
            final ServerConfig server,
            final ProxyCluster cluster,
            final MemberTls tls,
            final int eventLoops) {
        this.cluster = cluster;
        certificates = tls.watch();
        config = server.proxy();
        endpoints =
                new Endpoints(
                        System::nanoTime, config.failureWaitMs(), RandomGenerator.getDefault());
        final SocketTransport sockets = Sockets.ofProxy(server);
        loops = new MultiThreadIoEventLoopGroup(eventLoops, sockets.handlerFactory());
        edge =
                new ProxyEdge(
                        new ProxyContext()
                                .readonly(config.mode() == ServerConfig.ProxyMode.READONLY)
                                .dialTimeoutMs(config.dialMs())
                                .writeTimeoutMs(config.writeMs())
                                .readTimeoutMs(config.readMs())
                                .corsOrigins(server.api().corsOrigins())
                                // Each has one to a member.
                                .maxConnections(FileLimit.forClients() / 2),
                        loops,
                        sockets.serverChannel(),
                        sockets.channel(),
                        endpoints,
                        tls.peers().orElseThrow().client());
    }

    /**
     * Looks for the members and opens the listeners.
     *
     * @param tls of a proxy: members are asked by its contexts of peers.
     * @throws StartupException naming the address that could not be had.
     */
    static RunningProxy start(
            final ServerConfig server, final ProxyCluster cluster, final MemberTls tls) {
        final int eventLoops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        final RunningProxy proxy = new RunningProxy(server, cluster, tls, eventLoops);
        try {
            proxy.look();
            new Listeners(server.urls(), tls).openProxy(proxy.edge, ChannelFuture::await);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            proxy.close();
            throw new StartupException("interrupted while it started", e);
        } catch (final RuntimeException e) {
            proxy.close();
            throw StartupException.of(e);
        }
        final Thread seeker = new Thread(proxy::lookOn, "larch-members");
        seeker.setDaemon(true);
        seeker.start();
        return proxy;
    }

    private void look() {
        cluster.clientUrls().ifPresent(endpoints::replace);
    }

    private void lookOn() {
        try {
            while (!isToEnd.await(waitMs(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (final InterruptedException | RuntimeException | Error e) {
            ended.complete(e);
        }
    }

    private long waitMs() {
        final int usual = Math.max(LEAST_MS, config.refreshMs());
        return endpoints.isEmpty() ? Math.min(EAGER_MS, usual) : usual;
    }

    @Override
    public CompletableFuture<Void> pulse() {
        return Pulse.of(loops);
    }

    @Override
    public Throwable awaitFailure() throws InterruptedException {
        return EndOfMember.await(ended);
    }

    @Override
    public void close() {
        isToEnd.countDown();
        certificates.close();
        edge.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        ended.complete(null);
    }
}
