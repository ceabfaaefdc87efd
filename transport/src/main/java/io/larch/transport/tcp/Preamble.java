package io.larch.transport.tcp;

import io.larch.transport.frame.FrameChecksum;
import io.larch.transport.frame.PeerIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The first bytes that a member sends on a connection: who speaks, to whom, and what for. Little
 * endian.
 *
 * <pre>
 *   0       8         10       12       16          24     32   40
 *   +-------+---------+--------+--------+-----------+------+----+-------------+
 *   | magic | version | stream | crc32c | clusterId | from | to | incarnation |
 *   +-------+---------+--------+--------+-----------+------+----+-------------+
 * </pre>
 *
 * <p>The magic begins with no letter, as HTTP does, and with no TLS record's type; and it has an
 * empty line, so that whoever takes it for HTTP says at once that it is none. The checksum is of
 * the whole with 0 in its slot.
 */
final class Preamble {
    static final int LENGTH = 48;
    static final int MAGIC_LENGTH = 8;
    static final int VERSION = 1;

    private static final byte[] MAGIC = {(byte) 0x89, 'L', 'R', 'C', '\r', '\n', '\r', '\n'};
    private static final int VERSION_OFFSET = 8;
    private static final int STREAM_OFFSET = 10;
    private static final int CRC32C_OFFSET = 12;
    private static final int CLUSTER_ID_OFFSET = 16;
    private static final int FROM_OFFSET = 24;
    private static final int TO_OFFSET = 32;
    private static final int INCARNATION_OFFSET = 40;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer bytes;

    private Preamble(final UnsafeBuffer bytes) {
        this.bytes = bytes;
    }

    /** Writes one, ready to be sent. */
    static ByteBuffer encode(final PeerIdentity self, final long to, final StreamKind stream) {
        final ByteBuffer target = ByteBuffer.allocate(LENGTH);
        final UnsafeBuffer bytes = new UnsafeBuffer(target);
        bytes.putBytes(0, MAGIC);
        bytes.putShort(VERSION_OFFSET, (short) VERSION, ORDER);
        bytes.putShort(STREAM_OFFSET, (short) stream.ordinal(), ORDER);
        bytes.putLong(CLUSTER_ID_OFFSET, self.clusterId(), ORDER);
        bytes.putLong(FROM_OFFSET, self.memberId(), ORDER);
        bytes.putLong(TO_OFFSET, to, ORDER);
        bytes.putLong(INCARNATION_OFFSET, self.incarnation(), ORDER);
        bytes.putInt(CRC32C_OFFSET, checksum(bytes), ORDER);
        return target;
    }

    /** Whether these bytes may be the begin of one, as far as they go. */
    static boolean mayBegin(final ByteBuffer bytes, final int length) {
        for (int i = 0; i < Math.min(length, MAGIC_LENGTH); i++) {
            if (bytes.get(i) != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    /** Looks at one of {@link #LENGTH} bytes from 0. */
    static Preamble of(final ByteBuffer bytes) {
        return new Preamble(new UnsafeBuffer(bytes, 0, LENGTH));
    }

    /** What a member with this identity says to it. */
    Verdict verdict(final PeerIdentity self) {
        if (!mayBegin(bytes.byteBuffer(), LENGTH)) {
            return Verdict.DAMAGED;
        }
        if ((bytes.getShort(VERSION_OFFSET, ORDER) & 0xffff) != VERSION) {
            return Verdict.OTHER_VERSION;
        }
        if (checksum(bytes) != bytes.getInt(CRC32C_OFFSET, ORDER) || stream() == null) {
            return Verdict.DAMAGED;
        }
        if (clusterId() != self.clusterId()) {
            return Verdict.OTHER_CLUSTER;
        }
        return to() == self.memberId() && from() != self.memberId() && from() != 0
                ? Verdict.ACCEPTED
                : Verdict.OTHER_MEMBER;
    }

    private static int checksum(final UnsafeBuffer bytes) {
        return new FrameChecksum().of(bytes, 0, LENGTH, CRC32C_OFFSET);
    }

    /** What the connection is for; null when that is not known here. */
    StreamKind stream() {
        return StreamKind.of(bytes.getShort(STREAM_OFFSET, ORDER) & 0xffff);
    }

    long clusterId() {
        return bytes.getLong(CLUSTER_ID_OFFSET, ORDER);
    }

    long from() {
        return bytes.getLong(FROM_OFFSET, ORDER);
    }

    long to() {
        return bytes.getLong(TO_OFFSET, ORDER);
    }
}
