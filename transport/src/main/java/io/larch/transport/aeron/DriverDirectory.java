package io.larch.transport.aeron;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one driver, for this process alone as long as it is open: a lock says so, which
 * ends with the process, so what a killed one left behind is taken over and removed.
 */
final class DriverDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverDirectory.class);
    private static final int NAMES = 16;
    private static final String PREFIX = "larch-";
    private static final String PID_FILE = "pid";

    private final Path directory;
    private final FileChannel lockFile;

    private DriverDirectory(final Path directory, final FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Takes a directory below the one in memory, or beside the data where that is missing, too
     * small or not for us.
     *
     * @throws IOException when neither can be taken.
     */
    static DriverDirectory take(final AeronContext context) throws IOException {
        final int port =
                context.listenAddresses().isEmpty() ? 0 : context.listenAddresses().get(0).port();
        final String name = name(context.fallbackDirectory(), port);
        final long neededBytes = neededBytes(context);
        final Path preferred = context.aeronDirectory();
        final String hindrance = hindrance(preferred, neededBytes);
        if (hindrance == null) {
            removeLeftovers(preferred);
            final DriverDirectory taken = takeBelow(preferred, name);
            if (taken != null) {
                return taken;
            }
        }
        LOG.warn(
                "peer messages are buffered in {}, which is slower: {} {}",
                context.fallbackDirectory(),
                preferred,
                hindrance == null ? "cannot be written" : hindrance);
        Files.createDirectories(context.fallbackDirectory());
        final DriverDirectory taken = takeBelow(context.fallbackDirectory(), name);
        if (taken == null) {
            throw new IOException("cannot write to " + context.fallbackDirectory());
        }
        return taken;
    }

    /** What the streams to and from six peers may take, and what the driver takes itself. */
    private static long neededBytes(final AeronContext context) {
        final long terms = (long) context.controlTermLength() + context.appendTermLength();
        return 6L * 2 * 3 * terms + (16L << 20);
    }

    private static String hindrance(final Path directory, final long neededBytes) {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            return "cannot be written";
        }
        final long usable = directory.toFile().getUsableSpace();
        return usable >= neededBytes
                ? null
                : String.format(
                        Locale.ROOT,
                        "has %d MiB free, %d are needed",
                        usable >> 20,
                        neededBytes >> 20);
    }

    /** The same for every life of a member, and different for the members of a machine. */
    private static String name(final Path data, final int port) {
        final CRC32C hash = new CRC32C();
        hash.update(
                data.toAbsolutePath()
                        .normalize()
                        .toString()
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, PREFIX + "%d-%08x", port, hash.getValue());
    }

    /**
     * Takes the first name that nobody holds: members in containers may share the directory in
     * memory, and think that they have the same path and port.
     */
    private static DriverDirectory takeBelow(final Path parent, final String name) {
        for (int i = 0; i < NAMES; i++) {
            final DriverDirectory taken = tryTake(parent.resolve(i == 0 ? name : name + "-" + i));
            if (taken != null) {
                return taken;
            }
        }
        return null;
    }

    /**
     * Removes what members left behind that were killed and did not come back: memory of the
     * machine that nobody else would free.
     */
    private static void removeLeftovers(final Path parent) {
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (final Path path : paths) {
                if (!isAlive(path)) {
                    final DriverDirectory left = tryTake(path);
                    if (left != null) {
                        left.close();
                    }
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            LOG.debug("cannot look for leftovers in {}", parent, e);
        }
    }

    /**
     * Whether a process runs that may be the owner. Asked before the lock is tried, since a look at
     * a lock of this very process would lose it.
     */
    private static boolean isAlive(final Path directory) {
        try {
            final long pid = Long.parseLong(Files.readString(directory.resolve(PID_FILE)).trim());
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        } catch (final IOException | NumberFormatException e) {
            return true;
        }
    }

    private static DriverDirectory tryTake(final Path directory) {
        FileChannel lockFile = null;
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            final Path lockPath = directory.resolve("lock");
            lockFile =
                    FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = lockFile.tryLock();
            if (lock != null && isOurs(directory, lockPath)) {
                Files.writeString(
                        directory.resolve(PID_FILE), Long.toString(ProcessHandle.current().pid()));
                return new DriverDirectory(directory, lockFile);
            }
        } catch (final IOException | OverlappingFileLockException e) {
            LOG.debug("{} cannot be taken", directory, e);
        }
        closeQuietly(lockFile);
        return null;
    }

    /**
     * Whether the locked file is still the one of this name, and lies in a directory of our own.
     */
    private static boolean isOurs(final Path directory, final Path lockPath) throws IOException {
        try {
            return Files.getOwner(directory).equals(Files.getOwner(lockPath))
                    && !Files.isSymbolicLink(directory);
        } catch (final NoSuchFileException e) {
            return false;
        }
    }

    /** Where the driver's files go. */
    Path driverPath() {
        return directory.resolve("driver");
    }

    @Override
    public void close() {
        IoUtil.delete(driverPath().toFile(), true);
        try {
            Files.deleteIfExists(directory.resolve(PID_FILE));
            Files.deleteIfExists(directory.resolve("lock"));
            Files.deleteIfExists(directory);
        } catch (final IOException e) {
            LOG.warn("{} cannot be removed: {}", directory, e.toString());
        }
        closeQuietly(lockFile);
    }

    private static void closeQuietly(final FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException e) {
            LOG.debug("cannot close a lock file", e);
        }
    }
}
