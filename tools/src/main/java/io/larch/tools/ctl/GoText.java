package io.larch.tools.ctl;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;

/** Paths, queries and strings as Go's libraries write them. */
final class GoText {
    /** What stands for itself in a path. */
    private static final String PATH_SIGNS = "-_.~$&+,/:;=@";

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private GoText() {}

    /**
     * The shortest path for the same key: one slash between names, no {@code .} and {@code ..}. A
     * slash at the end stays.
     */
    static String canonicalPath(final String path) {
        final Deque<String> names = new ArrayDeque<>();
        for (final String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        final String clean = "/" + String.join("/", names);
        return path.endsWith("/") && clean.length() > 1 ? clean + "/" : clean;
    }

    /** A path as it stands in a URL. */
    static String escapedPath(final String path) {
        final StringBuilder text = new StringBuilder();
        for (final byte b : path.getBytes(StandardCharsets.UTF_8)) {
            final char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || PATH_SIGNS.indexOf(c) >= 0)) {
                text.append(c);
            } else {
                text.append('%')
                        .append(Character.toUpperCase(HEX[c >> 4]))
                        .append(Character.toUpperCase(HEX[c & 0xf]));
            }
        }
        return text.toString();
    }

    /** Names and values as a query or a form, in the order of names. */
    static String query(final SortedMap<String, String> parameters) {
        final StringJoiner text = new StringJoiner("&");
        for (final Map.Entry<String, String> parameter : parameters.entrySet()) {
            text.add(escaped(parameter.getKey()) + "=" + escaped(parameter.getValue()));
        }
        return text.toString();
    }

    private static String escaped(final String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** A string in JSON, quotes included, safe within HTML. */
    static String json(final String text) {
        final StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || "<>&\u2028\u2029".indexOf(c) >= 0) {
                        quoted.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            quoted.append(HEX[c >> shift & 0xf]);
                        }
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
