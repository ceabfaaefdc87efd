package io.larch.http.go;

/**
 * Finds the first error of a JSON text and says it as Go's encoding/json does, since clients see
 * these texts. One pass, without recursion.
 */
final class GoJson {
    private static final int MAX_DEPTH = 10_000;
    private static final String LOOKING_FOR_VALUE = "looking for beginning of value";
    private static final String NO_MORE = "unexpected end of JSON input";

    private final byte[] bytes;
    private final int end;
    private final boolean[] isObject = new boolean[MAX_DEPTH];
    private int depth;
    private int at;
    private String error;

    private GoJson(final byte[] bytes, final int length) {
        this.bytes = bytes;
        this.end = length;
    }

    /** The error; null if the first {@code length} bytes are one JSON value. */
    static String errorOf(final byte[] bytes, final int length) {
        final GoJson json = new GoJson(bytes, length);
        json.run();
        return json.error;
    }

    private void run() {
        while (error == null) {
            skipSpace();
            if (!value() || !afterValue()) {
                return;
            }
        }
    }

    /** One value; of one that holds others all up to and with the first that holds none. */
    private boolean value() {
        while (true) {
            if (at == end) {
                return fail(NO_MORE);
            }
            final boolean opensObject = bytes[at] == '{';
            if (!opensObject && bytes[at] != '[') {
                return scalar(bytes[at]);
            }
            if (!open(opensObject)) {
                return false;
            }
            if (isClosed(opensObject ? '}' : ']')) {
                return true;
            }
            if (opensObject && !objectKey()) {
                return false;
            }
        }
    }

    private boolean scalar(final int first) {
        return switch (first) {
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> first == '-' || isDigit(first) ? number() : bad(LOOKING_FOR_VALUE);
        };
    }

    private boolean open(final boolean object) {
        if (depth == MAX_DEPTH) {
            return fail("exceeded max depth");
        }
        isObject[depth++] = object;
        at++;
        skipSpace();
        return true;
    }

    private boolean isClosed(final int closing) {
        if (at < end && bytes[at] == closing) {
            at++;
            depth--;
            return true;
        }
        return false;
    }

    /** A key with its colon; the value comes next. */
    private boolean objectKey() {
        if (at == end) {
            return fail(NO_MORE);
        }
        if (bytes[at] != '"') {
            return bad("looking for beginning of object key string");
        }
        if (!string()) {
            return false;
        }
        skipSpace();
        if (at == end) {
            return fail(NO_MORE);
        }
        if (bytes[at] != ':') {
            return bad("after object key");
        }
        at++;
        skipSpace();
        return true;
    }

    /**
     * What may follow a value: ends of what holds it, a comma, or the end.
     *
     * @return whether a value comes next.
     */
    private boolean afterValue() {
        while (true) {
            skipSpace();
            if (depth == 0) {
                return at < end && bad("after top-level value");
            }
            if (at == end) {
                return fail(NO_MORE);
            }
            final boolean inObject = isObject[depth - 1];
            if (bytes[at] == ',') {
                at++;
                skipSpace();
                return !inObject || objectKey();
            }
            if (!isClosed(inObject ? '}' : ']')) {
                return bad(inObject ? "after object key:value pair" : "after array element");
            }
        }
    }

    private boolean string() {
        at++;
        while (at < end) {
            final int b = bytes[at] & 0xFF;
            if (b == '"') {
                at++;
                return true;
            }
            if (b < ' ') {
                return bad("in string literal");
            }
            at++;
            if (b == '\\' && !escape()) {
                return false;
            }
        }
        return fail(NO_MORE);
    }

    private boolean escape() {
        if (at == end) {
            return fail(NO_MORE);
        }
        if ("bfnrt\\/\"".indexOf(bytes[at]) >= 0) {
            at++;
            return true;
        }
        if (bytes[at] != 'u') {
            return bad("in string escape code");
        }
        at++;
        for (int i = 0; i < 4; i++, at++) {
            if (at == end) {
                return fail(NO_MORE);
            }
            if (Character.digit(bytes[at], 16) < 0) {
                return bad("in \\u hexadecimal character escape");
            }
        }
        return true;
    }

    private boolean number() {
        if (bytes[at] == '-') {
            at++;
            if (at < end && !isDigit(bytes[at])) {
                return bad("in numeric literal");
            }
        }
        if (at < end && bytes[at] == '0') {
            at++;
        } else if (!digits("in numeric literal")) {
            return false;
        }
        if (at < end && bytes[at] == '.') {
            at++;
            if (!digits("after decimal point in numeric literal")) {
                return false;
            }
        }
        if (at < end && (bytes[at] | 0x20) == 'e') {
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            return digits("in exponent of numeric literal");
        }
        return true;
    }

    private boolean digits(final String where) {
        if (at == end) {
            return fail(NO_MORE);
        }
        if (!isDigit(bytes[at])) {
            return bad(where);
        }
        while (at < end && isDigit(bytes[at])) {
            at++;
        }
        return true;
    }

    private boolean literal(final String word) {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at == end) {
                return fail(NO_MORE);
            }
            if (bytes[at] != word.charAt(i)) {
                return bad("in literal " + word + " (expecting '" + word.charAt(i) + "')");
            }
        }
        return true;
    }

    private void skipSpace() {
        while (at < end
                && (bytes[at] == ' '
                        || bytes[at] == '\t'
                        || bytes[at] == '\r'
                        || bytes[at] == '\n')) {
            at++;
        }
    }

    private boolean bad(final String where) {
        return fail("invalid character " + quoted(bytes[at] & 0xFF) + ' ' + where);
    }

    private boolean fail(final String message) {
        error = message;
        return false;
    }

    private static String quoted(final int b) {
        return switch (b) {
            case '\'' -> "'\\''";
            case '"' -> "'\"'";
            case '\\' -> "'\\\\'";
            case '\n' -> "'\\n'";
            case '\r' -> "'\\r'";
            case '\t' -> "'\\t'";
            default -> b < ' ' || b == 0x7F ? String.format("'\\x%02x'", b) : "'" + (char) b + "'";
        };
    }

    private static boolean isDigit(final int b) {
        return b >= '0' && b <= '9';
    }
}
