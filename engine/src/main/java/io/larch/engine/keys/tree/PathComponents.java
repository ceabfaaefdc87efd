package io.larch.engine.keys.tree;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/** A path that was walked and is not there: where its components end, and how many there are. */
final class PathComponents {
    private int[] ends = new int[16];
    private int count;
    private int found;

    /** Takes a path; none of its components counts as found yet. */
    void split(final DirectBuffer path, final int offset, final int length) {
        count = 0;
        found = 0;
        for (int i = 1; i <= length; i++) {
            if (i == length || path.getByte(offset + i) == '/') {
                if (count == ends.length) {
                    ends = Arrays.copyOf(ends, count * 2);
                }
                ends[count++] = i;
            }
        }
    }

    int count() {
        return count;
    }

    /** How many from the first on are there. */
    int found() {
        return found;
    }

    void found(final int components) {
        found = components;
    }

    /** Length of the path up to and with a component, counted from 0. */
    int end(final int i) {
        return ends[i];
    }

    /** Whether they are those of a path of a length. */
    boolean isOf(final int length) {
        return count > 0 && ends[count - 1] == length;
    }

    /** Length of the deepest existing node's path. */
    int foundLength() {
        return found == 0 ? 0 : ends[found - 1];
    }

    /** Length of the first missing node's path. */
    int missingLength() {
        return ends[found];
    }

    /** What the missing nodes' names and keys will be counted with. */
    long missingBytes() {
        long bytes = 0;
        int anchor = 0;
        int start = 0;
        for (int i = 0; i < count; i++) {
            final int end = ends[i];
            if (i >= found) {
                bytes += Usage.bytesOf(end - start - 1, 0, PathKey.storedLength(end - anchor));
            }
            if (end - anchor > PathKey.ANCHOR_DISTANCE) {
                anchor = end;
            }
            start = end;
        }
        return bytes;
    }
}
