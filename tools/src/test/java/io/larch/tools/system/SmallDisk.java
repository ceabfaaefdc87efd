package io.larch.tools.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of a few megabytes that can be filled without filling the machine's: a tmpfs that
 * only the processes see that are started behind {@link #launcher()}. It lives as long as this
 * object, whatever becomes of those processes.
 */
public final class SmallDisk implements AutoCloseable {
    private static final String BALLAST = "ballast";
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    private final Process holder;
    private final Path path;

    private SmallDisk(final Process holder, final Path path) {
        this.holder = holder;
        this.path = path;
    }

    /**
     * A disk of so many bytes. The test is skipped where the system does not allow it, unless tests
     * must not be skipped here.
     */
    public static SmallDisk ofBytes(final long bytes) throws IOException {
        final Path path = Files.createTempDirectory("larch-disk");
        final List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!IS_ROOT) {
            command.add("--map-root-user");
        }
        command.addAll(
                List.of(
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=$1 tmpfs $0 && echo mounted && exec sleep infinity",
                        path.toString(),
                        Long.toString(bytes)));
        final String said;
        final Process holder;
        try {
            holder = new ProcessBuilder(command).redirectErrorStream(true).start();
            said =
                    new BufferedReader(
                                    new InputStreamReader(
                                            holder.getInputStream(), StandardCharsets.UTF_8))
                            .readLine();
        } catch (final IOException e) {
            Files.delete(path);
            return unavailable(e.getMessage());
        }
        if (!"mounted".equals(said)) {
            holder.destroyForcibly();
            Files.delete(path);
            return unavailable(said);
        }
        return new SmallDisk(holder, path);
    }

    private static SmallDisk unavailable(final String why) throws IOException {
        assumeTrue(Servers.arePeersRequired(), "needs a file system of its own: " + why);
        throw new IOException("no file system of its own for this test: " + why);
    }

    /** The words in front of a command that is to see the disk. It keeps its process identifier. */
    public List<String> launcher() {
        final List<String> launcher =
                new ArrayList<>(
                        List.of("nsenter", "--target", Long.toString(holder.pid()), "--mount"));
        if (!IS_ROOT) {
            launcher.addAll(List.of("--user", "--preserve-credentials"));
        }
        return launcher;
    }

    /** Where the disk is for the processes that see it. */
    public Path path() {
        return path;
    }

    /** Where the disk is for everybody else. */
    private Path view() {
        return Path.of("/proc/" + holder.pid() + "/root").resolve(path.toString().substring(1));
    }

    /** Take room away until so many bytes are left. */
    public void fillUpTo(final long bytesLeft) throws IOException {
        final byte[] block = new byte[64 * 1024];
        try (RandomAccessFile ballast =
                new RandomAccessFile(view().resolve(BALLAST).toFile(), "rw")) {
            ballast.seek(ballast.length());
            while (Files.getFileStore(view()).getUsableSpace() >= bytesLeft + block.length) {
                ballast.write(block);
            }
        }
    }

    /** Give the room back that was taken. */
    public void clear() throws IOException {
        Files.delete(view().resolve(BALLAST));
    }

    @Override
    public void close() throws IOException {
        holder.destroyForcibly();
        try {
            if (!holder.waitFor(30, TimeUnit.SECONDS)) {
                throw new IOException("process " + holder.pid() + " does not end");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(path);
    }
}
