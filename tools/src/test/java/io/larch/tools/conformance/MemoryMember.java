package io.larch.tools.conformance;

import io.larch.engine.Engine;
import io.larch.engine.EngineContext;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.member.InitialCluster;
import io.larch.engine.member.Member;
import io.larch.engine.member.Membership;
import io.larch.http.HttpContext;
import io.larch.http.HttpEdge;
import io.larch.http.V3Options;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A whole member on one thread of this process, with its disk in memory: the edge and the engine as
 * they are, without the process around them. It has the identity of the recorded member.
 */
public final class MemoryMember implements AutoCloseable {
    private static final String CLIENT_URL = "http://127.0.0.1:27379";
    private static final String PEER_URL = "http://127.0.0.1:27380";
    private static final long SHORT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "memory-member");
    private final ManualIoEventLoop loop = new ManualIoEventLoop(thread, NioIoHandler.newFactory());
    private final boolean hasV3;
    private volatile boolean isStopping;

    private MemoryMember(final boolean hasV3) {
        this.hasV3 = hasV3;
    }

    /** A fresh member that serves the v2 API. */
    public static MemoryMember start() {
        final MemoryMember member = new MemoryMember(false);
        member.thread.start();
        return member;
    }

    /** A fresh member that serves both APIs. */
    public static MemoryMember startWithV3() {
        final MemoryMember member = new MemoryMember(true);
        member.thread.start();
        return member;
    }

    /** Where it serves. */
    public URI url() {
        return ready.join();
    }

    private void run() {
        try (Engine engine = Engine.launch(engineContext(), loop::wakeup)) {
            final HttpEdge edge =
                    new HttpEdge(
                            new HttpContext()
                                    .clusterId(engine.clusterId())
                                    .v3(hasV3 ? V3Options.DEFAULT : null),
                            loop,
                            NioServerSocketChannel.class,
                            (handler, eventLoop) -> engine.openPort(handler));
            final ChannelFuture bound =
                    edge.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            while (!bound.isDone()) {
                loop.run(SHORT_WAIT_NANOS);
            }
            final InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
            ready.complete(URI.create("http://127.0.0.1:" + address.getPort()));
            while (!isStopping) {
                final int workCount = engine.doWork();
                final long waitNanos = engine.waitNanos(System.nanoTime());
                if (workCount > 0 || waitNanos <= 0) {
                    loop.runNow();
                } else {
                    loop.run(waitNanos);
                }
            }
            edge.close();
            stopLoop();
            ended.complete(null);
        } catch (final Throwable e) {
            ready.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    private void stopLoop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.run(SHORT_WAIT_NANOS);
        }
    }

    private EngineContext engineContext() {
        final Membership membership =
                InitialCluster.parse("default=" + PEER_URL).toMembership("etcd-cluster");
        final Member self = membership.memberByName("default").orElseThrow();
        final EngineContext context =
                new EngineContext()
                        .memberId(self.id())
                        .clusterId(membership.clusterId())
                        .name("default")
                        .peerUrls(self.peerUrls())
                        .founders(membership.members())
                        .clientUrls(List.of(CLIENT_URL))
                        .memberDir(Path.of("nowhere"))
                        .walFiles(new MemoryFiles())
                        .snapFiles(new MemoryFiles())
                        .snapshotExecutor(Runnable::run);
        return hasV3
                ? context.applications(List.of(KvApplication.of(new KvContext())))
                        .featureLevel(KvApplication.FEATURE_LEVEL)
                : context;
    }

    @Override
    public void close() {
        isStopping = true;
        loop.wakeup();
        ended.join();
    }
}
