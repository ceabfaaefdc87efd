package io.larch.bench.load;

import io.larch.engine.codec.kv.ProtoWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Many watches of one prefix, and one writer that puts keys of it by the clock. Measured is how
 * long the first and the last watch wait for the event of a put, counted from when it was due.
 */
final class WatchFanOut implements Workload, WatchMessage.Listener {
    private static final String PREFIX = "watched/";
    private static final int KEYS = 100;
    private static final int NUMBER_DIGITS = 8;
    private static final int MAX_PUTS_UNDER_WAY = 1000;
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final ExpandableArrayBuffer put = new ExpandableArrayBuffer();
    private final WatchMessage message = new WatchMessage(this);
    private final LoadContext context;
    private final StreamClient client;
    private final StreamConnection writer;
    private final WatchTally tally;
    private final String filling;
    private Histogram putNs;
    private long nowNs;
    private int created;
    private int putsUnderWay;
    private long errors;

    WatchFanOut(final LoadContext context) throws IOException {
        this.context = context;
        client = new StreamClient(context.url());
        writer = client.connect();
        tally = new WatchTally(context.watches());
        filling = "v".repeat(Math.max(0, context.valueSize() - NUMBER_DIGITS));
    }

    @Override
    public void prepare() throws IOException {
        // That there is something before each put.
        putNs = new Histogram(HIGHEST_NS, 3);
        for (int i = 0; i < KEYS; i++) {
            put(i, 0, System.nanoTime());
            await(() -> putsUnderWay == 0, "a key was not written");
        }
        if (errors > 0) {
            throw new IOException("keys were refused");
        }
        final List<CallStream> streams = openStreams();
        final WatchRequests requests = new WatchRequests();
        final boolean isPrevious = context.operation() == LoadContext.Operation.V3_WATCH_PREVIOUS;
        for (int i = 0; i < context.watches(); i++) {
            // A watch with the id 0 would be given another one.
            final int length = requests.ofPrefix(i + 1, PREFIX, isPrevious);
            client.send(streams.get(i % streams.size()), requests.message(), length);
        }
        await(() -> created == context.watches(), "not all watches were created");
    }

    private List<CallStream> openStreams() throws IOException {
        final List<StreamConnection> connections = new ArrayList<>();
        for (int i = 0; i < context.connections(); i++) {
            connections.add(client.connect());
        }
        final List<CallStream> streams = new ArrayList<>();
        for (int i = 0; i < context.streams(); i++) {
            streams.add(
                    client.open(
                            connections.get(i % connections.size()),
                            context.operation().method(),
                            new Watches()));
        }
        return streams;
    }

    private void await(final BooleanSupplier condition, final String failure) throws IOException {
        if (!client.await(condition)) {
            throw new IOException(failure);
        }
    }

    @Override
    public List<LoadResult> run(final double seconds) throws IOException {
        tally.begin();
        putNs = new Histogram(HIGHEST_NS, 3);
        errors = 0;
        final long cpuStart = ServerCpu.ticks(context.pids());
        final long startNs = System.nanoTime();
        final double intervalNs = 1e9 / context.rate();
        final long count = Math.max(1, (long) (context.rate() * seconds));
        final long durationNs = (long) (1e9 * seconds);
        long next = 0;
        while (next < count && System.nanoTime() - startNs < 2 * durationNs) {
            final long dueNs = startNs + (long) (next * intervalNs);
            if (System.nanoTime() - dueNs >= 0 && putsUnderWay < MAX_PUTS_UNDER_WAY) {
                put((int) (next % KEYS), tally.put(dueNs), dueNs);
                next++;
            } else {
                client.poll(Math.max(dueNs, System.nanoTime() + 1000));
            }
        }
        client.await(() -> tally.isComplete() && putsUnderWay == 0, StreamClient.LAST_ANSWERS_NS);
        final long elapsedNs = System.nanoTime() - startNs;
        final double cpuSeconds = ServerCpu.seconds(ServerCpu.ticks(context.pids()) - cpuStart);
        // What was not answered, and what could not be sent for all that waited.
        errors += putsUnderWay + count - next;
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
                new LoadResult("put", putNs, next, errors, elapsedNs, cpuSeconds, null));
    }

    private void put(final int key, final int number, final long dueNs) throws IOException {
        int end = ProtoWriter.ascii(put, 0, KEY, String.format(Locale.ROOT, "%s%08d", PREFIX, key));
        end =
                ProtoWriter.ascii(
                        put, end, VALUE, String.format(Locale.ROOT, "%08d", number) + filling);
        putsUnderWay++;
        client.call(writer, "KV/Put", put, end, new Put(dueNs));
    }

    /** One put under way. */
    private final class Put implements CallStream.Listener {
        private final long dueNs;

        Put(final long dueNs) {
            this.dueNs = dueNs;
        }

        @Override
        public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
            // What was before is not asked for.
        }

        @Override
        public void onEnd(final boolean isRight) {
            putNs.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - dueNs));
            putsUnderWay--;
            if (!isRight) {
                errors++;
            }
        }
    }

    /** The watches of one stream. */
    private final class Watches implements CallStream.Listener {
        @Override
        public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
            nowNs = System.nanoTime();
            message.read(buffer, offset, length);
        }

        @Override
        public void onEnd(final boolean isRight) {
            throw new IllegalStateException("the server ended a stream of watches");
        }
    }

    @Override
    public void onCreated(final long watchId, final long revision) {
        created++;
        tally.created((int) watchId - 1, revision);
    }

    @Override
    public void onCanceled(final long watchId) {
        throw new IllegalStateException("the server ended a watch");
    }

    @Override
    public void onPut(
            final long watchId,
            final long modRevision,
            final DirectBuffer buffer,
            final int valueOffset,
            final int valueLength) {
        final int number = buffer.parseNaturalIntAscii(valueOffset, NUMBER_DIGITS);
        tally.onEvent((int) watchId - 1, modRevision, number, nowNs);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
