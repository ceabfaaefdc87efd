package io.larch.engine.stats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The file that shows a member's counters to those outside. Little endian; behind the header the
 * two regions of Agrona's {@link CountersReader}. Its parts that are not in use are holes.
 *
 * <pre>
 *   0       8         12       16    24        32           40          48         56         64
 *   +-------+---------+--------+-----+---------+------------+-----------+----------+----------+---
 *   | magic | version | unused | pid | startMs | publishedMs | isStopped | memberId | clusterId |
 *   +-------+---------+--------+-----+---------+------------+-----------+----------+----------+---
 *   4096               4096 + 1 MiB
 *   +------------------+----------------+
 *   | labels           | values         |
 *   +------------------+----------------+
 * </pre>
 */
public final class CounterFile {
    /** Its name within a member's directory. */
    public static final String NAME = "counters";

    static final long MAGIC = 0x53544e434352414cL;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int PID_OFFSET = 16;
    static final int START_MS_OFFSET = 24;
    static final int PUBLISHED_MS_OFFSET = 32;
    static final int IS_STOPPED_OFFSET = 40;
    static final int MEMBER_ID_OFFSET = 48;
    static final int CLUSTER_ID_OFFSET = 56;
    static final int HEADER_LENGTH = 4096;
    static final int METADATA_OFFSET = HEADER_LENGTH;
    static final int VALUES_OFFSET = METADATA_OFFSET + MemberCounters.METADATA_LENGTH;
    static final int LENGTH = VALUES_OFFSET + MemberCounters.VALUES_LENGTH;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private CounterFile() {}

    /**
     * What a file showed at one moment.
     *
     * @param pid of the member's process, in its own namespace.
     * @param startMs when the process began, since the epoch.
     * @param publishedMs when the values were last written, since the epoch; about once a second
     *     while the member runs.
     * @param isStopped whether these are the last values of a member that ended as it should.
     */
    public record Picture(
            long pid,
            long startMs,
            long publishedMs,
            boolean isStopped,
            long memberId,
            long clusterId,
            List<Counter> counters) {}

    /**
     * One counter.
     *
     * @param name of parts from the whole to the detail, with points between them.
     */
    public record Counter(String name, String unit, long value) {}

    /** A file that is none of these, or not one that this version reads; the message says why. */
    public static final class BadFileException extends IOException {
        private static final long serialVersionUID = 1L;

        BadFileException(final String message) {
            super(message);
        }
    }

    /**
     * Reads a file, without disturbing whoever writes it.
     *
     * @throws java.nio.file.NoSuchFileException when there is none.
     * @throws BadFileException when it is something else.
     */
    public static Picture read(final Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        final long fileLength;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            fileLength = channel.size();
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes.array());
        check(file, buffer, bytes.position(), fileLength);
        return new Picture(
                buffer.getLong(PID_OFFSET, ORDER),
                buffer.getLong(START_MS_OFFSET, ORDER),
                buffer.getLong(PUBLISHED_MS_OFFSET, ORDER),
                buffer.getLong(IS_STOPPED_OFFSET, ORDER) != 0,
                buffer.getLong(MEMBER_ID_OFFSET, ORDER),
                buffer.getLong(CLUSTER_ID_OFFSET, ORDER),
                counters(buffer));
    }

    private static void check(
            final Path file, final UnsafeBuffer buffer, final int length, final long fileLength)
            throws BadFileException {
        if (length < HEADER_LENGTH || buffer.getLong(MAGIC_OFFSET, ORDER) != MAGIC) {
            throw new BadFileException(file + " is not a file of counters");
        }
        final int version = buffer.getInt(VERSION_OFFSET, ORDER);
        if (version != VERSION) {
            throw new BadFileException(
                    file + " is of version " + version + ", and this program reads " + VERSION);
        }
        if (fileLength != LENGTH || length != LENGTH) {
            throw new BadFileException(
                    file + " is cut: it has " + fileLength + " bytes of " + LENGTH);
        }
    }

    private static List<Counter> counters(final UnsafeBuffer buffer) throws BadFileException {
        final UnsafeBuffer metadata =
                new UnsafeBuffer(buffer, METADATA_OFFSET, MemberCounters.METADATA_LENGTH);
        checkLabels(metadata);
        final CountersReader reader =
                new CountersReader(
                        metadata,
                        new UnsafeBuffer(buffer, VALUES_OFFSET, MemberCounters.VALUES_LENGTH),
                        US_ASCII);
        final List<Counter> counters = new ArrayList<>();
        reader.forEach((value, id, label) -> counters.add(counter(label, value)));
        return List.copyOf(counters);
    }

    /** Agrona believes their lengths. */
    private static void checkLabels(final UnsafeBuffer metadata) throws BadFileException {
        for (int at = 0; at < metadata.capacity(); at += CountersReader.METADATA_LENGTH) {
            final int length = metadata.getInt(at + CountersReader.LABEL_OFFSET);
            if (length < 0 || length > CountersReader.MAX_LABEL_LENGTH) {
                throw new BadFileException("a counter's label is damaged: its length is " + length);
            }
        }
    }

    private static Counter counter(final String label, final long value) {
        final int unit = label.indexOf(" [");
        return unit < 0 || !label.endsWith("]")
                ? new Counter(label, "", value)
                : new Counter(
                        label.substring(0, unit),
                        label.substring(unit + 2, label.length() - 1),
                        value);
    }
}
