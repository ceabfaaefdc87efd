package io.larch.bench.micro;

import io.larch.engine.codec.CommandType;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.wal.AppendPath;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The write-ahead log on the disk that holds the directory of the system property {@code
 * larch.bench.dir} (the working directory by default): a batch of entries and one sync, as the
 * engine's loop does it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WalAppendBenchmark {
    private static final int COMPACT_EVERY = 100_000;

    /** Entries a sync covers. */
    @Param({"1", "32"})
    public int batch;

    /** How bytes get into the file. */
    @Param public AppendPath appendPath;

    private final BenchCommand command = new BenchCommand(CommandType.SET, 128);
    private final int length = command.encode(0);
    private Path directory;
    private WriteAheadLog wal;
    private long compactAt = COMPACT_EVERY;

    /** Open a new log. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory =
                Files.createTempDirectory(
                        Path.of(System.getProperty("larch.bench.dir", "")).toAbsolutePath(), "wal");
        wal =
                WriteAheadLog.open(
                        new WalContext()
                                .directory(directory.resolve("wal"))
                                .appendPath(appendPath));
    }

    /** Close and remove the log. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        wal.close();
        try (Stream<Path> paths = Files.walk(directory)) {
            final List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (final Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }

    /** Append a batch and make it durable. */
    @Benchmark
    public long appendAndSync() {
        final long last = append();
        wal.sync();
        return last;
    }

    /** Append a batch and hand it to the system. */
    @Benchmark
    public long appendAndFlush() {
        final long last = append();
        wal.flush();
        return last;
    }

    private long append() {
        long last = 0;
        for (int i = 0; i < batch; i++) {
            last = wal.append(1, EntryKind.COMMAND, command.buffer(), 0, length);
        }
        if (last >= compactAt) {
            // As after a snapshot: segments are used again, so the disk does not fill.
            wal.compact(last - 1);
            compactAt = last + COMPACT_EVERY;
        }
        return last;
    }
}
