package io.larch.engine.member;

/** Texts as etcd, a Go program, shows them. */
public final class GoText {
    private GoText() {}

    /** A text in quotes, as Go's %q prints it. */
    public static String quoted(final String text) {
        final StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final int named = "\t\n\r".indexOf(c);
            if (named >= 0) {
                quoted.append('\\').append("tnr".charAt(named));
            } else if (c < ' ' || c == 0x7F) {
                quoted.append(String.format("\\x%02x", (int) c));
            } else {
                quoted.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
