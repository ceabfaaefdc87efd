package io.larch.transport.aeron;

import io.aeron.Aeron;
import io.aeron.RethrowingErrorHandler;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.larch.transport.TransportCounters;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aeron's driver and client, both run by the thread that calls {@link #invoke}. A driver that got
 * no turn for too long is lost: close it and launch another.
 */
final class EmbeddedDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDriver.class);

    /** Only hints come of these: who is really gone is for Raft's own timers to say. */
    private static final long CONNECTION_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long STATUS_MESSAGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TIMER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** For eight thousand counters; the default takes 40 MiB for each member of a machine. */
    private static final int COUNTERS_LENGTH = 1 << 20;

    /** Far enough from 0 for a monotonic clock that is negative. */
    private static final long EPOCH_MS = TimeUnit.DAYS.toMillis(365_000);

    private final MediaDriver driver;
    private final Aeron client;
    private final AgentInvoker driverInvoker;
    private final AgentInvoker clientInvoker;
    private final CountersReader counters;
    private final DriverCounters driverCounters;

    private EmbeddedDriver(final MediaDriver driver, final Aeron client) {
        this.driver = driver;
        this.client = client;
        driverInvoker = driver.sharedAgentInvoker();
        clientInvoker = client.conductorAgentInvoker();
        counters = client.countersReader();
        driverCounters = new DriverCounters(driver.context().systemCounters());
    }

    /**
     * Starts a driver and a client.
     *
     * @param directory taken over: emptied first, removed at the end.
     * @param onError told what the driver reports, on the driving thread.
     */
    static EmbeddedDriver launch(
            final AeronContext context,
            final Path directory,
            final Runnable onReadable,
            final ErrorHandler onError) {
        final MediaDriver driver =
                MediaDriver.launch(driverContext(context, directory, onReadable, onError));
        try {
            return new EmbeddedDriver(
                    driver, Aeron.connect(clientContext(context, driver, onError)));
        } catch (final RuntimeException e) {
            CloseHelper.quietClose(driver);
            throw e;
        }
    }

    private static MediaDriver.Context driverContext(
            final AeronContext context,
            final Path directory,
            final Runnable onReadable,
            final ErrorHandler onError) {
        final MediaDriver.Context driver = new MediaDriver.Context();
        final SocketBuffers buffers = SocketBuffers.granted(context.socketBufferLength());
        if (buffers.receiveLength() < context.windowLength()) {
            LOG.info(
                    "peers may have {} KiB in flight to this member, not {}: see net.core.rmem_max",
                    buffers.receiveLength() >> 10,
                    context.windowLength() >> 10);
        }
        driver.aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(ThreadingMode.INVOKER)
                .asyncExecutorEnabled(false)
                .reResolutionCheckIntervalNs(0)
                .nanoClock(context.nanoTime()::getAsLong)
                .epochClock(steadyEpochClock(context))
                .counterValuesBufferLength(COUNTERS_LENGTH)
                .termBufferSparseFile(true)
                .publicationTermBufferLength(context.appendTermLength())
                .initialWindowLength(Math.min(context.windowLength(), buffers.receiveLength()))
                .socketRcvbufLength(buffers.receiveLength())
                .socketSndbufLength(buffers.sendLength())
                .imageLivenessTimeoutNs(CONNECTION_TIMEOUT_NANOS)
                .publicationConnectionTimeoutNs(CONNECTION_TIMEOUT_NANOS)
                .publicationLingerTimeoutNs(LINGER_NANOS)
                .statusMessageTimeoutNs(STATUS_MESSAGE_NANOS)
                .timerIntervalNs(TIMER_NANOS)
                .clientLivenessTimeoutNs(context.stallNanos())
                .publicationUnblockTimeoutNs(2 * context.stallNanos())
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(context.stallNanos()))
                .errorHandler(onError);
        if (context.channelWatch() != null) {
            final WatchedEndpoints endpoints =
                    new WatchedEndpoints(context.channelWatch(), onReadable);
            driver.receiveChannelEndpointSupplier(endpoints::receiving)
                    .sendChannelEndpointSupplier(endpoints::sending);
        }
        return driver;
    }

    private static Aeron.Context clientContext(
            final AeronContext context, final MediaDriver driver, final ErrorHandler onError) {
        return new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driver.sharedAgentInvoker())
                .awaitingIdleStrategy(NoOpIdleStrategy.INSTANCE)
                .nanoClock(context.nanoTime()::getAsLong)
                .epochClock(steadyEpochClock(context))
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(context.stallNanos()))
                .errorHandler(onError)
                .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE);
    }

    /** So that driver and client do not take each other for dead when the wall clock is set. */
    private static EpochClock steadyEpochClock(final AeronContext context) {
        return () -> EPOCH_MS + TimeUnit.NANOSECONDS.toMillis(context.nanoTime().getAsLong());
    }

    /**
     * One turn: sends at most one datagram of each stream and receives at most one at each socket.
     *
     * @return 0 when there was nothing to do.
     */
    int invoke() {
        return driverInvoker.invoke() + clientInvoker.invoke();
    }

    Aeron client() {
        return client;
    }

    CountersReader counters() {
        return counters;
    }

    /** Adds what the driver has counted since the last time; not more often than is of use. */
    void countInto(final TransportCounters total, final long nowNanos) {
        driverCounters.addTo(total, nowNanos);
    }

    /** Whether driver or client gave up, so that nothing moves any more. */
    boolean isLost() {
        return client.isClosed() || clientInvoker.isClosed() || driverInvoker.isClosed();
    }

    /** The client is gone, as after a stall; for tests. */
    void loseClient() {
        client.close();
    }

    /** Closes streams and sockets and removes the directory. */
    @Override
    public void close() {
        CloseHelper.quietCloseAll(client, driver);
    }
}
