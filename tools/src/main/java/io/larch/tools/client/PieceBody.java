package io.larch.tools.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Hands a reply's body on, piece by piece: the next is read when the one before is written. */
final class PieceBody implements TimedBody {
    private final PieceSink sink;
    private final HttpReply head;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean isWriting;

    PieceBody(final PieceSink sink, final HttpReply head) {
        this.sink = sink;
        this.head = head;
    }

    @Override
    public void begin() throws IOException {
        take(() -> sink.begin(head));
    }

    @Override
    public void write(final ByteBuffer piece) throws IOException {
        take(() -> sink.write(piece));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** The disk's time is not the sender's silence. */
    private void take(final Step step) throws IOException {
        isWriting = true;
        try {
            step.run();
        } finally {
            heardNanos = System.nanoTime();
            isWriting = false;
        }
    }

    @Override
    public String text() {
        return "";
    }

    @Override
    public long silenceNanos() {
        return isWriting ? 0 : System.nanoTime() - heardNanos;
    }
}
