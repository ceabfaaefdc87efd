package io.larch.http.wire;

/** Quotes bytes as Go's strconv.Quote does, near enough for an error text. */
public final class GoQuote {
    private GoQuote() {}

    /**
     * @param latin1 one character per byte.
     */
    public static String quote(final String latin1) {
        final StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < latin1.length(); i++) {
            final char c = latin1.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        out.append(c);
                    } else {
                        out.append(String.format("\\x%02x", (int) c));
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
