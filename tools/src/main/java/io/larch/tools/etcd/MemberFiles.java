package io.larch.tools.etcd;

import io.larch.tools.bolt.BoltException;
import io.larch.tools.etcd.EtcdFilesException.Kind;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;

/**
 * Where in a data directory what is, and whether an etcd uses it.
 *
 * @param snapshots directory of the v2 store's.
 * @param log directory of.
 * @param database of the v3 keys.
 */
record MemberFiles(Path snapshots, Path log, Path database) {
    /**
     * @param directory that etcd was given as {@code --data-dir}.
     * @param log that it was given as {@code --wal-dir}; null: none.
     */
    static MemberFiles of(final Path directory, final Path log) {
        final Path member = directory.resolve("member");
        final Path snapshots = member.resolve("snap");
        return new MemberFiles(
                snapshots, log == null ? member.resolve("wal") : log, snapshots.resolve("db"));
    }

    /** Reads what is in the files. */
    interface Reading<T> {
        T read(List<WalSegment> segments) throws IOException;
    }

    /**
     * Reads while no etcd uses the files.
     *
     * @throws EtcdFilesException whatever goes wrong.
     */
    <T> T unused(final Reading<T> reading) throws EtcdFilesException {
        try {
            final List<WalSegment> segments = segments();
            refuseUse(segments);
            final T content = reading.read(segments);
            // It may have been started meanwhile.
            refuseUse(segments);
            return content;
        } catch (final EtcdFilesException e) {
            throw e;
        } catch (final BoltException e) {
            throw new EtcdFilesException(Kind.DAMAGED, e.getMessage(), e);
        } catch (final FileSystemException e) {
            throw new EtcdFilesException(Kind.UNUSABLE, reason(e), e);
        } catch (final IOException e) {
            throw new EtcdFilesException(Kind.UNUSABLE, log + ": " + e.getMessage(), e);
        }
    }

    /** AccessDeniedException: access denied. */
    private static String reason(final FileSystemException e) {
        final String words =
                e.getClass()
                        .getSimpleName()
                        .replaceFirst("Exception$", "")
                        .replaceAll("(?<=.)([A-Z])", " $1")
                        .toLowerCase(Locale.ROOT);
        return e.getReason() == null ? e.getFile() + ": " + words : e.getMessage();
    }

    private List<WalSegment> segments() throws IOException {
        for (final Path directory : List.of(snapshots, log)) {
            if (!isThere(directory)) {
                throw EtcdFilesException.unusable(
                        directory + " is not there: this is no data directory of etcd");
            }
        }
        final List<WalSegment> segments = WalSegment.list(log);
        if (segments.isEmpty()) {
            throw EtcdFilesException.unusable(log + " has no log of etcd");
        }
        for (final WalSegment segment : segments) {
            if (segment.isOfEtcd()) {
                return segments;
            }
        }
        throw EtcdFilesException.unusable(segments.get(0).file() + " is no log of etcd");
    }

    /**
     * Whether there is such a directory.
     *
     * @throws FileSystemException if we may not even know.
     */
    private static boolean isThere(final Path directory) throws IOException {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).isDirectory();
        } catch (final NoSuchFileException e) {
            return false;
        }
    }

    private void refuseUse(final List<WalSegment> segments) throws IOException {
        final Path last = segments.get(segments.size() - 1).file();
        if (UseCheck.isLocked(last) || Files.exists(database) && UseCheck.isLocked(database)) {
            throw EtcdFilesException.unusable(
                    "an etcd uses %s; stop it, or import from it by --from".formatted(log));
        }
    }
}
