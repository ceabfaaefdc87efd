package io.larch.engine.wal;

import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes zeros to files, a block at a time: a store through a mapping dirties what one write did.
 */
final class ZeroFill {
    static final int BLOCK_LENGTH = 4096;

    private static final int PORTION_BYTES = 256 * 1024;

    private ZeroFill() {}

    /** What to do between two portions of zeros. */
    @FunctionalInterface
    interface Interlude {
        void afterPortion(DiskFile file) throws IOException;
    }

    /** Writes zeros to a range of a file. The caller syncs. */
    static void zero(final DiskFile file, final long from, final long to, final Interlude interlude)
            throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_LENGTH);
        long position = from;
        long portionEnd = from + PORTION_BYTES;
        while (position < to) {
            final long blockEnd = (position / BLOCK_LENGTH + 1) * BLOCK_LENGTH;
            zeros.clear().limit((int) (Math.min(blockEnd, to) - position));
            final int written = file.write(zeros, position);
            if (written <= 0) {
                throw new IOException("nothing could be written");
            }
            position += written;
            if (position >= portionEnd) {
                interlude.afterPortion(file);
                portionEnd = position + PORTION_BYTES;
            }
        }
    }
}
