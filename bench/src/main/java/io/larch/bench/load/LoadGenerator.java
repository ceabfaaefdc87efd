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
import java.util.function.IntFunction;
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

    private static final int CHILDREN = 100;

    /** Beyond the number of any connection. */
    private static final int CONTENDED_KEY = 99_999_999;

    private final LoadContext context;
    private final Selector selector;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final ArrayDeque<LoadConnection> idle;
    private final Random random = new Random(42);
    private Histogram histogram;
    private Timeline timeline;
    private long counted;
    private long errors;
    private int inFlight;

    LoadGenerator(final LoadContext context) throws IOException {
        this.context = context;
        selector = Selector.open();
        idle = new ArrayDeque<>(context.connections());
        begin();
    }

    /** Writes every key once, if they are needed, so that reads find them. */
    @Override
    public void prepare() throws IOException {
        final LoadContext.Operation operation = context.operation();
        if (!operation.needsKeys() || context.areKeysWritten()) {
            return;
        }
        begin();
        if (operation == LoadContext.Operation.RECURSIVE_GET) {
            final RequestTemplate child = RequestTemplate.putChild(context);
            connect(i -> new HttpExchange(child));
            sendOnce(CHILDREN, 1);
        } else if (operation.isV3()) {
            connect(exchanges(LoadContext.Operation.V3_FILL));
            sendOnce(context.keys(), GrpcTemplate.keysOfFill(context.valueSize()));
        } else {
            connect(exchanges(LoadContext.Operation.PUT));
            sendOnce(context.keys(), 1);
        }
        disconnect();
        if (errors > 0) {
            throw new IOException(errors + " of the writes of keys were refused");
        }
    }

    @Override
    public List<LoadResult> run(final double seconds) throws IOException {
        connect(exchanges(context.operation()));
        begin();
        final long cpuStart = ServerCpu.ticks(context.pids());
        final long startNs = System.nanoTime();
        timeline = new Timeline(startNs);
        if (context.operation() == LoadContext.Operation.FILL) {
            sendOnce(context.keys(), 1);
        } else if (context.rate() == 0) {
            runClosed(startNs, (long) (1e9 * seconds));
        } else {
            runOpen(startNs, Math.max(1, (long) (context.rate() * seconds)));
        }
        final long elapsedNs = System.nanoTime() - startNs;
        final double cpuSeconds = ServerCpu.seconds(ServerCpu.ticks(context.pids()) - cpuStart);
        disconnect();
        return List.of(
                new LoadResult("", histogram, counted, errors, elapsedNs, cpuSeconds, timeline));
    }

    private void begin() {
        histogram = new Histogram(HIGHEST_NS, 3);
        timeline = new Timeline(System.nanoTime());
        errors = 0;
        counted = 0;
    }

    private void sendOnce(final int keys, final int step) throws IOException {
        int next = 0;
        while (next < keys || inFlight > 0) {
            while (next < keys && !idle.isEmpty()) {
                send(idle.poll(), next, System.nanoTime());
                next += step;
            }
            selector.select(1000);
            receive();
        }
    }

    private void runClosed(final long startNs, final long durationNs) throws IOException {
        long left = context.requests();
        while (System.nanoTime() - startNs < durationNs && left > 0) {
            while (!idle.isEmpty() && left > 0) {
                send(idle.poll(), random.nextInt(context.keys()), System.nanoTime());
                left--;
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
                final long nowNs = System.nanoTime();
                final long latencyNs = Math.min(HIGHEST_NS, nowNs - connection.dueNs());
                histogram.recordValue(latencyNs);
                timeline.record(nowNs, latencyNs);
                if (connection.hasFailed()) {
                    errors++;
                } else if (connection.isCounted()) {
                    counted++;
                }
                inFlight--;
                idle.add(connection);
            }
        }
        selector.selectedKeys().clear();
    }

    /** The exchange of each connection; they are numbered from 0 on. */
    private void connect(final IntFunction<Exchange> exchanges) throws IOException {
        for (int i = 0; i < context.connections(); i++) {
            final LoadConnection connection =
                    new LoadConnection(context.url(), selector, exchanges.apply(i));
            connections.add(connection);
            idle.add(connection);
        }
    }

    private IntFunction<Exchange> exchanges(final LoadContext.Operation operation) {
        if (operation.isV3()) {
            final GrpcTemplate template = new GrpcTemplate(context, operation);
            return i -> new GrpcExchange(template);
        }
        return switch (operation) {
            case GET -> http(RequestTemplate.get(context));
            case QUORUM_GET -> http(RequestTemplate.quorumGet(context));
            case RECURSIVE_GET -> http(RequestTemplate.recursiveGet(context));
            case POST -> http(RequestTemplate.post(context));
            case MIX -> mix(RequestTemplate.get(context), RequestTemplate.put(context));
            case CAS -> compareAndSwap(false);
            case CONTENDED_CAS -> compareAndSwap(true);
            default -> http(RequestTemplate.put(context));
        };
    }

    private static IntFunction<Exchange> http(final RequestTemplate template) {
        return i -> new HttpExchange(template);
    }

    private static IntFunction<Exchange> mix(
            final RequestTemplate read, final RequestTemplate write) {
        return i -> new MixExchange(new HttpExchange(read), new HttpExchange(write), i);
    }

    private IntFunction<Exchange> compareAndSwap(final boolean isContended) {
        final RequestTemplate set = RequestTemplate.putToCompare(context);
        final RequestTemplate swap = RequestTemplate.compareAndSwap(context);
        return i -> new CasExchange(set, swap, isContended ? CONTENDED_KEY : i, isContended);
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

    @Override
    public void close() throws IOException {
        disconnect();
        selector.close();
    }
}
