package io.larch.bench.load;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Leases that are kept alive over streams by the clock, one after the other. A lease whose turn
 * comes before its last keepalive was answered waits, and so do those behind it; their latency
 * counts from when each was due. A run ends after twice its time; what could not be sent until then
 * are errors.
 */
final class LeaseKeepAlives implements Workload {
    /** Nobody's expires during a run. */
    private static final int TTL_SECONDS = 600;

    private static final int MAX_CALLS_UNDER_WAY = 64;
    private static final int TTL_OF_GRANT = 1;
    private static final int ID_OF_GRANT = 2;
    private static final int ID_OF_OTHERS = 1;
    private static final int ID_OF_ANSWER = 2;
    private static final int TTL_OF_ANSWER = 3;

    private final ExpandableArrayBuffer request = new ExpandableArrayBuffer();
    private final ProtoReader reader = new ProtoReader();
    private final List<StreamConnection> connections = new ArrayList<>();
    private final List<CallStream> streams = new ArrayList<>();
    private final LoadContext context;
    private final StreamClient client;
    private final KeepAliveTally tally;

    /** The others follow. Another one in each run, beside which nobody else has leases here. */
    private final long firstId = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 62);

    private int granted;
    private int callsUnderWay;
    private int refused;
    private int next;

    LeaseKeepAlives(final LoadContext context) throws IOException {
        this.context = context;
        client = new StreamClient(context.url());
        tally = new KeepAliveTally(context.leases());
    }

    @Override
    public void prepare() throws IOException {
        for (int i = 0; i < context.connections(); i++) {
            connections.add(client.connect());
        }
        while (granted < context.leases()) {
            int end = ProtoWriter.number(request, 0, TTL_OF_GRANT, TTL_SECONDS);
            end = ProtoWriter.number(request, end, ID_OF_GRANT, firstId + granted);
            call("Lease/LeaseGrant", end);
            granted++;
        }
        finishCalls();
        for (int i = 0; i < context.streams(); i++) {
            final StreamConnection connection = connections.get(i % connections.size());
            streams.add(client.open(connection, context.operation().method(), new Answers()));
        }
    }

    private void call(final String method, final int length) throws IOException {
        client.await(() -> callsUnderWay < MAX_CALLS_UNDER_WAY);
        callsUnderWay++;
        client.call(
                connections.get(granted % connections.size()),
                method,
                request,
                length,
                new UnaryCall());
    }

    private void finishCalls() throws IOException {
        client.await(() -> callsUnderWay == 0);
        if (callsUnderWay + refused > 0) {
            throw new IOException(callsUnderWay + refused + " requests for leases failed");
        }
    }

    @Override
    public List<LoadResult> run(final double seconds) throws IOException {
        tally.begin();
        final long cpuStart = ServerCpu.ticks(context.pids());
        final long startNs = System.nanoTime();
        final double intervalNs = 1e9 / context.rate();
        final long count = Math.max(1, (long) (context.rate() * seconds));
        long sent = 0;
        final long durationNs = (long) (1e9 * seconds);
        while (sent < count && System.nanoTime() - startNs < 2 * durationNs) {
            final long dueNs = startNs + (long) (sent * intervalNs);
            if (System.nanoTime() - dueNs >= 0 && send(next, dueNs)) {
                next = (next + 1) % context.leases();
                sent++;
            } else {
                client.poll(dueNs);
            }
        }
        client.await(tally::isComplete, StreamClient.LAST_ANSWERS_NS);
        final long elapsedNs = System.nanoTime() - startNs;
        final double cpuSeconds = ServerCpu.seconds(ServerCpu.ticks(context.pids()) - cpuStart);
        final long unsent = count - sent;
        return List.of(
                new LoadResult(tally.histogram(), tally.errors() + unsent, elapsedNs, cpuSeconds));
    }

    private boolean send(final int lease, final long dueNs) {
        if (tally.isUnderWay(lease)) {
            return false;
        }
        final int end = ProtoWriter.number(request, 0, ID_OF_OTHERS, firstId + lease);
        if (!streams.get(lease % streams.size()).send(request, end)) {
            return false;
        }
        tally.sent(lease, dueNs);
        return true;
    }

    /** A grant or a revocation. */
    private final class UnaryCall implements CallStream.Listener {
        @Override
        public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
            // The id is known.
        }

        @Override
        public void onEnd(final boolean isRight) {
            callsUnderWay--;
            if (!isRight) {
                refused++;
            }
        }
    }

    /** The answers of one stream. */
    private final class Answers implements CallStream.Listener {
        @Override
        public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
            long id = 0;
            long ttl = 0;
            reader.wrap(buffer, offset, length);
            while (reader.next()) {
                if (reader.field() == ID_OF_ANSWER) {
                    id = reader.number();
                } else if (reader.field() == TTL_OF_ANSWER) {
                    ttl = reader.number();
                }
            }
            tally.onAnswer(id - firstId, ttl, System.nanoTime());
        }

        @Override
        public void onEnd(final boolean isRight) {
            throw new IllegalStateException("the server ended a stream of keepalives");
        }
    }

    /** The leases are given back. */
    @Override
    public void close() throws IOException {
        try (client) {
            while (granted > 0) {
                granted--;
                call(
                        "Lease/LeaseRevoke",
                        ProtoWriter.number(request, 0, ID_OF_OTHERS, firstId + granted));
            }
            finishCalls();
        }
    }
}
