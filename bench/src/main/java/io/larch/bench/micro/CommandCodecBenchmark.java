package io.larch.bench.micro;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding a command, and checking and reading one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CommandCodecBenchmark {
    private final BenchCommand command = new BenchCommand(CommandType.SET, 128);
    private final KeysCommand reader = new KeysCommand();
    private final int length = command.encode(0);
    private int next;

    /** Header, path and value into a buffer. */
    @Benchmark
    public int encode() {
        return command.encode(next++ & 0xffff);
    }

    /** The check that bytes from elsewhere need, and each fixed field. */
    @Benchmark
    public long decode() {
        if (!KeysCommand.isWellFormed(command.buffer(), 0, length)) {
            throw new IllegalStateException();
        }
        reader.wrap(command.buffer(), 0);
        return reader.correlationId()
                + reader.expirationNanos()
                + reader.valueOffset()
                + reader.type().code();
    }
}
