package io.larch.engine.codec;

import org.agrona.DirectBuffer;

/** Where bytes that may be UTF-8, or anything else, can be parted. */
public final class Utf8 {
    /** Bytes of the longest sequence. */
    public static final int MAX_LENGTH = 4;

    private Utf8() {}

    /**
     * The last place at or before a limit where no valid sequence is parted.
     *
     * @param from where the bytes begin; {@code limit - from >= MAX_LENGTH}.
     * @param limit the byte at it is there.
     * @return a place behind {@code from}.
     */
    public static int boundary(final DirectBuffer bytes, final int from, final int limit) {
        for (int at = limit; at > limit - MAX_LENGTH && at > from; at--) {
            if (!isContinuation(bytes.getByte(at))) {
                return at;
            }
        }
        // As many continuations in a row belong to no sequence that began before them all.
        return limit;
    }

    private static boolean isContinuation(final byte b) {
        return (b & 0xC0) == 0x80;
    }
}
