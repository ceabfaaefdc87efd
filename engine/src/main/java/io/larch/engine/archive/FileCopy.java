package io.larch.engine.archive;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies files and compares them, a portion at a time. Zeros are left out of a copy where the file
 * system knows holes, so that it takes no more room than what was written. Of one thread, but for
 * {@link #stop}.
 */
final class FileCopy {
    private static final int PORTION_BYTES = 256 * 1024;

    private final ByteBuffer portion = ByteBuffer.allocateDirect(PORTION_BYTES);
    private final ByteBuffer other = ByteBuffer.allocateDirect(PORTION_BYTES);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(PORTION_BYTES);
    private volatile boolean isStopped;

    /** What is under way fails soon, and so does all that comes. Any thread. */
    void stop() {
        isStopped = true;
    }

    /**
     * Makes a file that begins like another, with zeros behind that.
     *
     * @param to a new one, which is durable afterwards.
     * @param bytes how much of the other; no more than it has.
     * @param length of the new one.
     */
    void copy(final DiskFile from, final DiskFile to, final long bytes, final long length)
            throws IOException {
        long at = 0;
        while (at < bytes) {
            read(from, portion, at).limit((int) Math.min(portion.limit(), bytes - at));
            if (!portion.hasRemaining()) {
                throw new IOException("it ends at " + at + " of " + bytes);
            }
            final int count = portion.remaining();
            if (at + count == length || !isZero(portion)) {
                write(portion, to, at);
            }
            at += count;
        }
        if (bytes < length) {
            write(zeros.clear().limit(1), to, length - 1);
        }
        to.force(true);
    }

    private boolean isZero(final ByteBuffer bytes) {
        return bytes.mismatch(zeros.clear().limit(bytes.remaining())) < 0;
    }

    private static void write(final ByteBuffer bytes, final DiskFile to, final long from)
            throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            final int written = to.write(bytes, at);
            if (written <= 0) {
                throw new IOException("nothing could be written");
            }
            at += written;
        }
    }

    /** Whether two files hold the same. */
    boolean isSame(final DiskFile one, final DiskFile two) throws IOException {
        final long length = one.length();
        boolean isSame = length == two.length();
        for (long at = 0; isSame && at < length; at += PORTION_BYTES) {
            isSame = read(one, portion, at).mismatch(read(two, other, at)) < 0;
        }
        return isSame;
    }

    private ByteBuffer read(final DiskFile file, final ByteBuffer bytes, final long from)
            throws IOException {
        if (isStopped) {
            throw new IOException("the archive is being closed");
        }
        bytes.clear();
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {
            continue;
        }
        return bytes.flip();
    }

    /** Else each try would fill what room there is, and then give it back. */
    static void checkRoom(final Directory target, final long length) throws IOException {
        final long usableBytes = target.usableBytes();
        // Some file systems do not know how much it is, and say 0.
        if (usableBytes > 0 && usableBytes < length) {
            throw new IOException(
                    "No space left for " + length + " bytes: " + usableBytes + " are usable");
        }
    }
}
