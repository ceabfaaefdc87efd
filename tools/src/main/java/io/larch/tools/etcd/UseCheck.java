package io.larch.tools.etcd;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether somebody has locked a file, as an etcd that runs has its log: etcd 2 by {@code flock}, of
 * which only the system's list tells; etcd 3 by a lock of an open file, which keeps off one of
 * ours, too. Leaves nothing locked.
 */
final class UseCheck {
    private static final Path LOCKS = Path.of("/proc/locks");

    private UseCheck() {}

    static boolean isLocked(final Path file) throws IOException {
        return keepsOff(file) || isListed(file);
    }

    private static boolean keepsOff(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (final OverlappingFileLockException e) {
            return true;
        }
    }

    /** A line: {@code 1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0 EOF}. */
    private static boolean isListed(final Path file) throws IOException {
        if (!Files.isReadable(LOCKS)) {
            return false;
        }
        final long device = (Long) Files.getAttribute(file, "unix:dev");
        final Object inode = Files.getAttribute(file, "unix:ino");
        final long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
        final long minor = device & 0xff | device >>> 12 & ~0xffL;
        final Pattern line =
                Pattern.compile(
                        ".* FLOCK .* 0*%x:0*%x:%s .*".formatted(major, minor & 0xffffffffL, inode));
        try (Stream<String> lines = Files.lines(LOCKS)) {
            return lines.anyMatch(text -> line.matcher(text).matches());
        }
    }
}
