package io.larch.transport.tcp;

import java.nio.ByteBuffer;

/**
 * What the receiver of a {@link Preamble} says to it, in {@link #LENGTH} bytes: a magic and a code.
 * After a good one the sender begins with its frames; every further byte says that some arrived.
 */
enum Verdict {
    ACCEPTED("takes it"),
    OTHER_CLUSTER("is one of another cluster"),
    OTHER_MEMBER("is another member"),
    OTHER_VERSION("speaks another version of the protocol"),
    DAMAGED("cannot read what this one says"),
    BUSY("has too many connections");

    static final int LENGTH = 8;

    private static final Verdict[] VALUES = values();
    private static final byte[] MAGIC = {(byte) 0x89, 'L', 'A', 'R', 'C', 'H', Preamble.VERSION};
    private static final byte[] HTTP = {'H', 'T', 'T', 'P', '/'};

    /** Of the member that says it. */
    final String meaning;

    Verdict(final String meaning) {
        this.meaning = meaning;
    }

    void encode(final ByteBuffer target) {
        target.put(MAGIC).put((byte) ordinal());
    }

    /**
     * Reads one of {@link #LENGTH} bytes from 0.
     *
     * @return null when it is none.
     */
    static Verdict of(final ByteBuffer bytes) {
        return begins(bytes, MAGIC) && bytes.get(MAGIC.length) < VALUES.length
                ? VALUES[bytes.get(MAGIC.length)]
                : null;
    }

    /** Whether the answer is one of HTTP instead. */
    static boolean isHttp(final ByteBuffer bytes) {
        return begins(bytes, HTTP);
    }

    private static boolean begins(final ByteBuffer bytes, final byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (bytes.get(i) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
