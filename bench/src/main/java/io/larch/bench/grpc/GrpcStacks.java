package io.larch.bench.grpc;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.larch.engine.Engine;
import io.larch.engine.EngineContext;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.http.HttpContext;
import io.larch.http.HttpEdge;
import io.larch.http.V3Options;
import io.larch.tools.process.SocketTransport;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ManualIoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A member of one, in the fused layout: its thread runs the engine and the sockets of {@code KV} by
 * Larch's own gRPC at one port and of {@code KV} by grpc-java at another.
 */
final class GrpcStacks implements AutoCloseable {
    private static final long ID = 7;

    /** Of both: gRPC's own server knows epoll. */
    private static final SocketTransport SOCKETS = SocketTransport.best(true);

    private static final long SHORT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final CompletableFuture<Integer> opened = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "larch");
    private final ManualIoEventLoop loop = new ManualIoEventLoop(thread, SOCKETS.handlerFactory());
    private final JavaKv kv = new JavaKv(ID);
    private final EngineContext context;
    private final InetSocketAddress ownAddress;
    private final int ownPort;
    private final Server server;
    private volatile boolean isStopping;

    /**
     * Returns when both serve.
     *
     * @param directory of a member that has never been started.
     * @param ownPort 0 for any.
     * @param javaPort 0 for any.
     */
    GrpcStacks(final Path directory, final int ownPort, final int javaPort) throws IOException {
        context = engineContext(directory);
        ownAddress = new InetSocketAddress("127.0.0.1", ownPort);
        thread.start();
        this.ownPort = opened.join();
        // Not by the loop's thread, for which this waits.
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", javaPort))
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop)
                        .channelType(SOCKETS.serverChannel())
                        .directExecutor()
                        .addService(kv.service())
                        .build()
                        .start();
    }

    private static EngineContext engineContext(final Path directory) {
        return new EngineContext()
                .memberId(ID)
                .clusterId(1)
                .name("stacks")
                .peerUrls(List.of("http://127.0.0.1:2380"))
                .clientUrls(List.of("http://127.0.0.1:2379"))
                .memberDir(directory.resolve("member"))
                .applications(List.of(KvApplication.of(new KvContext().memberId(() -> ID))))
                .featureLevel(KvApplication.FEATURE_LEVEL);
    }

    int ownPort() {
        return ownPort;
    }

    int javaPort() {
        return server.getPort();
    }

    private void run() {
        try (Engine engine = Engine.launch(context, loop::wakeup)) {
            serve(engine);
        } catch (final RuntimeException | Error e) {
            opened.completeExceptionally(e);
            throw e;
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                loop.run(SHORT_WAIT_NANOS);
            }
        }
    }

    private void serve(final Engine engine) {
        kv.open(engine::openPort);
        final HttpEdge edge =
                new HttpEdge(
                        new HttpContext()
                                .clusterId(engine.clusterId())
                                .memberId(ID)
                                .v3(V3Options.DEFAULT),
                        loop,
                        SOCKETS.serverChannel(),
                        (handler, eventLoop) -> engine.openPort(handler));
        final ChannelFuture bound = edge.bind(ownAddress);
        while (!bound.isDone()) {
            loop.run(SHORT_WAIT_NANOS);
        }
        opened.complete(((InetSocketAddress) bound.channel().localAddress()).getPort());
        while (!isStopping) {
            turn(engine);
        }
        edge.close();
    }

    private void turn(final Engine engine) {
        final int workCount = engine.doWork();
        final long waitNanos = engine.waitNanos(System.nanoTime());
        if (workCount > 0 || waitNanos <= 0) {
            loop.runNow();
        } else {
            loop.run(waitNanos);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
            isStopping = true;
            loop.wakeup();
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
