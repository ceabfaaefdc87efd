package io.larch.bench.micro;

import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
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
 * Deletion of many v3 keys in one revision, which no other work comes in between of: of a range,
 * and of the keys of a lease. They were put in no order that a cache likes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 20)
@Fork(1)
public class DeletionBenchmark {
    private static final int VALUE_LENGTH = 100;

    /** Deleted at once. */
    @Param("100000")
    public int keys;

    private final KeyRange all = new KeyRange().all();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
    private final KeyVersion previous = new KeyVersion();
    private MvccStore store;
    private byte[][] sorted;
    private byte[][] shuffled;

    /** Make the keys. */
    @Setup(Level.Trial)
    public void prepare() {
        store = new MvccStore();
        sorted = new byte[keys][];
        for (int i = 0; i < keys; i++) {
            sorted[i] = String.format("registry/%08d", i * 7).getBytes(StandardCharsets.US_ASCII);
        }
        shuffled = sorted.clone();
        Collections.shuffle(Arrays.asList(shuffled), new Random(1));
    }

    /** Put them. */
    @Setup(Level.Invocation)
    public void fill() {
        final UnsafeBuffer key = new UnsafeBuffer(0, 0);
        for (final byte[] each : shuffled) {
            key.wrap(each);
            store.begin();
            store.put(key, 0, each.length, value, 0, VALUE_LENGTH, 0, previous);
            store.commit();
        }
    }

    /** Forget what was deleted. */
    @TearDown(Level.Invocation)
    public void compact() {
        store.compact(store.revision());
        while (store.compactSome(1 << 16)) {
            // There is more.
        }
    }

    /** Give the memory back. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** A range of them. */
    @Benchmark
    public long range() {
        store.begin();
        store.deleteRange(all, null);
        return store.commit();
    }

    /** Each by its name, sorted. */
    @Benchmark
    public long byName() {
        store.begin();
        store.deleteAll(sorted);
        return store.commit();
    }
}
