package io.larch.tools.doctor;

import com.sun.management.OperatingSystemMXBean;
import io.larch.tools.client.HttpReply;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.process.FileLimit;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The machine that this process runs on. */
final class ThisMachine implements Machine {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 4_096;
    private static final int MOST_SYNCS = 200;
    private static final long SYNC_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int DISCARD_PORT = 9;

    private final SimpleHttpClient client;

    /**
     * @param tls how https URLs of members are asked; null: as the Java machine does.
     */
    ThisMachine(final SSLContext tls) {
        client = new SimpleHttpClient(PATIENCE, tls);
    }

    @Override
    public Optional<String> read(final String file) {
        // Not by Files.readString: it begins with one byte, and a setting of the kernel's gives all
        // that it has to the first read.
        try (FileInputStream in = new FileInputStream(file)) {
            return Optional.of(
                    new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (final IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Path existing(final Path directory) {
        Path there = directory.toAbsolutePath();
        while (!Files.isDirectory(there)) {
            there = there.getParent();
        }
        try {
            return there.toRealPath();
        } catch (final IOException e) {
            return there;
        }
    }

    @Override
    public long freeBytes(final Path directory) {
        return directory.toFile().getUsableSpace();
    }

    @Override
    public Optional<Inodes> inodes(final Path directory) {
        // Java does not know of them.
        final List<String> command = List.of("stat", "-f", "-c", "%c %d", directory.toString());
        try {
            final Process stat =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            final String output =
                    new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final String[] numbers = output.strip().split(" ");
            return stat.waitFor() == 0
                    ? Optional.of(
                            new Inodes(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])))
                    : Optional.empty();
        } catch (final IOException | NumberFormatException e) {
            return Optional.empty();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public long[] syncNanos(final Path directory) throws IOException {
        final Path file = Files.createTempFile(directory, ".larch-doctor", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // As in a segment of the log, blocks are there before they are written.
            channel.write(ByteBuffer.allocate(BLOCK_BYTES * MOST_SYNCS), 0);
            channel.force(true);
            final long[] nanos = new long[MOST_SYNCS];
            final long begin = System.nanoTime();
            int count = 0;
            while (count < MOST_SYNCS && (count == 0 || System.nanoTime() - begin < SYNC_NANOS)) {
                final long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(BLOCK_BYTES), (long) count * BLOCK_BYTES);
                channel.force(false);
                nanos[count] = System.nanoTime() - start;
                count++;
            }
            final long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return sorted;
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public int openFileLimit() {
        return FileLimit.current();
    }

    @Override
    public long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }

    @Override
    public long heapBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public List<String> cpuGovernors() {
        final List<String> governors = new ArrayList<>();
        try (Stream<Path> cpus = Files.list(Path.of("/sys/devices/system/cpu"))) {
            cpus.map(cpu -> cpu.resolve("cpufreq/scaling_governor").toString())
                    .map(this::read)
                    .forEach(governor -> governor.ifPresent(governors::add));
        } catch (final IOException e) {
            return List.of();
        }
        return governors;
    }

    @Override
    public OptionalInt mtuTowards(final String host) {
        // Sends nothing: the system only looks up the way.
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), DISCARD_PORT));
            final NetworkInterface way =
                    NetworkInterface.getByInetAddress(socket.getLocalAddress());
            return way == null ? OptionalInt.empty() : OptionalInt.of(way.getMTU());
        } catch (final IOException | UncheckedIOException e) {
            return OptionalInt.empty();
        }
    }

    @Override
    public Page page(final String url) throws IOException {
        final long sentMs = System.currentTimeMillis();
        final HttpReply reply;
        try {
            reply = client.get(URI.create(url));
        } catch (final IOException e) {
            throw new IOException(SimpleHttpClient.reason(e), e);
        }
        return new Page(
                reply.status(),
                reply.header("Date"),
                reply.body(),
                sentMs,
                System.currentTimeMillis());
    }
}
