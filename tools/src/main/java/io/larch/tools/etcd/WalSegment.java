package io.larch.tools.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the log, {@code SEQUENCE-INDEX.wal}, both in 16 hexadecimal digits.
 *
 * @param sequence one more than that of the file before.
 * @param firstIndex of the first entry that may be in it.
 */
record WalSegment(Path file, long sequence, long firstIndex) {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.wal");

    /** Those there are, in their order. */
    static List<WalSegment> list(final Path directory) throws IOException {
        final List<WalSegment> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                final Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    if (!Files.isRegularFile(file)) {
                        throw EtcdFilesException.unusable(file + " is no file");
                    }
                    segments.add(
                            new WalSegment(
                                    file,
                                    Long.parseUnsignedLong(name.group(1), 16),
                                    Long.parseUnsignedLong(name.group(2), 16)));
                }
            }
        }
        segments.sort(Comparator.comparingLong(WalSegment::sequence));
        return segments;
    }

    /**
     * Whether it begins as those of etcd do, with a record of type 4. Others name files so, too.
     * One that is cut before tells nothing against it.
     */
    boolean isOfEtcd() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] start = in.readNBytes(10);
            return start.length < 10 || start[8] == 8 && start[9] == 4;
        }
    }

    /**
     * Those that have all entries behind an index.
     *
     * @throws EtcdFilesException if some of them are missing.
     */
    static List<WalSegment> behind(final long index, final List<WalSegment> all)
            throws EtcdFilesException {
        int start = all.size() - 1;
        while (start >= 0 && all.get(start).firstIndex > index) {
            start--;
        }
        if (start < 0) {
            throw EtcdFilesException.damaged(
                    "%s begins behind index %d, and what was before is missing"
                            .formatted(all.get(0).file, index));
        }
        final List<WalSegment> segments = all.subList(start, all.size());
        for (int i = 1; i < segments.size(); i++) {
            if (segments.get(i).sequence != segments.get(i - 1).sequence + 1) {
                throw EtcdFilesException.damaged(
                        "between %s and %s a file is missing"
                                .formatted(
                                        segments.get(i - 1).file,
                                        segments.get(i).file.getFileName()));
            }
        }
        return segments;
    }
}
