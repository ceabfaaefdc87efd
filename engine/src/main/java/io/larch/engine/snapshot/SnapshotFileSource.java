package io.larch.engine.snapshot;

import io.larch.engine.port.SnapshotSource;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;

/** A snapshot file that a transport sends. Owned by the engine thread. */
final class SnapshotFileSource implements SnapshotSource {
    private static final int BUFFER_BYTES = 1 << 16;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final OutgoingSnapshot file;
    private boolean isClosed;

    SnapshotFileSource(final OutgoingSnapshot file) {
        this.file = file;
    }

    @Override
    public long lastIndex() {
        return file.lastIndex();
    }

    @Override
    public long lastTerm() {
        return file.lastTerm();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public int read(
            final long position,
            final MutableDirectBuffer target,
            final int offset,
            final int length) {
        int done = 0;
        while (done < length) {
            buffer.clear().limit(Math.min(BUFFER_BYTES, length - done));
            final int count = file.read(position + done, buffer);
            if (count <= 0) {
                break;
            }
            target.putBytes(offset + done, buffer, 0, count);
            done += count;
        }
        return done;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            BufferUtil.free(buffer);
            file.close();
        }
    }
}
