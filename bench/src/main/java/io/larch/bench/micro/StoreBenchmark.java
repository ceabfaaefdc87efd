package io.larch.bench.micro;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandType;
import io.larch.engine.keys.Store;
import io.larch.engine.keys.StoreContext;
import java.util.concurrent.TimeUnit;
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
 * The key tree without anything around it: set over existing keys, and get, spread over the whole
 * tree.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoreBenchmark {
    /** An odd step visits all keys, in an order no cache likes. */
    private static final int STEP = 514_229;

    /** Keys in the tree. */
    @Param({"10000", "1000000"})
    public int keys;

    private final BenchCommand set = new BenchCommand(CommandType.SET, 128);
    private final BenchCommand get = new BenchCommand(CommandType.GET, 0);
    private final Result result = new Result();
    private Store store;
    private int next;

    /** Fill the tree. */
    @Setup(Level.Trial)
    public void fill() {
        store =
                new Store(
                        new StoreContext().maxNodes(2L * keys + 1000).conclude(), new NoWatches());
        for (int i = 0; i < keys; i++) {
            store.apply(set.withKey(i), result);
        }
    }

    /** Give the memory back. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** Replace a value; makes an event with the previous one. */
    @Benchmark
    public boolean set() {
        store.apply(set.withKey(nextKey()), result);
        return result.isOk();
    }

    /** Read a value. */
    @Benchmark
    public boolean get() {
        store.get(get.withKey(nextKey()), BenchCommand.nowNs(), result);
        return result.isOk();
    }

    private int nextKey() {
        next = (int) ((next + (long) STEP) % keys);
        return next;
    }
}
