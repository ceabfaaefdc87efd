package io.larch.transport.aeron;

import io.aeron.logbuffer.FragmentHandler;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerUrl;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver from its launch to its loss, and the next one after it: with the directory that they
 * share, the addresses and the streams heard there. Owned by the thread that drives the driver.
 */
final class DriverSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverSession.class);
    private static final long RESTART_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final AeronContext context;
    private final TransportCounters counters;
    private final Runnable onReadable;
    private final FragmentHandler fragments;
    private List<PeerUrl> advertised = List.of();
    private DriverDirectory directory;
    private ListenAddresses addresses;
    private EmbeddedDriver driver;
    private PeerSubscriptions subscriptions;
    private String lastError;
    private long nextStartNanos;

    /**
     * @param onReadable called within the thread's wait when a socket has something to read.
     */
    DriverSession(
            final AeronContext context,
            final TransportCounters counters,
            final Runnable onReadable,
            final FragmentHandler fragments) {
        this.context = context;
        this.counters = counters;
        this.onReadable = onReadable;
        this.fragments = fragments;
    }

    /** Where peers are told to look for this member. */
    void advertised(final List<PeerUrl> urls) {
        advertised = urls;
    }

    /**
     * Starts a driver.
     *
     * @throws IllegalStateException when the sockets cannot be opened; the message says why in one
     *     line.
     */
    void launch() {
        try {
            if (addresses == null) {
                addresses = ListenAddresses.open(context, advertised);
            }
            addresses.checkFree();
            if (directory == null) {
                directory = DriverDirectory.take(context);
            }
            driver =
                    EmbeddedDriver.launch(
                            context, directory.driverPath(), onReadable, this::onDriverError);
            subscriptions = new PeerSubscriptions(driver, addresses, fragments);
        } catch (final IOException e) {
            throw new IllegalStateException("cannot buffer peer messages: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            shut();
            throw e;
        }
    }

    private void onDriverError(final Throwable error) {
        counters.increment(TransportCounter.DRIVER_ERRORS);
        final String text = String.valueOf(error.getMessage());
        if (!text.equals(lastError)) {
            lastError = text;
            LOG.debug("the driver reports: {}", text);
        }
    }

    boolean isUp() {
        return driver != null;
    }

    /** The driver; null while there is none. */
    EmbeddedDriver driver() {
        return driver;
    }

    PeerSubscriptions subscriptions() {
        return subscriptions;
    }

    /** Driver and client are gone: new ones take their place as soon as they can. */
    void giveUp(final long nowNanos) {
        LOG.warn("lost the connection to peers after a stall; connecting anew");
        counters.increment(TransportCounter.DRIVERS_REPLACED);
        shut();
        nextStartNanos = nowNanos;
    }

    /** When {@link #relaunch} is due after {@link #giveUp}. */
    long nextStartNanos() {
        return nextStartNanos;
    }

    /**
     * Starts a driver in place of a lost one, if that is due.
     *
     * @return whether there is one.
     */
    boolean relaunch(final long nowNanos) {
        if (nowNanos - nextStartNanos < 0) {
            return false;
        }
        try {
            launch();
            return true;
        } catch (final RuntimeException e) {
            nextStartNanos = nowNanos + RESTART_NANOS;
            onFailure(e);
            return false;
        }
    }

    private void onFailure(final RuntimeException failure) {
        final String text = String.valueOf(failure.getMessage());
        if (!text.equals(lastError)) {
            lastError = text;
            LOG.error("cannot reach peers: {}", text);
        }
    }

    private void shut() {
        CloseHelper.quietClose(driver);
        driver = null;
        subscriptions = null;
    }

    @Override
    public void close() {
        shut();
        CloseHelper.quietClose(addresses);
        addresses = null;
        CloseHelper.quietClose(directory);
        directory = null;
    }
}
