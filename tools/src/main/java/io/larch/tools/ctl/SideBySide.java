package io.larch.tools.ctl;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Several things done at once, each by a thread of its own, until one fails. Used by one thread.
 */
final class SideBySide {
    private final List<CompletableFuture<?>> all = new ArrayList<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    <T> Future<T> start(final Callable<T> work) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        all.add(result);
        final Thread thread =
                new Thread(
                        () -> {
                            try {
                                result.complete(work.call());
                            } catch (final Throwable e) {
                                result.completeExceptionally(e);
                                failed.completeExceptionally(e);
                            }
                        },
                        "copy");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /**
     * Returns when all are done, or throws as soon as one has failed; what else is under way is
     * left then.
     */
    void await() throws IOException {
        result(
                CompletableFuture.anyOf(
                        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)), failed));
    }

    static <T> T result(final Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (final ExecutionException e) {
            throw reason(e.getCause());
        }
    }

    private static IOException reason(final Throwable cause) {
        if (cause instanceof CompletionException && cause.getCause() != null) {
            return reason(cause.getCause());
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }
}
