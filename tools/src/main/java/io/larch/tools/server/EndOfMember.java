package io.larch.tools.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for a member to end by itself. */
final class EndOfMember {
    private EndOfMember() {}

    /** Why it ended; null when nothing is wrong. */
    static Throwable await(final CompletableFuture<Throwable> ended) throws InterruptedException {
        try {
            return ended.get();
        } catch (final ExecutionException e) {
            return e.getCause();
        }
    }
}
