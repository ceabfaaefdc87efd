package io.larch.transport.contract;

import io.larch.engine.port.SnapshotSource;
import java.util.Random;
import org.agrona.MutableDirectBuffer;

/** A snapshot in memory, all of which is ready unless a test says otherwise. */
public final class MemorySource implements SnapshotSource {
    private final byte[] bytes;
    private final long index;
    private boolean isClosed;

    /** Up to here it is ready. */
    public int readyBytes;

    /** What lies behind this cannot be read. */
    public int readableBytes;

    /** So much at once, at most. */
    public int pieceBytes = Integer.MAX_VALUE;

    public MemorySource(final long index, final int length) {
        this.index = index;
        bytes = new byte[length];
        new Random(index).nextBytes(bytes);
        readyBytes = length;
        readableBytes = length;
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
        if (position >= readableBytes) {
            return UNREADABLE;
        }
        final int most = (int) Math.min(length, readyBytes - position);
        final int count = Math.max(0, Math.min(most, pieceBytes));
        target.putBytes(offset, bytes, (int) position, count);
        return count;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    public byte[] bytes() {
        return bytes;
    }

    public boolean isClosed() {
        return isClosed;
    }
}
