package io.larch.tools.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a body goes that is too long to be kept. */
public interface PieceSink {
    /**
     * The head has come, and it is that of the body.
     *
     * @throws IOException to have no body.
     */
    void begin(HttpReply head) throws IOException;

    /**
     * The next piece, on a thread of the HTTP client; the sender waits meanwhile.
     *
     * @throws IOException to have no more.
     */
    void write(ByteBuffer piece) throws IOException;
}
