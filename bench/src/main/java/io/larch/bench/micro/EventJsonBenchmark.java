package io.larch.bench.micro;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandType;
import io.larch.engine.keys.Store;
import io.larch.engine.keys.StoreContext;
import io.larch.http.keys.KeysCodec;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
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

/** Printing the event of a set over an existing key: node and previous node, a value each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EventJsonBenchmark {
    /** Bytes of the value. */
    @Param({"16", "1024"})
    public int valueLength;

    private final ByteWriter out = new ByteWriter();
    private final KeysCodec codec = new KeysCodec(new JsonWriter(out));
    private final Result result = new Result();
    private Store store;

    /** Make the event. */
    @Setup(Level.Trial)
    public void makeEvent() {
        final BenchCommand set = new BenchCommand(CommandType.SET, valueLength);
        store = new Store(new StoreContext().maxNodes(1000).conclude(), new NoWatches());
        store.apply(set.withKey(1), result);
        store.apply(set.withKey(1), result);
    }

    /** Give the memory back. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** One reply's body. */
    @Benchmark
    public int print() {
        out.clear();
        codec.print(result.event(), result.eventOffset());
        return out.length();
    }
}
