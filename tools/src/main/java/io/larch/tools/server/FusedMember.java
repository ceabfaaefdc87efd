package io.larch.tools.server;

import io.larch.engine.Engine;
import io.larch.engine.EngineContext;
import io.larch.http.HttpContext;
import io.larch.http.HttpEdge;
import io.larch.tools.cpus.Placement;
import io.larch.tools.flags.ServerConfig.Idle;
import io.larch.tools.process.AdaptiveSpin;
import io.larch.tools.process.EndOfMember;
import io.larch.tools.process.EventLoopWatch;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.Pulse;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ManualIoEventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member in the fused layout: one thread runs the edge, the engine and the syncs of the log as
 * one duty cycle, and waits in one place, the event loop's.
 */
final class FusedMember implements RunningMember, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FusedMember.class);
    private static final long SHORT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EngineContext engineContext;
    private final HttpContext httpContext;
    private final PeerNetwork network;
    private final Listeners listeners;
    private final Build build;
    private final Idle idle;
    private final Placement placement;
    private final AdaptiveSpin spin = new AdaptiveSpin();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final Thread thread = new Thread(this, "larch");
    private final SocketTransport sockets;
    private final ManualIoEventLoop loop;
    private volatile boolean isStopping;

    private FusedMember(
            final EngineContext engineContext,
            final HttpContext httpContext,
            final PeerNetwork network,
            final Listeners listeners,
            final Build build,
            final SocketTransport sockets,
            final Idle idle,
            final Placement placement) {
        this.engineContext = engineContext;
        this.httpContext = httpContext;
        this.network = network;
        this.listeners = listeners;
        this.build = build;
        this.sockets = sockets;
        loop = new ManualIoEventLoop(thread, sockets.handlerFactory());
        this.idle = idle;
        this.placement = placement;
    }

    /**
     * Starts the thread and waits until it serves.
     *
     * @throws StartupException when it cannot.
     */
    static FusedMember start(
            final EngineContext engineContext,
            final HttpContext httpContext,
            final PeerNetwork network,
            final Listeners listeners,
            final Build build,
            final SocketTransport sockets,
            final Idle idle,
            final Placement placement) {
        final FusedMember member =
                new FusedMember(
                        engineContext,
                        httpContext,
                        network,
                        listeners,
                        build,
                        sockets,
                        idle,
                        placement);
        member.thread.start();
        try {
            member.ready.join();
        } catch (final CompletionException e) {
            throw StartupException.of(e.getCause());
        }
        return member;
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            placement.engine();
            engineContext.transport(network.open(new EventLoopWatch(loop)));
            try (Engine engine = Engine.launch(engineContext, loop::wakeup)) {
                serve(engine);
            }
        } catch (final Throwable e) {
            failure = e;
        }
        stopLoop();
        ready.completeExceptionally(
                failure != null ? failure : new IllegalStateException("stopped while it started"));
        ended.complete(failure);
    }

    private void serve(final Engine engine) throws InterruptedException {
        final HttpEdge edge =
                new HttpEdge(
                        httpContext
                                .clusterId(engine.clusterId())
                                .maxClientConnections(FileLimit.forClients())
                                .maxPeerConnections(FileLimit.PEER_CONNECTIONS),
                        loop,
                        sockets.serverChannel(),
                        build.ports((handler, eventLoop) -> engine.openPort(handler)));
        try {
            network.listen(edge, sockets);
            listeners.open(edge, network, this::runUntil);
            LOG.info("ready to serve client requests");
            ready.complete(null);
            while (!isStopping) {
                turn(engine, edge);
            }
        } finally {
            edge.close();
        }
    }

    private void turn(final Engine engine, final HttpEdge edge) {
        int workCount = engine.doWork();
        final long nowNanos = System.nanoTime();
        final long waitNanos = engine.waitNanos(nowNanos);
        if (workCount > 0 || waitNanos <= 0 || idle == Idle.SPIN) {
            workCount += loop.runNow();
        } else if (idle == Idle.ADAPTIVE
                && spin.looksAgain(edge.sent(loop), engine.durableIndex(), nowNanos)) {
            Thread.onSpinWait();
            workCount += loop.runNow();
        } else {
            workCount += loop.run(waitNanos);
        }
        if (workCount > 0 && idle == Idle.ADAPTIVE) {
            spin.worked(workCount, System.nanoTime());
        }
    }

    private void runUntil(final ChannelFuture future) {
        while (!future.isDone()) {
            loop.run(SHORT_WAIT_NANOS);
        }
    }

    /** Runs the loop until its channels are closed. */
    private void stopLoop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.run(SHORT_WAIT_NANOS);
        }
    }

    @Override
    public CompletableFuture<Void> pulse() {
        return Pulse.of(loop);
    }

    @Override
    public Throwable awaitFailure() throws InterruptedException {
        return EndOfMember.await(ended);
    }

    @Override
    public void close() {
        isStopping = true;
        loop.wakeup();
        ended.join();
    }
}
