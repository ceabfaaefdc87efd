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
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Prints the records of a segment, one a line, and says where it ends and why. Only reads, so it
 * may look at the log of a running member, and at damaged ones.
 */
public final class WalDump {
    private static final int MAX_HEX_BYTES = 32;

    private final Appendable out;
    private final CRC32C crc = new CRC32C();
    private final WalRecordFlyweight record = new WalRecordFlyweight();

    private WalDump(final Appendable out) {
        this.out = out;
    }

    /** Prints the body of an entry behind what is known of it. */
    @FunctionalInterface
    public interface EntryPrinter {
        /**
         * @param kind of {@link io.larch.engine.raft.EntryKind}.
         * @param body valid during the call.
         */
        void print(Appendable out, byte kind, DirectBuffer body, int offset, int length)
                throws IOException;
    }

    /**
     * Prints a segment.
     *
     * @return whether it ends as a good segment does: with zeros, or with the file.
     * @throws UncheckedIOException when it cannot be read.
     */
    public static boolean dump(
            final Path segment, final EntryPrinter printer, final Appendable out) {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            out.append(String.valueOf(segment.getFileName()))
                    .append(": ")
                    .append(String.valueOf(channel.size()))
                    .append(" bytes\n");
            final int length = (int) Math.min(channel.size(), WalContext.MAX_SEGMENT_LENGTH);
            final ByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
            try {
                return new WalDump(out).records(mapping, printer);
            } finally {
                BufferUtil.free(mapping);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prints the first bytes of a body in hexadecimal. */
    public static void printHex(
            final Appendable out,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length)
            throws IOException {
        for (int i = 0; i < Math.min(length, MAX_HEX_BYTES); i++) {
            out.append(String.format("%02x", body.getByte(offset + i)));
        }
        if (length > MAX_HEX_BYTES) {
            out.append("...");
        }
    }

    private boolean records(final ByteBuffer mapping, final EntryPrinter printer)
            throws IOException {
        final UnsafeBuffer buffer = new UnsafeBuffer(mapping);
        final ByteBuffer view = mapping.duplicate();
        final int end = buffer.capacity();
        int offset = 0;
        int previousCrc = 0;
        long firstPosition = 0;
        while (offset + WalRecordFlyweight.HEADER_LENGTH <= end) {
            record.wrap(buffer, offset);
            if (record.firstWord() == 0) {
                return end(offset, isZero(buffer, offset, end) ? null : "followed by stray bytes");
            }
            final int length = record.length();
            if (length < WalRecordFlyweight.HEADER_LENGTH || length > end - offset) {
                return end(offset, "length " + length + " cannot be");
            }
            if (WalRecordFlyweight.computeCrc(view, offset, length, crc) != record.crc()) {
                return end(offset, "checksum does not match");
            }
            if (offset == 0) {
                firstPosition = record.position();
            } else if (record.previousCrc() != previousCrc
                    || record.position() != firstPosition + offset) {
                return end(offset, "does not follow the record in front of it");
            }
            print(offset, printer);
            previousCrc = record.crc();
            offset += BitUtil.align(length, WalRecordFlyweight.ALIGNMENT);
        }
        return end(offset, null);
    }

    private void print(final int offset, final EntryPrinter printer) throws IOException {
        final byte type = record.type();
        out.append(
                String.format(
                        "%8d position=%d %s ",
                        offset, record.position(), WalRecordFlyweight.typeName(type)));
        switch (type) {
            case WalRecordFlyweight.SEGMENT ->
                    out.append(
                            String.format(
                                    "sequence=%d version=%d length=%d nextIndex=%d termBefore=%d",
                                    record.segmentSequence(),
                                    record.segmentVersion(),
                                    record.segmentLength(),
                                    record.index(),
                                    record.term()));
            case WalRecordFlyweight.HARD_STATE ->
                    out.append(
                            String.format(
                                    "term=%d vote=%x commit=%d",
                                    record.term(), record.votedFor(), record.index()));
            case WalRecordFlyweight.META ->
                    out.append(
                            String.format(
                                    "cluster=%x member=%x length=%d",
                                    record.term(), record.index(), record.bodyLength()));
            default -> out.append(String.format("index=%d term=%d", record.index(), record.term()));
        }
        if (type == WalRecordFlyweight.ENTRY) {
            out.append(String.format(" kind=%d length=%d ", record.kind(), record.bodyLength()));
            printer.print(
                    out, record.kind(), record.buffer(), record.bodyOffset(), record.bodyLength());
        }
        out.append('\n');
    }

    private boolean end(final int offset, final String problem) throws IOException {
        out.append(String.format("%8d end", offset));
        if (problem != null) {
            out.append(": ").append(problem);
        }
        out.append('\n');
        return problem == null;
    }

    private static boolean isZero(final UnsafeBuffer buffer, final int from, final int to) {
        int offset = from;
        while (offset + Long.BYTES <= to) {
            if (buffer.getLong(offset) != 0) {
                return false;
            }
            offset += Long.BYTES;
        }
        return true;
    }
}
