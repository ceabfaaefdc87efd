package io.larch.engine;

import io.larch.engine.loop.EngineAgent;
import io.larch.engine.loop.EngineBuilder;
import io.larch.engine.loop.EngineParts;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import io.larch.engine.request.InlinePort;
import org.agrona.CloseHelper;

/**
 * One member: state machine, log and Raft core, driven by the thread that launched it (the fused
 * layout: that thread also runs the edge, so requests and replies are plain calls).
 *
 * <p>All methods run on one thread. After an exception of {@link #doWork} the member must be
 * closed: it does not limp. {@link MemberRemovedException} says that it was removed from its
 * cluster.
 */
public final class Engine implements AutoCloseable {
    private final EngineAgent agent;
    private final EngineParts parts;

    private Engine(final EngineParts parts) {
        this.parts = parts;
        agent = new EngineAgent(parts);
    }

    /**
     * Recovers what the directories hold and applies all that is known to be committed. A member
     * that is the only voter leads when this returns.
     *
     * @param wake ends the caller's wait between turns; called by other threads.
     * @throws MemberRemovedException if the member was removed from its cluster.
     * @throws RuntimeException naming the file when what is on disk cannot be trusted, or is in use
     *     by another process.
     */
    public static Engine launch(final EngineContext context, final Runnable wake) {
        final Engine engine =
                new Engine(new EngineBuilder(context.conclude(), wake, false).recover());
        try {
            engine.agent.recover();
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietClose(engine);
            throw e;
        }
        return engine;
    }

    /** The cluster's id: that of the first start, whatever the flags say now. */
    public long clusterId() {
        return parts.context().clusterId();
    }

    /** Opens the way in for an edge whose event loop is the calling thread. */
    public RequestPort openPort(final ReplyHandler handler) {
        final InlinePort port = new InlinePort(parts.replies().add(handler), agent);
        agent.add(port);
        return port;
    }

    /**
     * One turn.
     *
     * @return 0 when there was nothing to do.
     */
    public int doWork() {
        return agent.doWork();
    }

    /** How long the caller may wait for requests before the next turn; 0 or less: not at all. */
    public long waitNanos(final long nowNanos) {
        return agent.nextDeadlineNanos() - nowNanos;
    }

    /** Tells everybody who waits, makes durable what is written, and frees the directory. */
    /** Index of the last entry of the log that is on this member's disk; grows with each write. */
    public long durableIndex() {
        return agent.durableIndex();
    }

    @Override
    public void close() {
        agent.onClose();
    }
}
