package io.larch.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Many streams of events of the v2 API, and writers that put keys of what is watched by the clock.
 * Measured is how long the first and the last stream wait for the event of a put, counted from when
 * it was due.
 */
final class StreamFanOut implements Workload {
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);

    private final List<EventStream> streams = new ArrayList<>();
    private final List<LoadConnection> writers = new ArrayList<>();
    private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
    private final LoadContext context;
    private final Selector selector;
    private final WatchTally tally;
    private Histogram putNs = new Histogram(HIGHEST_NS, 3);
    private Timeline timeline = new Timeline(0);
    private long nowNs;
    private long errors;

    StreamFanOut(final LoadContext context) throws IOException {
        this.context = context;
        selector = Selector.open();
        tally = new WatchTally(context.streams());
    }

    @Override
    public void prepare() throws IOException {
        final RequestTemplate put = RequestTemplate.putWatched(context);
        for (int i = 0; i < context.connections(); i++) {
            final LoadConnection writer =
                    new LoadConnection(context.url(), selector, new HttpExchange(put));
            writers.add(writer);
            idle.add(writer);
        }
        for (int i = 0; i < context.streams(); i++) {
            final int watch = i;
            streams.add(
                    new EventStream(
                            context.url(),
                            selector,
                            (index, number) -> tally.onEvent(watch, index, number, nowNs)));
        }
        if (!await(() -> streams.stream().allMatch(EventStream::isOpen), LIMIT_NS)) {
            throw new IOException("not all watches were taken");
        }
    }

    @Override
    public List<LoadResult> run(final double seconds) throws IOException {
        tally.begin();
        putNs = new Histogram(HIGHEST_NS, 3);
        errors = 0;
        final long cpuStart = ServerCpu.ticks(context.pids());
        final long startNs = System.nanoTime();
        timeline = new Timeline(startNs);
        final double intervalNs = 1e9 / context.rate();
        final long count = Math.max(1, (long) (context.rate() * seconds));
        long next = 0;
        while (next < count && System.nanoTime() - startNs < 2e9 * seconds) {
            final long dueNs = startNs + (long) (next * intervalNs);
            if (!idle.isEmpty() && System.nanoTime() - dueNs >= 0) {
                idle.poll().send(tally.put(dueNs), dueNs);
                next++;
            } else {
                poll(dueNs);
            }
        }
        await(
                () -> tally.isComplete() && idle.size() == writers.size(),
                StreamClient.LAST_ANSWERS_NS);
        final long elapsedNs = System.nanoTime() - startNs;
        final double cpuSeconds = ServerCpu.seconds(ServerCpu.ticks(context.pids()) - cpuStart);
        // What was not answered, and what could not be sent for all that waited.
        errors += writers.size() - idle.size() + count - next;
        return List.of(
                new LoadResult(
                        "last",
                        tally.last(),
                        tally.events(),
                        tally.errors(),
                        elapsedNs,
                        cpuSeconds,
                        null),
                new LoadResult("first", tally.first(), next, 0, elapsedNs, cpuSeconds, null),
                new LoadResult("put", putNs, next, errors, elapsedNs, cpuSeconds, timeline));
    }

    private boolean await(final BooleanSupplier condition, final long limitNs) throws IOException {
        final long deadlineNs = System.nanoTime() + limitNs;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            poll(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20));
        }
        return true;
    }

    /** Reads what has arrived; when there is nothing waits, but not longer than to a time. */
    private void poll(final long untilNs) throws IOException {
        // A select counts in milliseconds: too coarse for what is due sooner.
        final long waitMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime()) - 1;
        final int ready = waitMs > 0 ? selector.select(waitMs) : selector.selectNow();
        if (ready > 0) {
            for (final SelectionKey key : selector.selectedKeys()) {
                nowNs = System.nanoTime();
                if (key.attachment() instanceof EventStream stream) {
                    stream.onReady();
                } else {
                    onWriter((LoadConnection) key.attachment());
                }
            }
            selector.selectedKeys().clear();
        } else if (waitMs <= 0 && untilNs - System.nanoTime() > 0) {
            LockSupport.parkNanos(PARK_NS);
        }
    }

    private void onWriter(final LoadConnection writer) throws IOException {
        if (!writer.onReady()) {
            return;
        }
        final long latencyNs = Math.min(HIGHEST_NS, nowNs - writer.dueNs());
        putNs.recordValue(latencyNs);
        timeline.record(nowNs, latencyNs);
        if (writer.hasFailed()) {
            errors++;
        }
        idle.add(writer);
    }

    @Override
    public void close() throws IOException {
        for (final EventStream stream : streams) {
            stream.close();
        }
        for (final LoadConnection writer : writers) {
            writer.close();
        }
        selector.close();
    }
}
