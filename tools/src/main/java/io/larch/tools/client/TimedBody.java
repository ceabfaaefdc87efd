package io.larch.tools.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a reply's body, and tells since when nothing came. Filled by the thread of an exchange,
 * asked by another.
 */
interface TimedBody {
    /**
     * The head has come.
     *
     * @throws IOException to have no body.
     */
    void begin() throws IOException;

    /**
     * The next piece, which is the caller's own again afterwards.
     *
     * @throws IOException to have no more.
     */
    void write(ByteBuffer piece) throws IOException;

    /** All of it in UTF-8, once it is whole; empty if it went elsewhere. */
    String text();

    /** How long neither the head nor a piece has come, from the beginning on. */
    long silenceNanos();
}
