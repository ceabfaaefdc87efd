package io.larch.tools.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Takes a reply's body as text, up to a size, and tells since when nothing came. Filled by one
 * thread of the HTTP client at a time, asked by another.
 */
final class BoundedBody implements TimedBody {
    private final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int maxBytes;
    private Flow.Subscription subscription;
    private volatile long heardNanos = System.nanoTime();

    BoundedBody(final int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<String> getBody() {
        return text;
    }

    @Override
    public void onSubscribe(final Flow.Subscription newSubscription) {
        heardNanos = System.nanoTime();
        subscription = newSubscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(final List<ByteBuffer> pieces) {
        heardNanos = System.nanoTime();
        for (final ByteBuffer piece : pieces) {
            final byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            bytes.writeBytes(copy);
        }
        if (bytes.size() > maxBytes) {
            subscription.cancel();
            text.completeExceptionally(new IOException("reply too large"));
        }
    }

    @Override
    public void onError(final Throwable failure) {
        text.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        text.complete(bytes.toString(StandardCharsets.UTF_8));
    }

    @Override
    public long silenceNanos() {
        return System.nanoTime() - heardNanos;
    }
}
