package io.larch.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file of the log: the seam where tests put failing, short and forgotten writes. One thread
 * writes; another may force at the same time.
 */
public interface DiskFile extends Closeable {
    /** Bytes in the file. */
    long length() throws IOException;

    /**
     * Writes what remains in the buffer at a position of the file and moves the buffer's position
     * by what was written.
     *
     * @return bytes written, which may be fewer than remained.
     */
    int write(ByteBuffer source, long position) throws IOException;

    /**
     * Reads what was written, from a position on, and moves the buffer's position by what was read.
     *
     * @return bytes read; -1 at the end of the file.
     */
    default int read(final ByteBuffer target, final long position) throws IOException {
        final long length = length();
        if (position >= length) {
            return -1;
        }
        final ByteBuffer all = map(false, Math.toIntExact(length));
        final int count = (int) Math.min(target.remaining(), length - position);
        target.put(all.duplicate().limit((int) position + count).position((int) position));
        unmap(all);
        return count;
    }

    /**
     * Makes what was written durable.
     *
     * @param metadata whether the length of the file too.
     */
    void force(boolean metadata) throws IOException;

    /**
     * Maps the file from its start. What {@link #write} wrote shows in the mapping.
     *
     * @return a buffer that stays valid until {@link #unmap}.
     */
    ByteBuffer map(boolean writable, int length) throws IOException;

    /** Makes a range that was stored through a writable mapping durable. */
    void force(ByteBuffer mapping, int offset, int length) throws IOException;

    /** Gives a mapping back; nobody may look at it any more. */
    void unmap(ByteBuffer mapping);

    /** Closes the file; mappings stay. */
    @Override
    void close() throws IOException;
}
