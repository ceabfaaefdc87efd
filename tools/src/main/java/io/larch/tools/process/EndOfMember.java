package io.larch.tools.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for a member to end by itself. */
public final class EndOfMember {
    private EndOfMember() {}

    /** Why it ended; null when nothing is wrong. */
    public static Throwable await(final CompletableFuture<Throwable> ended)
            throws InterruptedException {
        try {
            return ended.get();
        } catch (final ExecutionException e) {
            return e.getCause();
        }
    }
}
