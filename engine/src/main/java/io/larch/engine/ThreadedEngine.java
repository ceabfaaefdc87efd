package io.larch.engine;

import io.larch.engine.loop.EngineAgent;
import io.larch.engine.loop.EngineBuilder;
import io.larch.engine.loop.EngineParts;
import io.larch.engine.loop.EngineThread;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import io.larch.engine.request.ReplyRing;
import io.larch.engine.request.RequestRing;
import io.larch.engine.request.RingPort;
import io.larch.engine.request.TimedReplies;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One member on threads of its own (the split layout): the engine behind rings, and syncs on the
 * log's thread.
 *
 * <p>Open the ports, then {@link #start}; both on one thread, before clients come. {@link #close}
 * may be called from another.
 */
public final class ThreadedEngine implements AutoCloseable {
    private final EngineAgent agent;
    private final EngineParts parts;
    private final EngineThread thread;
    private final RequestRing requests;

    private ThreadedEngine(
            final EngineParts parts,
            final boolean spins,
            final AtomicReference<EngineThread> wakeable,
            final Consumer<Throwable> onEnd) {
        this.parts = parts;
        agent = new EngineAgent(parts);
        thread = new EngineThread(agent, parts.context(), spins, onEnd);
        wakeable.set(thread);
        requests = new RequestRing(agent);
        agent.add(requests);
    }

    /**
     * Recovers as {@link Engine#launch} does, on the calling thread.
     *
     * @param spins whether the engine's thread keeps its core instead of parking.
     * @param onEnd told why the engine ended, on its thread; null when it was closed.
     * @throws RuntimeException naming the file when what is on disk cannot be trusted, or is in use
     *     by another process.
     */
    public static ThreadedEngine launch(
            final EngineContext context, final boolean spins, final Consumer<Throwable> onEnd) {
        final AtomicReference<EngineThread> wakeable = new AtomicReference<>();
        final Runnable wake =
                () -> {
                    final EngineThread thread = wakeable.get();
                    if (thread != null) {
                        thread.wake();
                    }
                };
        final EngineParts parts = new EngineBuilder(context.conclude(), wake, true).recover();
        return new ThreadedEngine(parts, spins, wakeable, onEnd);
    }

    /** The cluster's id: that of the first start, whatever the flags say now. */
    public long clusterId() {
        return parts.context().clusterId();
    }

    /**
     * Opens the way in for one event loop.
     *
     * @param handler takes the answers, on the event loop.
     * @param eventLoop runs tasks there.
     */
    public RequestPort openPort(final ReplyHandler handler, final Executor eventLoop) {
        final TimedReplies timed =
                new TimedReplies(
                        handler, parts.stats().repliesElsewhere(), parts.context().nanoTime());
        final ReplyRing replies =
                new ReplyRing(timed, eventLoop, thread::wake, parts.applications()::cancelWatch);
        return new RingPort(parts.replies().add(replies), requests, thread::wake, eventLoop);
    }

    /**
     * Starts the engine's thread, which applies what the log says is committed before anything
     * else.
     */
    public void start() {
        thread.start();
    }

    /**
     * Asks the engine's thread for a sign of life. From any thread.
     *
     * @return done by its next turn; never, when it has ended.
     */
    public CompletableFuture<Void> pulse() {
        return thread.pulse();
    }

    /**
     * Tells everybody who waits, makes durable what is written, and frees the directory; also when
     * the engine was never started, and then on the calling thread. Once only.
     */
    @Override
    public void close() {
        thread.stop();
    }
}
