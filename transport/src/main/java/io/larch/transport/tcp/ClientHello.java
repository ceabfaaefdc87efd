package io.larch.transport.tcp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds out by the first record of a connection whether it offers a protocol by ALPN (RFC 5246,
 * 7.4.1.2; RFC 7301). Only looks: the bytes stay where they are, and nothing outside of them is
 * read.
 */
final class ClientHello {
    /** A record's header and its longest fragment. */
    static final int MAX_LENGTH = 5 + (16 << 10);

    private static final int RECORD_HEADER_LENGTH = 5;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int ALPN = 16;
    private static final int VERSION_AND_RANDOM_LENGTH = 34;

    /** What was found out. */
    enum Finding {
        /** More bytes are needed. */
        UNDECIDED,
        /** The protocol is offered. */
        OFFERED,
        /** It is not, or this is no ClientHello in one record. */
        OTHER
    }

    private ClientHello() {}

    /** Looks at what has arrived, from 0 to a length. */
    static Finding look(final ByteBuffer bytes, final int length, final String protocol) {
        if (length == 0) {
            return Finding.UNDECIDED;
        }
        if (bytes.get(0) != HANDSHAKE) {
            return Finding.OTHER;
        }
        if (length < RECORD_HEADER_LENGTH) {
            return Finding.UNDECIDED;
        }
        final int end = RECORD_HEADER_LENGTH + (bytes.getShort(3) & 0xffff);
        if (end > MAX_LENGTH) {
            return Finding.OTHER;
        }
        if (length < end) {
            return Finding.UNDECIDED;
        }
        final ByteBuffer hello = bytes.duplicate();
        hello.limit(end).position(RECORD_HEADER_LENGTH);
        return offers(hello, protocol.getBytes(StandardCharsets.US_ASCII))
                ? Finding.OFFERED
                : Finding.OTHER;
    }

    private static boolean offers(final ByteBuffer hello, final byte[] protocol) {
        if (hello.remaining() < 4 || hello.get() != CLIENT_HELLO) {
            return false;
        }
        final int length = (hello.get() & 0xff) << 16 | hello.getShort() & 0xffff;
        if (length > hello.remaining()
                || !skip(hello, VERSION_AND_RANDOM_LENGTH)
                || !skip(hello, length(hello, 1))
                || !skip(hello, length(hello, 2))
                || !skip(hello, length(hello, 1))
                || length(hello, 2) < 0) {
            return false;
        }
        while (hello.remaining() >= 4) {
            final int type = hello.getShort() & 0xffff;
            final int extensionLength = length(hello, 2);
            if (extensionLength > hello.remaining()) {
                return false;
            }
            if (type == ALPN) {
                return lists(hello, protocol);
            }
            skip(hello, extensionLength);
        }
        return false;
    }

    private static boolean lists(final ByteBuffer hello, final byte[] protocol) {
        int left = length(hello, 2);
        while (left > 0 && hello.hasRemaining()) {
            final int length = length(hello, 1);
            if (length > hello.remaining()) {
                return false;
            }
            final byte[] offered = new byte[length];
            hello.get(offered);
            if (Arrays.equals(offered, protocol)) {
                return true;
            }
            left -= 1 + length;
        }
        return false;
    }

    /** A length in so many bytes; -1 when they are not there. */
    private static int length(final ByteBuffer hello, final int bytes) {
        if (hello.remaining() < bytes) {
            return -1;
        }
        return bytes == 1 ? hello.get() & 0xff : hello.getShort() & 0xffff;
    }

    private static boolean skip(final ByteBuffer hello, final int length) {
        if (length < 0 || length > hello.remaining()) {
            return false;
        }
        hello.position(hello.position() + length);
        return true;
    }
}
