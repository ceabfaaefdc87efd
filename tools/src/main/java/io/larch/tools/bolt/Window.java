package io.larch.tools.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads pieces of a file, mostly one behind the other, and few at a time. Not threadsafe. */
final class Window {
    private static final int BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BYTES).limit(0);
    private long start;

    Window(final Path file, final FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Copies what is at a position.
     *
     * @throws BoltException if the file ends before.
     */
    void read(final long position, final byte[] target, final int length) throws IOException {
        if (position < start || position + length > start + buffer.limit()) {
            if (length > BYTES) {
                fill(ByteBuffer.wrap(target, 0, length), position, length);
                return;
            }
            start = position;
            buffer.clear();
            fill(buffer, position, length);
            buffer.flip();
        }
        buffer.get((int) (position - start), target, 0, length);
    }

    /** At least so much; more if it is there. */
    private void fill(final ByteBuffer into, final long position, final int length)
            throws IOException {
        final int from = into.position();
        while (into.position() - from < length) {
            final int count = channel.read(into, position + into.position() - from);
            if (count < 0) {
                buffer.clear().limit(0);
                throw new BoltException(
                        file,
                        "the file ends at %d, within %d bytes from %d"
                                .formatted(channel.size(), length, position));
            }
        }
    }
}
