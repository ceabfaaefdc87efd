package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoWriter;
import io.netty.buffer.ByteBuf;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The header that stands in front of nearly every answer: field 1, with cluster, member, revision
 * and term.
 *
 * <p>One event loop's; encoded, then written, before it is encoded again.
 */
final class ResponseHeader {
    private static final byte TAG = 0x0a;
    private static final int HEAD_LENGTH = 2;

    /** Four numbers of ten bytes with their tags; a length below 128 takes one byte. */
    private static final int MAX_LENGTH = HEAD_LENGTH + 4 * 11;

    private final byte[] bytes = new byte[MAX_LENGTH];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private final long clusterId;
    private final long memberId;
    private int length;

    ResponseHeader(final long clusterId, final long memberId) {
        this.clusterId = clusterId;
        this.memberId = memberId;
    }

    /**
     * @param revision 0 for none.
     * @return the bytes that {@link #writeTo} writes.
     */
    int encode(final long revision, final long raftTerm) {
        int at = ProtoWriter.number(buffer, HEAD_LENGTH, 1, clusterId);
        at = ProtoWriter.number(buffer, at, 2, memberId);
        at = ProtoWriter.number(buffer, at, 3, revision);
        at = ProtoWriter.number(buffer, at, 4, raftTerm);
        bytes[0] = TAG;
        bytes[1] = (byte) (at - HEAD_LENGTH);
        length = at;
        return at;
    }

    void writeTo(final ByteBuf target) {
        target.writeBytes(bytes, 0, length);
    }
}
