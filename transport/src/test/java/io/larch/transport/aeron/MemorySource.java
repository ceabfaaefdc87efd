package io.larch.transport.aeron;

import io.larch.engine.port.SnapshotSource;
import java.util.Random;
import org.agrona.MutableDirectBuffer;

/** A snapshot in memory. */
final class MemorySource implements SnapshotSource {
    private final byte[] bytes;
    private final long index;
    private boolean isClosed;

    MemorySource(final long index, final int length) {
        this.index = index;
        bytes = new byte[length];
        new Random(index).nextBytes(bytes);
    }

    @Override
    public long lastIndex() {
        return index;
    }

    @Override
    public long lastTerm() {
        return 1;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public int read(
            final long position,
            final MutableDirectBuffer target,
            final int offset,
            final int length) {
        final int count = (int) Math.min(length, bytes.length - position);
        target.putBytes(offset, bytes, (int) position, count);
        return count;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    byte[] bytes() {
        return bytes;
    }

    boolean isClosed() {
        return isClosed;
    }
}
