package io.larch.engine.snapshot;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a snapshot on its way to another member. It is sent as it is: who receives it checks
 * it. Stays readable when the file is removed meanwhile. Owned by one thread.
 */
public final class OutgoingSnapshot implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OutgoingSnapshot.class);

    private final String name;
    private final DiskFile file;
    private final long length;

    private OutgoingSnapshot(final String name, final DiskFile file, final long length) {
        this.name = name;
        this.file = file;
        this.length = length;
    }

    /**
     * Opens the newest snapshot of the directory.
     *
     * @return null when there is none.
     * @throws SnapshotException when it cannot be opened.
     */
    public static OutgoingSnapshot newest(final SnapshotContext context) {
        final Directory files = context.files();
        try {
            files.prepare();
            final List<String> names = SnapshotNames.newestFirst(files);
            return names.isEmpty() ? null : open(files, names.get(0));
        } catch (final IOException e) {
            throw new SnapshotException("could not open a snapshot to send: " + e, e);
        }
    }

    private static OutgoingSnapshot open(final Directory files, final String name)
            throws IOException {
        final DiskFile file = files.open(name);
        try {
            return new OutgoingSnapshot(name, file, file.length());
        } catch (final IOException e) {
            file.close();
            throw e;
        }
    }

    public long lastIndex() {
        return SnapshotNames.lastIndexOf(name);
    }

    public long lastTerm() {
        return SnapshotNames.lastTermOf(name);
    }

    /** Bytes of the whole file. */
    public long length() {
        return length;
    }

    /**
     * Reads from a position on.
     *
     * @return bytes read; -1 at the end.
     */
    public int read(final long position, final ByteBuffer target) {
        try {
            return file.read(target, position);
        } catch (final IOException e) {
            throw new SnapshotException("could not read " + name + ": " + e, e);
        }
    }

    /**
     * Reads from a position on as much as the target has room for.
     *
     * @throws SnapshotException also when there is not so much.
     */
    void readFully(final long position, final ByteBuffer target) {
        long at = position;
        while (target.hasRemaining()) {
            final int count = read(at, target);
            if (count <= 0) {
                throw new SnapshotException(name + " ends at " + at + " of " + length);
            }
            at += count;
        }
    }

    /** As {@link #close}, for who cannot do anything about it when that fails. */
    void closeQuietly() {
        try {
            close();
        } catch (final SnapshotException e) {
            LOGGER.warn("{}", e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (final IOException e) {
            throw new SnapshotException("could not close " + name + ": " + e, e);
        }
    }
}
