package io.larch.engine.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over the header of a snapshot file. Little endian.
 *
 * <pre>
 *   0        8         12             16          24          32         40       44            48
 *   +--------+---------+--------------+-----------+-----------+----------+--------+--------------+---------------
 *   | magic  | version | headerLength | clusterId | lastIndex | lastTerm | crc32c | configLength | config, 0..7 * 0
 *   +--------+---------+--------------+-----------+-----------+----------+--------+--------------+---------------
 * </pre>
 *
 * <p>The checksum covers the whole header but itself. Chunks ({@link SnapshotChunkFlyweight})
 * follow: of version 3 in named sections, of version 2 all of the keys' section.
 */
final class SnapshotHeaderFlyweight {
    static final long MAGIC = 0x50414E534352414CL; // "LARCSNAP"

    /** Of one section, the keys', which has no name: for builds that know of no others. */
    static final int PLAIN = 2;

    /** Of named sections. */
    static final int SECTIONED = 3;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int HEADER_LENGTH_OFFSET = 12;
    static final int CLUSTER_ID_OFFSET = 16;
    static final int LAST_INDEX_OFFSET = 24;
    static final int LAST_TERM_OFFSET = 32;
    static final int CRC32C_OFFSET = 40;
    static final int CONFIG_LENGTH_OFFSET = 44;
    static final int CONFIG_OFFSET = 48;
    static final int MAX_CONFIG_LENGTH = 16 * 1024 * 1024;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private UnsafeBuffer buffer;

    SnapshotHeaderFlyweight wrap(final UnsafeBuffer buffer) {
        this.buffer = buffer;
        return this;
    }

    static int encodedLength(final int configLength) {
        return BitUtil.align(CONFIG_OFFSET + configLength, 8);
    }

    /** Makes a header, ready to be written. */
    static ByteBuffer encode(
            final int version,
            final long clusterId,
            final long lastIndex,
            final long lastTerm,
            final DirectBuffer config,
            final int offset,
            final int length) {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(encodedLength(length));
        final UnsafeBuffer header = new UnsafeBuffer(bytes);
        header.putLong(MAGIC_OFFSET, MAGIC, ORDER);
        header.putInt(VERSION_OFFSET, version, ORDER);
        header.putInt(HEADER_LENGTH_OFFSET, bytes.capacity(), ORDER);
        header.putLong(CLUSTER_ID_OFFSET, clusterId, ORDER);
        header.putLong(LAST_INDEX_OFFSET, lastIndex, ORDER);
        header.putLong(LAST_TERM_OFFSET, lastTerm, ORDER);
        header.putInt(CONFIG_LENGTH_OFFSET, length, ORDER);
        header.putBytes(CONFIG_OFFSET, config, offset, length);
        header.putInt(CRC32C_OFFSET, computeCrc(bytes), ORDER);
        return bytes;
    }

    static int computeCrc(final ByteBuffer header) {
        final CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(CRC32C_OFFSET));
        crc.update(header.duplicate().limit(header.capacity()).position(CONFIG_LENGTH_OFFSET));
        return (int) crc.getValue();
    }

    long magic() {
        return buffer.getLong(MAGIC_OFFSET, ORDER);
    }

    int version() {
        return buffer.getInt(VERSION_OFFSET, ORDER);
    }

    int headerLength() {
        return buffer.getInt(HEADER_LENGTH_OFFSET, ORDER);
    }

    long clusterId() {
        return buffer.getLong(CLUSTER_ID_OFFSET, ORDER);
    }

    long lastIndex() {
        return buffer.getLong(LAST_INDEX_OFFSET, ORDER);
    }

    long lastTerm() {
        return buffer.getLong(LAST_TERM_OFFSET, ORDER);
    }

    int crc() {
        return buffer.getInt(CRC32C_OFFSET, ORDER);
    }

    int configLength() {
        return buffer.getInt(CONFIG_LENGTH_OFFSET, ORDER);
    }
}
