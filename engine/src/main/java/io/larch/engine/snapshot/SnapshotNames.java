package io.larch.engine.snapshot;

import io.larch.engine.disk.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Names of the files in the snapshot directory, and which of them stay. */
final class SnapshotNames {
    static final String SUFFIX = ".snap";

    /** Behind the name of a snapshot that is being taken. */
    static final String TAKING_SUFFIX = ".tmp";

    /** Behind the name of a snapshot that is being received. */
    static final String RECEIVING_SUFFIX = ".part";

    /** Behind the name of a snapshot that does not read. */
    static final String BROKEN_SUFFIX = ".broken";

    private static final int HEX_DIGITS = 16;
    private static final int NAME_LENGTH = 2 * HEX_DIGITS + 1 + SUFFIX.length();

    private SnapshotNames() {}

    static String of(final long lastTerm, final long lastIndex) {
        return String.format("%016x-%016x%s", lastTerm, lastIndex, SUFFIX);
    }

    static boolean isSnapshot(final String name) {
        if (name.length() != NAME_LENGTH
                || !name.endsWith(SUFFIX)
                || name.charAt(HEX_DIGITS) != '-') {
            return false;
        }
        for (int i = 0; i < 2 * HEX_DIGITS + 1; i++) {
            if (i != HEX_DIGITS && "0123456789abcdef".indexOf(name.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isUnfinished(final String name) {
        return name.endsWith(SUFFIX + TAKING_SUFFIX) || name.endsWith(SUFFIX + RECEIVING_SUFFIX);
    }

    static long lastTermOf(final String name) {
        return Long.parseUnsignedLong(name.substring(0, HEX_DIGITS), 16);
    }

    static long lastIndexOf(final String name) {
        return Long.parseUnsignedLong(name.substring(HEX_DIGITS + 1, 2 * HEX_DIGITS + 1), 16);
    }

    /** The snapshots of the directory, newest first. */
    static List<String> newestFirst(final Directory files) throws IOException {
        final List<String> names = new ArrayList<>();
        for (final String name : files.list()) {
            if (isSnapshot(name)) {
                names.add(name);
            }
        }
        names.sort(
                Comparator.comparingLong(SnapshotNames::lastIndexOf)
                        .thenComparingLong(SnapshotNames::lastTermOf)
                        .reversed());
        return names;
    }

    /** Makes a finished file current under its name, then removes those past the limit. */
    static void publish(
            final Directory files, final String from, final String name, final int maxSnapshots)
            throws IOException {
        files.rename(from, name);
        files.sync();
        if (maxSnapshots > 0) {
            final List<String> names = newestFirst(files);
            for (int i = maxSnapshots; i < names.size(); i++) {
                files.delete(names.get(i));
            }
        }
    }
}
