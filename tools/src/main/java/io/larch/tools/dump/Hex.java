package io.larch.tools.dump;

import java.util.HexFormat;
import org.agrona.DirectBuffer;

/** Bytes in hexadecimal digits. */
final class Hex {
    private Hex() {}

    static String of(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** As members' and clusters' ids are written. */
    static String of(final long id) {
        return Long.toHexString(id);
    }
}
