package io.larch.tools.backup;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DirectoryLockedException;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.snapshot.SnapshotException;
import io.larch.engine.wal.WalException;
import io.larch.tools.backup.BackupException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A data directory that gets a new member. The member is written beside its place, as {@code
 * member.restoring}, and becomes {@code member} by one rename. What an attempt has left that was
 * interrupted is replaced by the next.
 */
final class MemberDirectory {
    static final String MEMBER = "member";
    static final String RESTORING = "member.restoring";

    /** What {@code --force} replaces, until the new one has its place. */
    static final String REPLACED = "member.replaced";

    /** What a file system of its own may have at its root. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final Path dataDir;
    private final Function<Path, Directory> disk;

    MemberDirectory(final Path dataDir) {
        this(dataDir, LocalDirectory::new);
    }

    /**
     * @param disk how files are written.
     */
    MemberDirectory(final Path dataDir, final Function<Path, Directory> disk) {
        this.dataDir = dataDir.toAbsolutePath().normalize();
        this.disk = disk;
    }

    /** Writes a member. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes {@code snap} and {@code wal}, which are durable afterwards.
         *
         * @param member where they go.
         */
        void write(Path member) throws IOException;
    }

    /** A directory of the same disk. */
    Directory at(final Path directory) {
        return disk.apply(directory);
    }

    /**
     * Refuses to make a member of what the directory itself holds, which would be replaced by its
     * own copy: with the wrong word on the command line, all that is left of a cluster.
     *
     * @param sources files and directories that the member is made of; those that are not there are
     *     left to who reads them.
     * @throws BackupException naming the first that lies in the directory, whatever it is called
     *     there, or is the directory.
     */
    void checkIsApart(final Collection<Path> sources) throws BackupException {
        try {
            for (final Path source : sources) {
                if (Files.exists(source) && isWithin(source.toRealPath())) {
                    throw new BackupException(
                            Kind.REFUSED,
                            source
                                    + ": lies in "
                                    + dataDir
                                    + ", where the new member is to be made: give that another"
                                    + " directory");
                }
            }
        } catch (final BackupException e) {
            throw e;
        } catch (final IOException e) {
            throw BackupException.files(e);
        }
    }

    private boolean isWithin(final Path source) throws IOException {
        // Its parts may be links to other places.
        for (final String part : List.of("", MEMBER, RESTORING, REPLACED)) {
            final Path target = dataDir.resolve(part);
            if (Files.exists(target)) {
                for (Path path = source; path != null; path = path.getParent()) {
                    if (Files.isSameFile(path, target)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Makes the member.
     *
     * @param isForced whether one that is there may be replaced, unless it runs.
     * @throws BackupException naming what is in the way or cannot be written.
     */
    void make(final Writer writer, final boolean isForced) throws BackupException {
        try {
            final Directory root = at(dataDir);
            root.prepare();
            checkRoom(root.list(), isForced);
            final Closeable old = lockOld(root);
            try {
                removeTree(RESTORING);
                writer.write(dataDir.resolve(RESTORING));
                at(dataDir.resolve(RESTORING)).sync();
                putInPlace(root);
            } finally {
                old.close();
            }
        } catch (final BackupException e) {
            throw e;
        } catch (final SnapshotException | WalException | DirectoryLockedException e) {
            throw new BackupException(Kind.FILES, e.getMessage(), e);
        } catch (final UncheckedIOException e) {
            throw BackupException.files(e.getCause());
        } catch (final IOException e) {
            throw BackupException.files(e);
        }
    }

    private void checkRoom(final List<String> names, final boolean isForced)
            throws BackupException {
        final boolean isFree =
                names.stream()
                        .allMatch(name -> name.equals(RESTORING) || name.equals(LOST_AND_FOUND));
        if (!isFree && !isForced) {
            throw new BackupException(
                    Kind.FILES,
                    dataDir + ": is not empty; --force replaces the member that is in it");
        }
    }

    /** Keeps a member from running while it is replaced. */
    private Closeable lockOld(final Directory root) throws IOException {
        final Path wal = dataDir.resolve(MEMBER).resolve("wal");
        if (!root.list().contains(MEMBER) || !Files.isDirectory(wal)) {
            return () -> {};
        }
        return at(wal).lock();
    }

    private void putInPlace(final Directory root) throws IOException {
        if (root.list().contains(MEMBER)) {
            removeTree(REPLACED);
            root.rename(MEMBER, REPLACED);
        }
        root.rename(RESTORING, MEMBER);
        root.sync();
        removeTree(REPLACED);
        root.sync();
    }

    private void removeTree(final String name) throws IOException {
        removeTree(dataDir.resolve(name));
    }

    /** Removes a directory with all that is in it, if it is there. */
    static void removeTree(final Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
