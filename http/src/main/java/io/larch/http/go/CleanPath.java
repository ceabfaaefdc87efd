package io.larch.http.go;

import java.util.Arrays;

/** The shortest equal path, as Go's mux wants it: one trailing slash is kept. */
public final class CleanPath {
    private CleanPath() {}

    public static boolean isClean(final byte[] path, final int from, final int to) {
        if (from == to || path[from] != '/') {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (path[i] == '/' && i + 1 < to && !isPlainAfterSlash(path, i + 1, to)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a component that starts here is neither empty nor one or two dots. */
    private static boolean isPlainAfterSlash(final byte[] path, final int at, final int to) {
        if (path[at] == '/') {
            return false;
        }
        if (path[at] != '.') {
            return true;
        }
        int end = at + 1;
        if (end < to && path[end] == '.') {
            end++;
        }
        return end < to && path[end] != '/';
    }

    /** The clean form. */
    public static byte[] clean(final byte[] path, final int from, final int to) {
        final byte[] result = new byte[to - from + 2];
        int length = 0;
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && path[end] != '/') {
                end++;
            }
            if (isDots(path, at, end, 2)) {
                while (length > 0 && result[--length] != '/') {
                    // Back to before the last component.
                }
            } else if (end > at && !isDots(path, at, end, 1)) {
                result[length++] = '/';
                System.arraycopy(path, at, result, length, end - at);
                length += end - at;
            }
            at = end + 1;
        }
        if (length == 0 || to > from && path[to - 1] == '/') {
            result[length++] = '/';
        }
        return Arrays.copyOf(result, length);
    }

    private static boolean isDots(
            final byte[] path, final int from, final int to, final int count) {
        if (to - from != count) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (path[i] != '.') {
                return false;
            }
        }
        return true;
    }
}
