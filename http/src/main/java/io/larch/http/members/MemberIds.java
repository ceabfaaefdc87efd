package io.larch.http.members;

/** Member ids in paths: up to 64 bits in hex, any case, leading zeros allowed. */
final class MemberIds {
    private MemberIds() {}

    /** The id, or null if it is none. */
    static Long parse(final String text) {
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
