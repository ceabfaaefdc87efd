package io.larch.tools.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Hands a reply's body on, piece by piece: the next is asked for when the one before is written.
 * Filled by one thread of the HTTP client at a time, asked by another.
 */
final class PieceBody implements TimedBody {
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final PieceSink sink;
    private final HttpReply head;
    private Flow.Subscription subscription;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean isWriting;

    PieceBody(final PieceSink sink, final HttpReply head) {
        this.sink = sink;
        this.head = head;
    }

    @Override
    public CompletionStage<String> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(final Flow.Subscription newSubscription) {
        subscription = newSubscription;
        take(() -> sink.begin(head));
    }

    @Override
    public void onNext(final List<ByteBuffer> pieces) {
        take(
                () -> {
                    for (final ByteBuffer piece : pieces) {
                        sink.write(piece);
                    }
                });
    }

    /** The disk's time is not the sender's silence. */
    private void take(final Step step) {
        if (end.isDone()) {
            return;
        }
        isWriting = true;
        try {
            step.run();
            subscription.request(1);
        } catch (final IOException | RuntimeException | Error e) {
            subscription.cancel();
            end.completeExceptionally(e);
        }
        heardNanos = System.nanoTime();
        isWriting = false;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void onError(final Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete("");
    }

    @Override
    public long silenceNanos() {
        return isWriting ? 0 : System.nanoTime() - heardNanos;
    }
}
