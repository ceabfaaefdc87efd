package io.larch.transport.tcp;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the wires of connections, and has the few threads that do their handshakes: they come with
 * the first one and go when there are none.
 */
final class Wires implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 256;
    private static final long THREAD_IDLE_SECONDS = 5;

    private final TlsEngines engines;
    private ThreadPoolExecutor executor;

    /**
     * @param engines null: no TLS.
     */
    Wires(final TlsEngines engines) {
        this.engines = engines;
    }

    /** Where a peer is, as its URL says. */
    record Place(String host, int port, boolean isTls) {}

    boolean hasTls() {
        return engines != null;
    }

    /** For a connection that this member has made. */
    Wire dial(final SocketChannel channel, final Place place) {
        return place.isTls()
                ? new TlsWire(
                        channel,
                        () -> engines.dial(place.host(), place.port()),
                        engines,
                        executor(),
                        null)
                : new PlainWire(channel, null);
    }

    /**
     * For a connection that was accepted.
     *
     * @param first what was read of it.
     */
    Wire accept(final SocketChannel channel, final boolean isTls, final ByteBuffer first) {
        return isTls
                ? new TlsWire(channel, engines::accept, engines, executor(), first)
                : new PlainWire(channel, first);
    }

    private ThreadPoolExecutor executor() {
        if (executor == null) {
            executor =
                    new ThreadPoolExecutor(
                            THREADS,
                            THREADS,
                            THREAD_IDLE_SECONDS,
                            TimeUnit.SECONDS,
                            new ArrayBlockingQueue<>(MAX_WAITING),
                            Wires::thread);
            executor.allowCoreThreadTimeOut(true);
        }
        return executor;
    }

    private static Thread thread(final Runnable step) {
        final Thread thread = new Thread(step, "larch-handshake");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        if (executor != null) {
            executor.shutdown();
            executor = null;
        }
    }
}
