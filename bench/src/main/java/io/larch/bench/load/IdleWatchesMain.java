package io.larch.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.DirectBuffer;

/**
 * What watches cost that hear of nothing: opens them, each of a key of its own, and prints how much
 * the memory of the server's process has grown. {@code tools/bin/larch-bench} starts it, with the
 * options of the load generator that say where, how many connections, streams and watches, and
 * which process.
 */
public final class IdleWatchesMain {
    private static final LoadContext.Operation OPERATION = LoadContext.Operation.V3_WATCH;

    private int created;

    private IdleWatchesMain() {}

    /** Runs as told by {@code --name=value} arguments; exits with 2 when they are wrong. */
    public static void main(final String[] args) throws IOException {
        final LoadContext context;
        try {
            context = LoadContext.parse(args);
            if (context.pids().length != 1) {
                throw new IllegalArgumentException("--pid must name the server's process");
            }
        } catch (final IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(LoadContext.USAGE);
            System.exit(2);
            return;
        }
        final long pid = context.pids()[0];
        // Classes and buffers that the first watch needs are not what a watch costs.
        openOne(context);
        final ServerMemory before = ServerMemory.afterCollection(pid);
        final ServerMemory opened;
        try (StreamClient client = new StreamClient(context.url())) {
            new IdleWatchesMain()
                    .open(
                            context,
                            client,
                            context.connections(),
                            context.streams(),
                            context.watches());
            opened = ServerMemory.afterCollection(pid);
        }
        // By then the server has seen that the others have gone.
        openOne(context);
        System.out.printf(
                Locale.ROOT,
                "%d watches on %d streams of %d connections%n%s%nstays when they are closed:%n%s%n",
                context.watches(),
                context.streams(),
                context.connections(),
                opened.growthSince(before, context.watches()),
                ServerMemory.afterCollection(pid).growthSince(before, context.watches()));
    }

    private static void openOne(final LoadContext context) throws IOException {
        try (StreamClient client = new StreamClient(context.url())) {
            new IdleWatchesMain().open(context, client, 1, 1, 1);
        }
    }

    private void open(
            final LoadContext context,
            final StreamClient client,
            final int connectionCount,
            final int streamCount,
            final int watchCount)
            throws IOException {
        final List<StreamConnection> connections = new ArrayList<>();
        for (int i = 0; i < connectionCount; i++) {
            connections.add(client.connect());
        }
        final WatchMessage message = new WatchMessage(new Created());
        final List<CallStream> streams = new ArrayList<>();
        for (int i = 0; i < streamCount; i++) {
            streams.add(
                    client.open(
                            connections.get(i % connectionCount),
                            OPERATION.method(),
                            new Stream(message)));
        }
        final WatchRequests requests = new WatchRequests();
        for (int i = 0; i < watchCount; i++) {
            final int length = requests.ofKey(0, String.format(Locale.ROOT, "idle/%08d", i));
            client.send(streams.get(i % streamCount), requests.message(), length);
        }
        if (!client.await(() -> created == watchCount)) {
            throw new IOException(created + " of " + watchCount + " watches were created");
        }
    }

    private record Stream(WatchMessage message) implements CallStream.Listener {
        @Override
        public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
            message.read(buffer, offset, length);
        }

        @Override
        public void onEnd(final boolean isRight) {
            throw new IllegalStateException("the server ended a stream of watches");
        }
    }

    private final class Created implements WatchMessage.Listener {
        @Override
        public void onCreated(final long watchId, final long revision) {
            created++;
        }

        @Override
        public void onCanceled(final long watchId) {
            throw new IllegalStateException("the server refused a watch");
        }

        @Override
        public void onPut(
                final long watchId,
                final long modRevision,
                final DirectBuffer buffer,
                final int valueOffset,
                final int valueLength) {
            final byte[] value = new byte[valueLength];
            buffer.getBytes(valueOffset, value);
            throw new IllegalStateException(
                    "somebody puts what is watched: " + new String(value, StandardCharsets.UTF_8));
        }
    }
}
