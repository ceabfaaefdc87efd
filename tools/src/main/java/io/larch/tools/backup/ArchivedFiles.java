package io.larch.tools.backup;

import io.larch.engine.archive.Archive;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.wal.WalScanner;
import io.larch.tools.backup.BackupException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Segments of one member's log, and snapshots, from where they were kept: an archive, or what is
 * left of a data directory. They are only read; a data directory is held until close, so that no
 * member starts in it.
 */
final class ArchivedFiles implements Closeable {
    private static final String SNAPSHOT_NAME = "[0-9a-f]{16}-[0-9a-f]{16}\\.snap";

    /** Of a member's own directory in an archive: cluster and member. */
    private static final String MEMBER_NAME = "[0-9a-f]{1,16}-[0-9a-f]{1,16}";

    private static final String TAIL_NAME =
            "[0-9a-f]{16}-[0-9a-f]{16}\\.wal" + Pattern.quote(Archive.TAIL_SUFFIX);

    private static final String LOCK = "lock";
    private static final int HEX = 16;

    /** By their place in the log. */
    private final TreeMap<Long, Path> segments = new TreeMap<>(Long::compareUnsigned);

    /** Beginnings of segments, for where there is no more of them. */
    private final TreeMap<Long, Path> tails = new TreeMap<>(Long::compareUnsigned);

    private final List<Path> snapshots = new ArrayList<>();

    /** A segment that tells whose all are; null: none does yet. */
    private Path signed;

    private CommittedLog.Owner owner = CommittedLog.Owner.UNKNOWN;

    /** Directories that were looked into, whatever they were called. */
    private final Set<Path> seen = new HashSet<>();

    private final List<Closeable> locks = new ArrayList<>();

    private ArchivedFiles() {}

    /**
     * Finds what is in directories: archives, those of members in them, of data, of a log.
     *
     * @throws BackupException naming what is not there, or what does not belong together.
     */
    static ArchivedFiles in(final List<Path> directories) throws BackupException {
        final ArchivedFiles files = new ArchivedFiles();
        try {
            for (final Path directory : directories) {
                files.add(directory);
            }
            files.tails.forEach(files.segments::putIfAbsent);
        } catch (final IOException | UncheckedIOException e) {
            files.closeQuietly();
            throw e instanceof BackupException known
                    ? known
                    : BackupException.files(
                            e instanceof UncheckedIOException unchecked
                                    ? unchecked.getCause()
                                    : (IOException) e);
        }
        files.snapshots.sort(Comparator.comparing(ArchivedFiles::indexOf));
        return files;
    }

    private void add(final Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new BackupException(
                    Kind.FILES,
                    directory + (Files.exists(directory) ? ": is no directory" : ": is not there"));
        }
        final Path only = onlyMember(directory);
        boolean hasFound = false;
        for (final String place : List.of("", "wal", "snap", "member/wal", "member/snap")) {
            final Path files = only.resolve(place);
            if (Files.isDirectory(files)) {
                hasFound |= addFiles(files);
            }
        }
        if (!hasFound) {
            throw new BackupException(
                    Kind.FILES, directory + ": there are no segments of a log and no snapshots");
        }
    }

    /** An archive has a directory for each member that was told to use it. */
    private static Path onlyMember(final Path archive) throws IOException {
        try (Stream<Path> all = Files.list(archive)) {
            final List<Path> members =
                    all.filter(
                                    path ->
                                            path.getFileName().toString().matches(MEMBER_NAME)
                                                    && Files.isDirectory(path))
                            .sorted()
                            .toList();
            if (members.size() > 1) {
                throw new BackupException(
                        Kind.REFUSED,
                        archive
                                + ": holds the files of several members, named by cluster and"
                                + " member; one of them is wanted: "
                                + String.join(
                                        ", ",
                                        members.stream()
                                                .map(path -> path.getFileName().toString())
                                                .toList()));
            }
            return members.isEmpty() ? archive : members.get(0);
        }
    }

    private boolean addFiles(final Path directory) throws IOException {
        if (!seen.add(directory.toRealPath())) {
            return true;
        }
        lock(directory);
        final List<Path> found = WalScanner.segments(directory);
        final List<Path> begun = named(directory, TAIL_NAME);
        checkOwner(found.isEmpty() ? begun : found);
        begun.forEach(tail -> tails.putIfAbsent(WalScanner.sequence(tail), tail));
        for (final Path segment : found) {
            final Path other = segments.putIfAbsent(WalScanner.sequence(segment), segment);
            if (other != null && !areCopies(other, segment)) {
                throw new BackupException(
                        Kind.REFUSED,
                        segment + " and " + other + " are not of the same log: give one of them");
            }
        }
        final List<Path> there = named(directory, SNAPSHOT_NAME);
        // An archive may have no more than what its member has still, too.
        for (final Path snapshot : there) {
            if (snapshots.stream().noneMatch(isNamedAs(snapshot))) {
                snapshots.add(snapshot);
            }
        }
        return !found.isEmpty() || !begun.isEmpty() || !there.isEmpty();
    }

    private static List<Path> named(final Path directory, final String pattern) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> path.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        }
    }

    /** Each member of a cluster has its own log, of the same entries in other places. */
    private void checkOwner(final List<Path> log) throws BackupException {
        final CommittedLog.Owner other =
                log.isEmpty() ? CommittedLog.Owner.UNKNOWN : CommittedLog.ownerOf(log.get(0));
        if (!owner.agrees(other)) {
            throw new BackupException(
                    Kind.REFUSED,
                    signed
                            + " is of "
                            + owner
                            + ", and "
                            + log.get(0)
                            + " of "
                            + other
                            + "; these are not of the same log: give the files of one member");
        }
        if (signed == null && !other.equals(CommittedLog.Owner.UNKNOWN)) {
            signed = log.get(0);
            owner = other;
        }
    }

    /** As far as names and beginnings tell; a log that does not go on is found when it is read. */
    private static boolean areCopies(final Path one, final Path other) {
        return one.getFileName().equals(other.getFileName())
                && CommittedLog.ownerOf(one).agrees(CommittedLog.ownerOf(other));
    }

    private static Predicate<Path> isNamedAs(final Path path) {
        return other -> other.getFileName().equals(path.getFileName());
    }

    /** Where nothing can be written no member can run. */
    private void lock(final Path directory) throws BackupException {
        if (!Files.isWritable(directory) || !Files.exists(directory.resolve(LOCK))) {
            return;
        }
        try {
            locks.add(new LocalDirectory(directory).lock());
        } catch (final IOException | RuntimeException e) {
            throw new BackupException(
                    Kind.FILES,
                    e.getMessage() + "; of a member that runs, only its archive can be read",
                    e);
        }
    }

    /** Where they are, and what may be a link to another place. */
    Collection<Path> sources() {
        final Set<Path> sources = new LinkedHashSet<>(seen);
        Stream.concat(segments.values().stream(), snapshots.stream())
                .filter(Files::isSymbolicLink)
                .forEach(sources::add);
        return sources;
    }

    /** In their order. */
    List<Path> segments() {
        return List.copyOf(segments.values());
    }

    /** Oldest first. */
    List<Path> snapshots() {
        return snapshots;
    }

    /** Raft's index of the last entry in a snapshot, as its name tells. */
    static long indexOf(final Path snapshot) {
        return Long.parseUnsignedLong(
                snapshot.getFileName().toString().substring(HEX + 1, 2 * HEX + 1), HEX);
    }

    @Override
    public void close() throws IOException {
        for (final Closeable lock : locks) {
            lock.close();
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (final IOException e) {
            // What was wrong before is told.
            locks.clear();
        }
    }
}
