package io.larch.http;

import io.larch.http.v3.gateway.JsonResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message of the gateway's that comes in pieces, and is printed as they come. What is here of a
 * field that is not complete waits for the rest, outside of the heap.
 *
 * <p>One message's, on the event loop's thread.
 */
final class GatewayPieces {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final JsonResponse response;
    private final ByteBufAllocator alloc;
    private long missingBytes;

    /** The beginning of a field; null without. */
    private ByteBuf incomplete;

    /**
     * @param length of all pieces.
     */
    GatewayPieces(final JsonResponse response, final long length, final ByteBufAllocator alloc) {
        this.response = response;
        this.alloc = alloc;
        missingBytes = length;
    }

    /**
     * Prints what is complete with a piece, which is taken over.
     *
     * @return whether it was the last one.
     */
    boolean print(final ByteBuf piece) {
        try {
            missingBytes -= piece.readableBytes();
            if (incomplete == null) {
                printFrom(piece);
                if (piece.isReadable() && missingBytes > 0) {
                    incomplete = alloc.directBuffer(2 * piece.readableBytes()).writeBytes(piece);
                }
            } else {
                incomplete.writeBytes(piece);
                printFrom(incomplete);
                if (incomplete.isReadable()) {
                    incomplete.discardReadBytes();
                } else {
                    release();
                }
            }
        } finally {
            piece.release();
        }
        if (missingBytes == 0) {
            response.end();
        }
        return missingBytes == 0;
    }

    private void printFrom(final ByteBuf bytes) {
        view.wrap(bytes.nioBuffer());
        bytes.skipBytes(response.print(view, 0, bytes.readableBytes()));
    }

    /** No more pieces are of interest. */
    void release() {
        if (incomplete != null) {
            incomplete.release();
            incomplete = null;
        }
    }
}
