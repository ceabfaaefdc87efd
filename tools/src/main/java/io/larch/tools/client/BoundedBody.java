package io.larch.tools.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keeps a reply's body as text, up to a size. */
final class BoundedBody implements TimedBody {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int maxBytes;
    private volatile long heardNanos = System.nanoTime();

    BoundedBody(final int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public void begin() {
        heardNanos = System.nanoTime();
    }

    @Override
    public void write(final ByteBuffer piece) throws IOException {
        heardNanos = System.nanoTime();
        if (piece.remaining() > maxBytes - bytes.size()) {
            throw new IOException("reply too large");
        }
        final byte[] copy = new byte[piece.remaining()];
        piece.get(copy);
        bytes.writeBytes(copy);
    }

    @Override
    public String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public long silenceNanos() {
        return System.nanoTime() - heardNanos;
    }
}
