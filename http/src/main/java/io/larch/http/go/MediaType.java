package io.larch.http.go;

import io.larch.http.text.Ascii;

/** Reads a Content-Type as Go's mime package does. */
public final class MediaType {
    private static final String FORM = "application/x-www-form-urlencoded";

    private MediaType() {}

    /**
     * Whether it says that the body is a form. A parameter that is malformed does not change it.
     *
     * @param from where the value is; -1: there is none.
     */
    public static boolean isForm(final byte[] head, final int from, final int to) {
        if (from < 0) {
            return false;
        }
        final int semicolon = Ascii.indexOf(head, ';', from, to);
        return Ascii.equalIgnoreCase(head, from, trimEnd(head, from, semicolon), FORM);
    }

    /** The error that Go finds in the Content-Type; null for none, or no Content-Type. */
    public static String error(final byte[] head, final int from, final int to) {
        if (from < 0 || from == to) {
            return null;
        }
        final int semicolon = Ascii.indexOf(head, ';', from, to);
        final String error = typeError(head, from, trimEnd(head, from, semicolon));
        if (error != null) {
            return error;
        }
        return areParametersValid(head, semicolon, to) ? null : "mime: invalid media parameter";
    }

    private static String typeError(final byte[] head, final int from, final int to) {
        final int typeEnd = tokenEnd(head, from, to);
        if (typeEnd == from) {
            return "mime: no media type";
        }
        if (typeEnd == to) {
            return null;
        }
        if (head[typeEnd] != '/') {
            return "mime: expected slash after first token";
        }
        final int subtypeEnd = tokenEnd(head, typeEnd + 1, to);
        if (subtypeEnd == typeEnd + 1) {
            return "mime: expected token after slash";
        }
        return subtypeEnd < to ? "mime: unexpected content after media subtype" : null;
    }

    /** Parameters as {@code ; name=token} or {@code ; name="quoted"}; a last semicolon is fine. */
    private static boolean areParametersValid(final byte[] head, final int from, final int to) {
        int at = skipSpace(head, from, to);
        while (at < to) {
            if (head[at] != ';') {
                return false;
            }
            at = skipSpace(head, at + 1, to);
            if (at == to) {
                return true;
            }
            final int nameEnd = tokenEnd(head, at, to);
            if (nameEnd == at || nameEnd == to) {
                return false;
            }
            at = skipSpace(head, nameEnd, to);
            if (at == to || head[at] != '=') {
                return false;
            }
            at = skipSpace(head, at + 1, to);
            final int valueEnd = valueEnd(head, at, to);
            if (valueEnd == at) {
                return false;
            }
            at = skipSpace(head, valueEnd, to);
        }
        return true;
    }

    private static int valueEnd(final byte[] head, final int from, final int to) {
        if (from == to || head[from] != '"') {
            return tokenEnd(head, from, to);
        }
        for (int i = from + 1; i < to; i++) {
            if (head[i] == '\\') {
                i++;
            } else if (head[i] == '"') {
                return i + 1;
            }
        }
        return from;
    }

    private static int tokenEnd(final byte[] head, final int from, final int to) {
        int i = from;
        while (i < to && Ascii.isTokenByte(head[i])) {
            i++;
        }
        return i;
    }

    private static int skipSpace(final byte[] head, final int from, final int to) {
        int i = from;
        while (i < to && (head[i] == ' ' || head[i] == '\t')) {
            i++;
        }
        return i;
    }

    private static int trimEnd(final byte[] head, final int from, final int to) {
        int end = to;
        while (end > from && (head[end - 1] == ' ' || head[end - 1] == '\t')) {
            end--;
        }
        return end;
    }
}
