package io.larch.tools.bootstrap;

import io.larch.engine.wal.WalProbe;
import io.larch.engine.wal.WalScanner;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;

/** Makes the directories of a member, for its own user alone, and tells a restart from a start. */
public final class DataDirectory {
    private final ServerConfig.Storage storage;

    public DataDirectory(final ServerConfig.Storage storage) {
        this.storage = storage;
    }

    /**
     * Makes what is missing and checks that it can be written to.
     *
     * @throws StartupException naming the directory.
     */
    public void prepare() {
        make(storage.dataDir());
        make(storage.memberDir());
        make(storage.snapDir());
        make(storage.walDir());
    }

    /**
     * Makes what a proxy needs and checks that it can be written to.
     *
     * @throws StartupException naming the directory.
     */
    public void prepareProxy() {
        make(storage.dataDir());
        make(storage.proxyDir());
    }

    /**
     * Checks, without making anything, that {@link #prepare} could do its work.
     *
     * @throws StartupException naming the directory.
     */
    public void check() {
        for (final Path directory : List.of(storage.dataDir(), storage.walDir())) {
            Path there = directory.toAbsolutePath();
            while (!Files.exists(there)) {
                there = there.getParent();
            }
            if (!Files.isDirectory(there)) {
                throw new StartupException(
                        "cannot access data directory: mkdir " + there + ": not a directory");
            }
            checkWritable(there);
        }
    }

    /**
     * Whether a proxy has run on it, which it stays whatever the flags say.
     *
     * @throws StartupException if a member has, too.
     */
    public boolean isOfProxy() {
        if (!Files.isDirectory(storage.proxyDir())) {
            return false;
        }
        if (hasMember()) {
            throw new StartupException("invalid datadir. Both member and proxy directories exist.");
        }
        return true;
    }

    /**
     * Whether the member is known already: a log is there that tells what it has agreed to. One
     * that a crash cut short before that is of a first start that is to be done again.
     */
    public boolean hasMember() {
        if (!Files.isDirectory(storage.walDir())) {
            return false;
        }
        try {
            final List<Path> segments = WalScanner.segments(storage.walDir());
            return segments.size() > 1
                    || segments.size() == 1 && WalProbe.knowsCommit(segments.get(0));
        } catch (final UncheckedIOException e) {
            throw cannotAccess(storage.walDir(), e.getCause());
        }
    }

    private static void make(final Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                EnumSet.of(
                                        PosixFilePermission.OWNER_READ,
                                        PosixFilePermission.OWNER_WRITE,
                                        PosixFilePermission.OWNER_EXECUTE)));
            }
        } catch (final FileAlreadyExistsException e) {
            throw new StartupException(
                    "cannot access data directory: mkdir " + e.getFile() + ": not a directory", e);
        } catch (final IOException e) {
            throw cannotAccess(directory, e);
        }
        checkWritable(directory);
    }

    private static void checkWritable(final Path directory) {
        if (!Files.isWritable(directory)) {
            throw new StartupException(
                    "cannot access data directory: open " + directory + ": permission denied");
        }
    }

    private static StartupException cannotAccess(final Path directory, final IOException e) {
        final String why =
                e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
        return new StartupException(
                "cannot access data directory: open " + directory + ": " + why, e);
    }
}
