package io.larch.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.BufferUtil;

/** The real file system. Directories are for their owner alone (0700), and so are files (0600). */
public final class LocalDirectory implements Directory {
    private static final String LOCK_NAME = "lock";
    private static final Set<PosixFilePermission> FILE_PERMISSIONS =
            PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY_PERMISSIONS =
            PosixFilePermissions.fromString("rwx------");

    private final Path directory;

    public LocalDirectory(final Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    @Override
    public void prepare() throws IOException {
        createDirectories(directory);
    }

    @Override
    public Closeable lock() throws IOException {
        final FileChannel channel =
                FileChannel.open(
                        directory.resolve(LOCK_NAME),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        fileAttributes());
        try {
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new DirectoryLockedException(
                        "data directory is in use by another process: " + directory);
            }
            // Closing the channel frees the lock.
            return channel;
        } catch (final OverlappingFileLockException e) {
            channel.close();
            throw new DirectoryLockedException(
                    "data directory is already open in this process: " + directory);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .sorted()
                    .collect(Collectors.toList());
        } catch (final UncheckedIOException e) {
            // An error in the midst of it.
            throw e.getCause();
        }
    }

    @Override
    public DiskFile create(final String name) throws IOException {
        return new ChannelFile(
                FileChannel.open(
                        directory.resolve(name),
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        fileAttributes()));
    }

    @Override
    public DiskFile open(final String name) throws IOException {
        return new ChannelFile(
                FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    @Override
    public void rename(final String from, final String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public boolean link(final Directory from, final String name) throws IOException {
        if (!(from instanceof LocalDirectory local)) {
            return false;
        }
        final Path link = directory.resolve(name);
        final Path file = local.directory.resolve(name);
        try {
            Files.createLink(link, file);
            return true;
        } catch (final FileAlreadyExistsException e) {
            return Files.isSameFile(link, file);
        } catch (final NoSuchFileException e) {
            throw e;
        } catch (final FileSystemException | UnsupportedOperationException e) {
            // Of another file system, or of one that has no such names: a copy tells what is wrong.
            return false;
        }
    }

    @Override
    public boolean isLinked(final String name) throws IOException {
        try {
            final Object names = Files.getAttribute(directory.resolve(name), "unix:nlink");
            return ((Number) names).longValue() > 1;
        } catch (final UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public long modifiedMs(final String name) throws IOException {
        return Files.getLastModifiedTime(directory.resolve(name)).toMillis();
    }

    @Override
    public void delete(final String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        syncDirectory(directory);
    }

    @Override
    public long usableBytes() throws IOException {
        // Not by Files.getFileStore: that looks for a mount point, and a changed root has none.
        final long usable = directory.toFile().getUsableSpace();
        if (usable == 0 && !Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        return usable;
    }

    @Override
    public boolean isNoRoom(final IOException e, final String name) {
        return e instanceof NoRoomException || LackOfRoom.isReasonOf(e, directory.resolve(name));
    }

    @Override
    public String describe() {
        return directory.toString();
    }

    /** Creates what is missing of a path and makes each new name durable. */
    private static void createDirectories(final Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        final Path parent = path.getParent();
        createDirectories(parent);
        Files.createDirectory(path, attributes(DIRECTORY_PERMISSIONS));
        syncDirectory(parent);
    }

    private static void syncDirectory(final Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] fileAttributes() {
        return attributes(FILE_PERMISSIONS);
    }

    private static FileAttribute<?>[] attributes(final Set<PosixFilePermission> permissions) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    private static final class ChannelFile implements DiskFile {
        private final FileChannel channel;

        ChannelFile(final FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public int write(final ByteBuffer source, final long position) throws IOException {
            return channel.write(source, position);
        }

        @Override
        public int read(final ByteBuffer target, final long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public void force(final boolean metadata) throws IOException {
            channel.force(metadata);
        }

        @Override
        public ByteBuffer map(final boolean writable, final int length) throws IOException {
            return channel.map(
                    writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY,
                    0,
                    length);
        }

        @Override
        public void force(final ByteBuffer mapping, final int offset, final int length) {
            ((MappedByteBuffer) mapping).force(offset, length);
        }

        @Override
        public void unmap(final ByteBuffer mapping) {
            BufferUtil.free(mapping);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
