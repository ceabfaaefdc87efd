package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.util.Random;

/** Of ten requests nine are reads and one is a write, in no order. */
final class MixExchange implements Exchange {
    private static final int REQUESTS_PER_WRITE = 10;

    private final Random random;
    private final HttpExchange read;
    private final HttpExchange write;
    private HttpExchange current;

    /**
     * @param seed another one for each connection.
     */
    MixExchange(final HttpExchange read, final HttpExchange write, final long seed) {
        this.read = read;
        this.write = write;
        current = read;
        random = new Random(seed);
    }

    @Override
    public ByteBuffer opening() {
        return read.opening();
    }

    @Override
    public ByteBuffer request(final int key) {
        current = random.nextInt(REQUESTS_PER_WRITE) == 0 ? write : read;
        return current.request(key);
    }

    @Override
    public boolean isComplete(final ByteBuffer arrived) {
        return current.isComplete(arrived);
    }

    @Override
    public ByteBuffer owed() {
        return current.owed();
    }

    @Override
    public boolean hasFailed() {
        return current.hasFailed();
    }
}
