package io.larch.engine.snapshot;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot file that arrives from another member, in order, piece by piece. Owned by one thread,
 * whose calls wait for the disk.
 */
public final class IncomingSnapshot implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(IncomingSnapshot.class);
    private static final int COPY_LENGTH = 64 * 1024;

    private final SnapshotContext context;
    private final Directory files;
    private final String name;
    private final String partial;
    private final long lastIndex;
    private final long lastTerm;
    private final DiskFile file;
    private final ByteBuffer copy = ByteBuffer.allocateDirect(COPY_LENGTH);
    private long position;
    private boolean isOpen = true;

    private IncomingSnapshot(
            final SnapshotContext context, final long lastIndex, final long lastTerm)
            throws IOException {
        this.context = context;
        this.files = context.files();
        this.lastIndex = lastIndex;
        this.lastTerm = lastTerm;
        name = SnapshotNames.of(lastTerm, lastIndex);
        partial = name + SnapshotNames.RECEIVING_SUFFIX;
        files.prepare();
        files.delete(partial);
        file = files.create(partial);
    }

    /** Starts receiving; an unfinished one of the same name is replaced. */
    public static IncomingSnapshot start(
            final SnapshotContext context, final long lastIndex, final long lastTerm) {
        try {
            return new IncomingSnapshot(context, lastIndex, lastTerm);
        } catch (final IOException e) {
            throw new SnapshotException("could not receive a snapshot: " + e, e);
        }
    }

    /** Bytes received so far: where the next piece must start. */
    public long position() {
        return position;
    }

    /** Writes the next piece. */
    public void write(final DirectBuffer buffer, final int offset, final int length) {
        int done = 0;
        try {
            while (done < length) {
                final int count = Math.min(COPY_LENGTH, length - done);
                copy.clear().limit(count);
                buffer.getBytes(offset + done, copy, 0, count);
                copy.position(0).limit(count);
                position += SnapshotTaker.writeFully(file, copy, position);
                done += count;
            }
        } catch (final IOException e) {
            throw new SnapshotException("could not write " + partial + ": " + e, e);
        }
    }

    /**
     * Makes what has come durable, and opens it to be restored; the file has no name of its own
     * yet.
     *
     * @throws SnapshotException when it is damaged, or not the one announced.
     */
    SnapshotFile verify() {
        try {
            file.force(true);
        } catch (final IOException e) {
            throw new SnapshotException("could not complete " + name + ": " + e, e);
        }
        final SnapshotFile received = SnapshotFile.open(context, partial);
        if (received.lastIndex() != lastIndex || received.lastTerm() != lastTerm) {
            received.close();
            throw new SnapshotException("received another snapshot than " + name);
        }
        return received;
    }

    /** Gives it its name, durably: it is known to be good. */
    void publish() {
        try {
            file.close();
            SnapshotNames.publish(files, partial, name, context.maxSnapshots());
            context.archive(name);
            isOpen = false;
        } catch (final IOException e) {
            throw new SnapshotException("could not complete " + name + ": " + e, e);
        }
    }

    /** Removes what was received unless it is complete. */
    @Override
    public void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        try {
            file.close();
            files.delete(partial);
        } catch (final IOException e) {
            LOGGER.warn("could not remove {}", partial, e);
        }
    }
}
