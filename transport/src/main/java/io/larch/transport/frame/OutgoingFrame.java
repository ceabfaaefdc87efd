package io.larch.transport.frame;

import io.larch.engine.raft.RaftMessage;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A frame about to leave: a header of its own and a body that stays where it is. Reused; valid
 * until the next frame is sealed.
 */
public final class OutgoingFrame {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LONGEST_HEADER =
            Math.max(RaftMessage.HEADER_LENGTH, TransportFrame.HEADER_LENGTH);

    private final UnsafeBuffer header = new UnsafeBuffer(new byte[LONGEST_HEADER]);
    private final FrameChecksum checksum = new FrameChecksum();
    private DirectBuffer body = header;
    private int headerLength;
    private int bodyOffset;
    private int bodyLength;

    /** Stamps a message of the core with the time and its checksum. */
    public OutgoingFrame seal(final RaftMessage message, final long nowNanos) {
        header.putBytes(0, message.buffer(), 0, RaftMessage.HEADER_LENGTH);
        header.putLong(RaftMessage.SEND_NANOS_OFFSET, nowNanos, ORDER);
        header.putInt(RaftMessage.CRC32C_OFFSET, 0, ORDER);
        headerLength = RaftMessage.HEADER_LENGTH;
        setBody(message.buffer(), RaftMessage.HEADER_LENGTH, message.bodyLength());
        putChecksum(RaftMessage.CRC32C_OFFSET);
        return this;
    }

    /** The buffer to {@link TransportFrame#encode} a header into, before {@link #sealTransport}. */
    public UnsafeBuffer transportHeader() {
        return header;
    }

    /** Addresses and stamps a part whose header was encoded. */
    public OutgoingFrame sealTransport(
            final PeerIdentity identity,
            final long to,
            final long nowNanos,
            final DirectBuffer part,
            final int partOffset,
            final int partLength) {
        header.putLong(TransportFrame.CLUSTER_ID_OFFSET, identity.clusterId(), ORDER);
        header.putLong(TransportFrame.FROM_OFFSET, identity.memberId(), ORDER);
        header.putLong(TransportFrame.TO_OFFSET, to, ORDER);
        header.putLong(TransportFrame.SEND_NANOS_OFFSET, nowNanos, ORDER);
        headerLength = TransportFrame.HEADER_LENGTH;
        setBody(part, partOffset, partLength);
        putChecksum(TransportFrame.CRC32C_OFFSET);
        return this;
    }

    /** A frame that was sealed before. */
    public OutgoingFrame sealed(final DirectBuffer frame, final int offset, final int length) {
        headerLength = 0;
        setBody(frame, offset, length);
        return this;
    }

    private void setBody(final DirectBuffer buffer, final int offset, final int length) {
        body = buffer;
        bodyOffset = offset;
        bodyLength = length;
    }

    private void putChecksum(final int slot) {
        checksum.reset().update(header, 0, headerLength).update(body, bodyOffset, bodyLength);
        header.putInt(slot, checksum.value(), ORDER);
    }

    public int length() {
        return headerLength + bodyLength;
    }

    public UnsafeBuffer header() {
        return header;
    }

    public int headerLength() {
        return headerLength;
    }

    public DirectBuffer body() {
        return body;
    }

    public int bodyOffset() {
        return bodyOffset;
    }

    public int bodyLength() {
        return bodyLength;
    }
}
