package io.larch.http;

import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.util.concurrent.Executor;

/** Gives each event loop of the edge its own way into the engine. */
@FunctionalInterface
public interface RequestPorts {
    /**
     * Opens a port. Called once per event loop, by the thread that builds the {@link HttpEdge}.
     *
     * @param handler takes the answers, on the event loop's thread only.
     * @param eventLoop runs a task on that thread: how an engine on another thread has its answers
     *     drained. Of no use where the engine shares the thread.
     */
    RequestPort open(ReplyHandler handler, Executor eventLoop);
}
