package io.larch.tools.server;

import java.util.concurrent.CompletableFuture;

/** A member, or a proxy, that serves requests, until it is closed or stops by itself. */
public interface RunningMember extends AutoCloseable {
    /**
     * Asks all threads that serve for a sign of life. From any thread.
     *
     * @return done when each has come by; never, or with a failure, when one does not any more.
     */
    CompletableFuture<Void> pulse();

    /**
     * Waits until the member has stopped by itself.
     *
     * @return why it stopped; null when nothing is wrong: it was removed from its cluster, or
     *     closed.
     * @throws InterruptedException when the waiting thread is told to stop waiting.
     */
    Throwable awaitFailure() throws InterruptedException;

    /** Stops in order: no new clients, what is written is durable, files closed. Once only. */
    @Override
    void close();
}
