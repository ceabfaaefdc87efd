package io.larch.transport.aeron;

import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.FragmentHandler;
import io.larch.transport.address.PeerAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that this member hears, at each of its addresses: control first. Follows the
 * addresses as they come and go. Owned by the thread that drives the driver.
 */
final class PeerSubscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(PeerSubscriptions.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EmbeddedDriver driver;
    private final ListenAddresses addresses;
    private final FragmentHandler handler;
    private final Map<PeerAddress, ListenPoint> points = new LinkedHashMap<>();
    private final Map<PeerAddress, String> failures = new LinkedHashMap<>();
    private ListenPoint[] polled;
    private Set<PeerAddress> followed;
    private long retryNanos;

    /**
     * @throws IllegalStateException when an address that a listen URL names cannot be had.
     */
    PeerSubscriptions(
            final EmbeddedDriver driver,
            final ListenAddresses addresses,
            final FragmentHandler handler) {
        this.driver = driver;
        this.addresses = addresses;
        this.handler = handler;
        followed = addresses.current();
        for (final PeerAddress address : followed) {
            final String failure = listen(address);
            if (failure != null && addresses.isNamed(address)) {
                throw new IllegalStateException(
                        "cannot listen for peers on udp " + address + ": " + failure);
            }
        }
        polled = points.values().toArray(new ListenPoint[0]);
    }

    /** Why an address cannot be listened at; null when it can. */
    private String listen(final PeerAddress address) {
        try {
            points.put(address, new ListenPoint(driver, address, handler));
            failures.remove(address);
            return null;
        } catch (final RegistrationException e) {
            final String failure = ListenFailure.reason(e);
            if (!failure.equals(failures.put(address, failure)) && !addresses.isNamed(address)) {
                LOG.warn("cannot listen for peers on udp {}: {}", address, failure);
            }
            return failure;
        }
    }

    /** Goes after the addresses, when they are others than before. One not had is tried again. */
    void follow(final long nowNanos) {
        final Set<PeerAddress> wanted = addresses.current();
        final boolean isRetryDue = !failures.isEmpty() && nowNanos - retryNanos >= 0;
        if (wanted == followed && !isRetryDue) {
            return;
        }
        followed = wanted;
        retryNanos = nowNanos + RETRY_NANOS;
        failures.keySet().retainAll(wanted);
        points.entrySet().removeIf(point -> !wanted.contains(point.getKey()) && leave(point));
        for (final PeerAddress address : wanted) {
            if (!points.containsKey(address) && listen(address) == null) {
                LOG.info("the address {} is new: listening for peers there, too", address);
            }
        }
        polled = points.values().toArray(new ListenPoint[0]);
    }

    private static boolean leave(final Map.Entry<PeerAddress, ListenPoint> point) {
        point.getValue().close();
        LOG.info("the address {} is gone: no longer listening for peers there", point.getKey());
        return true;
    }

    /**
     * Polls the streams; all of what arrived, but messages at most as many as asked for.
     *
     * @return whether something may be left.
     */
    boolean poll(final FragmentReader adapter, final int limit) {
        boolean isLeft = false;
        for (int stream = 0; stream < ListenPoint.streams(); stream++) {
            for (final ListenPoint point : polled) {
                isLeft |= point.poll(stream, adapter, limit);
            }
        }
        return isLeft;
    }
}
