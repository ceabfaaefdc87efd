package io.larch.http.text;

import java.nio.charset.StandardCharsets;

/** Questions about ASCII in byte ranges. */
public final class Ascii {
    private Ascii() {}

    /** The bytes of a text that is ASCII. */
    public static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where a byte stands first, or {@code to}. */
    public static int indexOf(final byte[] bytes, final char b, final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == b) {
                return i;
            }
        }
        return to;
    }

    public static boolean equal(
            final byte[] bytes, final int from, final int to, final String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param lowerCase the text in lower case.
     */
    public static boolean equalIgnoreCase(
            final byte[] bytes, final int from, final int to, final String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            if (toLower(bytes[from + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a comma-separated list holds a token, in any case. */
    public static boolean listHolds(
            final byte[] bytes, final int from, final int to, final String lowerCase) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || bytes[i] == ',') {
                int end = i;
                while (start < end && isSpace(bytes[start])) {
                    start++;
                }
                while (end > start && isSpace(bytes[end - 1])) {
                    end--;
                }
                if (equalIgnoreCase(bytes, start, end, lowerCase)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    /** The value of a hexadecimal digit, or -1. */
    public static int hexDigit(final int b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        final int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Whether a byte may stand in an HTTP token. */
    public static boolean isTokenByte(final int b) {
        return b >= '0' && b <= '9'
                || (b | 0x20) >= 'a' && (b | 0x20) <= 'z'
                || b > 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0;
    }

    public static boolean isToken(final byte[] bytes, final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (!isTokenByte(bytes[i])) {
                return false;
            }
        }
        return from < to;
    }

    public static boolean isSpace(final byte b) {
        return b == ' ' || b == '\t';
    }

    private static int toLower(final byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }
}
