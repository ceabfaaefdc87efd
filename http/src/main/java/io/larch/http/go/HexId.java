package io.larch.http.go;

/**
 * Member ids in paths, as strconv.ParseUint reads them: up to 64 bits in hex, in any case, with as
 * many leading zeros as there are.
 */
public final class HexId {
    private HexId() {}

    /** The id, or null if it is none. */
    public static Long parse(final String text) {
        if (text.isEmpty() || text.charAt(0) == '+' || text.charAt(0) == '-') {
            return null;
        }
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (final NumberFormatException e) {
            return null;
        }
    }
}
