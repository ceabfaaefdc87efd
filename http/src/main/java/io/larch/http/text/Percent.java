package io.larch.http.text;

/** Percent-decoding and -encoding of paths. */
public final class Percent {
    private static final String HEX = "0123456789ABCDEF";

    private Percent() {}

    /**
     * Decodes a path in place; a plus stays one.
     *
     * @return the new end, or -1 for a bad escape.
     */
    public static int decodePath(final byte[] bytes, final int from, final int to) {
        int i = from;
        while (i < to && bytes[i] != '%') {
            i++;
        }
        int out = i;
        while (i < to) {
            byte b = bytes[i++];
            if (b == '%') {
                if (to - i < 2) {
                    return -1;
                }
                final int high = Ascii.hexDigit(bytes[i]);
                final int low = Ascii.hexDigit(bytes[i + 1]);
                if (high < 0 || low < 0) {
                    return -1;
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            bytes[out++] = b;
        }
        return out;
    }

    /** Appends a path, escaped as Go's url package does it. */
    public static void encodePath(
            final ByteWriter out, final byte[] bytes, final int from, final int to) {
        for (int i = from; i < to; i++) {
            final byte b = bytes[i];
            if (b >= '0' && b <= '9'
                    || b >= 'a' && b <= 'z'
                    || b >= 'A' && b <= 'Z'
                    || b > 0 && "-_.~$&+,/:;=@".indexOf(b) >= 0) {
                out.put(b);
            } else {
                out.put((byte) '%');
                out.put((byte) HEX.charAt((b & 0xFF) >> 4));
                out.put((byte) HEX.charAt(b & 0xF));
            }
        }
    }
}
