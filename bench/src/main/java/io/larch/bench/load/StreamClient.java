package io.larch.bench.load;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;

/** Many {@link StreamConnection}s, driven by one thread. */
final class StreamClient implements AutoCloseable {
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    /**
     * What a run's last answers are waited for; a server that is behind by more does not keep up.
     */
    static final long LAST_ANSWERS_NS = TimeUnit.SECONDS.toNanos(10);

    private final List<StreamConnection> connections = new ArrayList<>();
    private final URI url;
    private final Selector selector;

    StreamClient(final URI url) throws IOException {
        this.url = url;
        selector = Selector.open();
    }

    StreamConnection connect() throws IOException {
        final StreamConnection connection = new StreamConnection(url, selector);
        connections.add(connection);
        return connection;
    }

    /** Begins a call, and waits until the connection takes it. */
    CallStream open(
            final StreamConnection connection,
            final String method,
            final CallStream.Listener listener)
            throws IOException {
        CallStream call = connection.open(method, listener);
        while (call == null) {
            poll(System.nanoTime() + PARK_NS);
            call = connection.open(method, listener);
        }
        return call;
    }

    /** Sends a message of a call, and waits until the server takes it. */
    void send(final CallStream call, final DirectBuffer message, final int length)
            throws IOException {
        while (!call.send(message, length)) {
            poll(System.nanoTime() + PARK_NS);
        }
    }

    /** Makes a call of one message, and waits until the server takes it. */
    void call(
            final StreamConnection connection,
            final String method,
            final DirectBuffer message,
            final int length,
            final CallStream.Listener listener)
            throws IOException {
        final CallStream call = open(connection, method, listener);
        while (!call.sendLast(message, length)) {
            poll(System.nanoTime() + PARK_NS);
        }
    }

    /**
     * Writes what waits and reads what has arrived; when there is nothing waits, but not longer
     * than to a time of the clock.
     */
    void poll(final long untilNs) throws IOException {
        for (final StreamConnection connection : connections) {
            connection.flush();
        }
        // A select counts in milliseconds: too coarse for what is due sooner.
        final long waitMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime()) - 1;
        final int ready = waitMs > 0 ? selector.select(waitMs) : selector.selectNow();
        if (ready > 0) {
            for (final SelectionKey key : selector.selectedKeys()) {
                ((StreamConnection) key.attachment()).onReady();
            }
            selector.selectedKeys().clear();
        } else if (waitMs <= 0 && untilNs - System.nanoTime() > 0) {
            LockSupport.parkNanos(PARK_NS);
        }
    }

    /** Goes on until something is so, for a minute at most. Returns whether it is. */
    boolean await(final BooleanSupplier condition) throws IOException {
        return await(condition, LIMIT_NS);
    }

    /** Goes on until something is so, for so long at most. Returns whether it is. */
    boolean await(final BooleanSupplier condition, final long limitNs) throws IOException {
        final long deadlineNs = System.nanoTime() + limitNs;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            poll(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        for (final StreamConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
