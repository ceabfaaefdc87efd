package io.larch.engine.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Looks into the first segment of a log without opening the log: has its member got through its
 * first start? A crash in the middle of it leaves a log that says nothing yet. Only reads.
 */
public final class WalProbe {
    private WalProbe() {}

    /**
     * Whether a commit index above 0, or a snapshot, is recorded in front of any damage.
     *
     * @throws UncheckedIOException when the file cannot be read.
     */
    public static boolean knowsCommit(final Path segment) {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            final int length = (int) Math.min(channel.size(), WalContext.MAX_SEGMENT_LENGTH);
            final ByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
            try {
                return knowsCommit(mapping);
            } finally {
                BufferUtil.free(mapping);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean knowsCommit(final ByteBuffer mapping) {
        final UnsafeBuffer buffer = new UnsafeBuffer(mapping);
        final ByteBuffer view = mapping.duplicate();
        final CRC32C crc = new CRC32C();
        final WalRecordFlyweight record = new WalRecordFlyweight();
        final int end = buffer.capacity();
        int offset = 0;
        while (offset + WalRecordFlyweight.HEADER_LENGTH <= end) {
            record.wrap(buffer, offset);
            final int length = record.length();
            if (record.firstWord() == 0
                    || length < WalRecordFlyweight.HEADER_LENGTH
                    || length > end - offset
                    || WalRecordFlyweight.computeCrc(view, offset, length, crc) != record.crc()) {
                return false;
            }
            final byte type = record.type();
            if (type == WalRecordFlyweight.RESET
                    || type == WalRecordFlyweight.HARD_STATE && record.index() > 0) {
                return true;
            }
            offset += BitUtil.align(length, WalRecordFlyweight.ALIGNMENT);
        }
        return false;
    }
}
