package io.larch.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Sends requests to one server over many connections from one thread, and measures each.
 *
 * <p>In the open loop, requests are due by the clock. One that finds no free connection waits, and
 * its latency counts from when it was due: a stall of the server is counted against everyone who
 * had to wait.
 */
final class LoadGenerator implements Workload {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long REPLY_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final LoadContext context;
    private final Selector selector;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final ArrayDeque<LoadConnection> idle;
    private final Random random = new Random(42);
    private Histogram histogram;
    private long errors;
    private int inFlight;

    LoadGenerator(final LoadContext context) throws IOException {
        this.context = context;
        selector = Selector.open();
        idle = new ArrayDeque<>(context.connections());
    }

    /** Writes every key once, if they are needed, so that reads find them. */
    @Override
    public void prepare() throws IOException {
        if (!context.operation().needsKeys() || context.areKeysWritten()) {
            return;
        }
        final boolean isV3 = context.operation().isV3();
        final int step = isV3 ? GrpcTemplate.keysOfFill(context.valueSize()) : 1;
        connect(isV3 ? LoadContext.Operation.V3_FILL : LoadContext.Operation.PUT);
        histogram = newHistogram();
        int next = 0;
        while (next < context.keys() || inFlight > 0) {
            while (next < context.keys() && !idle.isEmpty()) {
                send(idle.poll(), next, System.nanoTime());
                next += step;
            }
            selector.select(1000);
            receive();
        }
        disconnect();
        if (errors > 0) {
            throw new IOException(errors + " of the writes of keys were refused");
        }
    }

    @Override
    public List<LoadResult> run(final int seconds) throws IOException {
        connect(context.operation());
        histogram = newHistogram();
        errors = 0;
        final long cpuStart = ServerCpu.ticks(context.pids());
        final long startNs = System.nanoTime();
        if (context.rate() == 0) {
            runClosed(startNs, TimeUnit.SECONDS.toNanos(seconds));
        } else {
            runOpen(startNs, (long) context.rate() * seconds);
        }
        final long elapsedNs = System.nanoTime() - startNs;
        final double cpuSeconds = ServerCpu.seconds(ServerCpu.ticks(context.pids()) - cpuStart);
        disconnect();
        return List.of(new LoadResult(histogram, errors, elapsedNs, cpuSeconds));
    }

    private void runClosed(final long startNs, final long durationNs) throws IOException {
        while (System.nanoTime() - startNs < durationNs) {
            while (!idle.isEmpty()) {
                send(idle.poll(), random.nextInt(context.keys()), System.nanoTime());
            }
            selector.select(1000);
            receive();
        }
        drain();
    }

    private void runOpen(final long startNs, final long count) throws IOException {
        final double intervalNs = 1e9 / context.rate();
        long next = 0;
        while (next < count) {
            final long dueNs = startNs + (long) (next * intervalNs);
            if (!idle.isEmpty() && System.nanoTime() - dueNs >= 0) {
                send(idle.poll(), random.nextInt(context.keys()), dueNs);
                next++;
            } else if (selector.selectNow() > 0) {
                receive();
            } else {
                // A select with a time-out counts in milliseconds, too coarse for a request due
                // sooner.
                LockSupport.parkNanos(PARK_NS);
            }
        }
        drain();
    }

    private void drain() throws IOException {
        final long deadlineNs = System.nanoTime() + REPLY_LIMIT_NS;
        while (inFlight > 0) {
            if (System.nanoTime() - deadlineNs > 0) {
                errors += inFlight;
                return;
            }
            selector.select(1000);
            receive();
        }
    }

    private void send(final LoadConnection connection, final int key, final long dueNs)
            throws IOException {
        connection.send(key, dueNs);
        inFlight++;
    }

    private void receive() throws IOException {
        for (final SelectionKey key : selector.selectedKeys()) {
            final LoadConnection connection = (LoadConnection) key.attachment();
            if (connection.onReady()) {
                histogram.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - connection.dueNs()));
                if (connection.hasFailed()) {
                    errors++;
                }
                inFlight--;
                idle.add(connection);
            }
        }
        selector.selectedKeys().clear();
    }

    private void connect(final LoadContext.Operation operation) throws IOException {
        final Supplier<Exchange> exchanges = exchanges(operation);
        for (int i = 0; i < context.connections(); i++) {
            final LoadConnection connection =
                    new LoadConnection(context.url(), selector, exchanges.get());
            connections.add(connection);
            idle.add(connection);
        }
    }

    private Supplier<Exchange> exchanges(final LoadContext.Operation operation) {
        if (operation.isV3()) {
            final GrpcTemplate template = new GrpcTemplate(context, operation);
            return () -> new GrpcExchange(template);
        }
        final RequestTemplate template = new RequestTemplate(context, operation);
        return () -> new HttpExchange(template);
    }

    private void disconnect() throws IOException {
        for (final LoadConnection connection : connections) {
            connection.close();
        }
        selector.selectNow();
        connections.clear();
        idle.clear();
        inFlight = 0;
    }

    private static Histogram newHistogram() {
        return new Histogram(HIGHEST_NS, 3);
    }

    @Override
    public void close() throws IOException {
        disconnect();
        selector.close();
    }
}
