package io.larch.tools.process;

import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

/** A sign of life of event loops. */
public final class Pulse {
    private Pulse() {}

    /**
     * Asks each of them. From any thread.
     *
     * @return done when all have come by.
     * @throws java.util.concurrent.RejectedExecutionException when one has ended.
     */
    public static CompletableFuture<Void> of(final EventExecutorGroup loops) {
        return CompletableFuture.allOf(
                StreamSupport.stream(loops.spliterator(), false)
                        .map(loop -> CompletableFuture.runAsync(() -> {}, loop))
                        .toArray(CompletableFuture[]::new));
    }
}
