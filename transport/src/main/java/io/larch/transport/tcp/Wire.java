package io.larch.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of one connection, with TLS around them or without. Never waits. */
interface Wire extends AutoCloseable {
    /** {@link #read}: the other side has ended. */
    int END = -1;

    /**
     * Whether bytes can be exchanged; goes on with the handshake until they can.
     *
     * @throws IOException when the handshake failed.
     */
    boolean establish() throws IOException;

    /** Whether a handshake goes on elsewhere: nothing tells of its end, so look again soon. */
    boolean isAtWork();

    /**
     * Reads what there is and fits.
     *
     * @return bytes; fewer than fit when there is no more now; {@link #END}.
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Writes what the socket takes.
     *
     * @return whether that was all, with what was taken before and not written.
     */
    boolean write(ByteBuffer source) throws IOException;

    /** Frees what belongs to it; the socket is somebody else's. */
    @Override
    void close();
}
