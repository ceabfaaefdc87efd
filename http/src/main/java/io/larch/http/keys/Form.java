package io.larch.http.keys;

import io.larch.http.go.GoText;
import io.larch.http.text.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The parameters of one request, decoded. The first value of a name counts, so the body is to be
 * read before the query.
 *
 * <p>Holds the decoded bytes until the next {@link #clear()}. Not threadsafe.
 */
final class Form {
    private static final int INITIAL_CAPACITY = 1024;
    private static final int RETAINED_CAPACITY = 1024 * 1024;
    private static final int ABSENT = -1;

    private final int[] from = new int[Parameter.COUNT];
    private final int[] to = new int[Parameter.COUNT];
    private byte[] decoded = new byte[INITIAL_CAPACITY];
    private int length;
    private int badEscape;
    private int badEscapeEnd;

    void clear() {
        Arrays.fill(from, ABSENT);
        length = 0;
        if (decoded.length > RETAINED_CAPACITY) {
            decoded = new byte[INITIAL_CAPACITY];
        }
    }

    /** Bytes that {@link #from} and {@link #to} lie in. */
    byte[] bytes() {
        return decoded;
    }

    boolean has(final Parameter parameter) {
        return from[parameter.ordinal()] != ABSENT;
    }

    int from(final Parameter parameter) {
        return Math.max(0, from[parameter.ordinal()]);
    }

    /** Bytes of a value; 0 if it is absent or empty. */
    int length(final Parameter parameter) {
        return has(parameter) ? to[parameter.ordinal()] - from[parameter.ordinal()] : 0;
    }

    /**
     * Reads the pairs of a query or a form body.
     *
     * @return what Go's url package says is wrong, null for nothing. The good pairs are kept.
     */
    String read(final byte[] source, final int start, final int end) {
        // Decoding never makes anything longer.
        ensure(end - start);
        String error = null;
        int pairFrom = start;
        while (pairFrom < end) {
            final int pairTo = Ascii.indexOf(source, '&', pairFrom, end);
            if (Ascii.indexOf(source, ';', pairFrom, pairTo) < pairTo) {
                error = "invalid semicolon separator in query";
            } else if (pairTo > pairFrom && !pair(source, pairFrom, pairTo) && error == null) {
                error = escapeError(source);
            }
            pairFrom = pairTo + 1;
        }
        return error;
    }

    private boolean pair(final byte[] source, final int start, final int end) {
        final int equals = Ascii.indexOf(source, '=', start, end);
        final int mark = length;
        if (!decode(source, start, equals)) {
            length = mark;
            return false;
        }
        final Parameter parameter = Parameter.of(decoded, mark, length);
        length = mark;
        if (equals < end && !decode(source, equals + 1, end)) {
            length = mark;
            return false;
        }
        if (parameter == null || has(parameter)) {
            length = mark;
        } else {
            from[parameter.ordinal()] = mark;
            to[parameter.ordinal()] = length;
        }
        return true;
    }

    private boolean decode(final byte[] source, final int start, final int end) {
        int out = length;
        for (int i = start; i < end; i++) {
            byte b = source[i];
            if (b == '%') {
                final int high = i + 2 < end ? Ascii.hexDigit(source[i + 1]) : -1;
                final int low = i + 2 < end ? Ascii.hexDigit(source[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    badEscape = i;
                    badEscapeEnd = Math.min(i + 3, end);
                    return false;
                }
                b = (byte) (high << 4 | low);
                i += 2;
            } else if (b == '+') {
                b = ' ';
            }
            decoded[out++] = b;
        }
        length = out;
        return true;
    }

    private String escapeError(final byte[] source) {
        final int count = badEscapeEnd - badEscape;
        return "invalid URL escape "
                + GoText.quote(new String(source, badEscape, count, StandardCharsets.ISO_8859_1));
    }

    private void ensure(final int more) {
        if (decoded.length - length < more) {
            decoded = Arrays.copyOf(decoded, Math.max(decoded.length * 2, length + more));
        }
    }
}
