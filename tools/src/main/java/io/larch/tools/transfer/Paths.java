package io.larch.tools.transfer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;

/** Paths of keys: their order, what is below what, and how they stand in a URL. */
public final class Paths {
    /**
     * The order in which a sorted listing tells them: a directory before what is below it, names by
     * their bytes in UTF-8.
     */
    static final Comparator<String> ORDER = Paths::compare;

    static final String ROOT = "/";

    private Paths() {}

    /** With a slash before each name, and none at the end; the root is one slash. */
    public static String canonical(final String path) {
        final Deque<String> names = new ArrayDeque<>();
        for (final String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return ROOT + String.join("/", names);
    }

    static boolean isBelow(final String path, final String directory) {
        if (directory.equals(ROOT)) {
            return !path.equals(ROOT);
        }
        return path.length() > directory.length()
                && path.startsWith(directory)
                && path.charAt(directory.length()) == '/';
    }

    /** Whether a listing of a directory leaves it out, as there is a name with an underscore. */
    static boolean isHidden(final String path, final String directory) {
        final int start = directory.equals(ROOT) ? 0 : directory.length();
        return path.length() > start && path.indexOf("/_", start) >= 0;
    }

    /** Null above the root. */
    static String parent(final String path) {
        final int slash = path.lastIndexOf('/');
        return slash <= 0 ? null : path.substring(0, slash);
    }

    static String url(final String path) {
        final String names =
                URLEncoder.encode(path, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/");
        return "/v2/keys" + (names.equals(ROOT) ? "" : names);
    }

    private static int compare(final String a, final String b) {
        final int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** A slash ends a name, so it is before all; two units of UTF-16 are behind all single ones. */
    private static int rank(final char unit) {
        if (unit == '/') {
            return -1;
        }
        return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
    }
}
