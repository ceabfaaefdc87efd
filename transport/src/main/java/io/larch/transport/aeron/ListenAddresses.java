package io.larch.transport.aeron;

import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this member hears peers. One socket for all addresses of the host will not do: its answers
 * would leave from the first address of the way back, and whoever asked another one does not take
 * them. So 0.0.0.0 and [::] stand for each address of the host, of both kinds as for TCP, and a
 * thread of its own looks for those that come and go.
 *
 * <p>{@link #current} may be called by any thread.
 */
final class ListenAddresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListenAddresses.class);
    private static final long LOOK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A look at a host with very many interfaces takes long; this is the rest in between. */
    private static final int REST_PER_LOOK = 100;

    /** Each costs a socket; those advertised come first. */
    static final int MAX_ADDRESSES = 256;

    private final Set<PeerAddress> fixed = new LinkedHashSet<>();
    private final Set<PeerAddress> wildcards = new LinkedHashSet<>();
    private final HostAddresses host;
    private volatile Set<PeerAddress> current;
    private volatile boolean isClosed;
    private boolean hasToldLimit;
    private Thread thread;

    private ListenAddresses(final AeronContext context, final List<PeerUrl> advertised) {
        for (final PeerUrl url : context.listenAddresses()) {
            final PeerAddress address = resolve(url);
            (address.host().isAnyLocalAddress() ? wildcards : fixed).add(address);
        }
        host = new HostAddresses(advertised, context.interfaces());
    }

    /**
     * Looks for the first time, and goes on looking where that is needed.
     *
     * @param advertised where peers are told to look.
     * @throws IllegalStateException when a listen URL cannot be used.
     */
    static ListenAddresses open(final AeronContext context, final List<PeerUrl> advertised) {
        final ListenAddresses addresses = new ListenAddresses(context, advertised);
        addresses.look(false);
        if (!addresses.wildcards.isEmpty()) {
            addresses.thread = new Thread(addresses::keepLooking, "larch-addresses");
            addresses.thread.setDaemon(true);
            addresses.thread.start();
        }
        return addresses;
    }

    private static PeerAddress resolve(final PeerUrl url) {
        try {
            return new PeerAddress(url.listenAddress(), url.port());
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(
                    "cannot listen for peers on udp " + url + ": unknown host", e);
        }
    }

    /** Each once, at most {@link #MAX_ADDRESSES}; the same object as long as nothing changes. */
    Set<PeerAddress> current() {
        return current;
    }

    /** Whether a listen URL names the address: then it must be had. */
    boolean isNamed(final PeerAddress address) {
        return fixed.contains(address);
    }

    /**
     * Finds out whether the ports can be had at all addresses: nobody else may have one at some.
     *
     * @throws IllegalStateException when one cannot.
     */
    void checkFree() {
        for (final PeerAddress wildcard : wildcards) {
            try (DatagramChannel channel =
                    DatagramChannel.open(HostAddresses.family(wildcard.host()))) {
                channel.bind(new InetSocketAddress(wildcard.host(), wildcard.port()));
            } catch (final IOException e) {
                throw new IllegalStateException(
                        "cannot listen for peers on udp " + wildcard + ": " + e.getMessage(), e);
            }
        }
    }

    private void keepLooking() {
        while (!isClosed) {
            final long startNanos = System.nanoTime();
            look(true);
            final long lookNanos = System.nanoTime() - startNanos;
            try {
                TimeUnit.NANOSECONDS.sleep(
                        Math.max(LOOK_INTERVAL_NANOS, REST_PER_LOOK * lookNanos));
            } catch (final InterruptedException e) {
                return;
            }
        }
    }

    private void look(final boolean withNames) {
        final Set<PeerAddress> found = new LinkedHashSet<>(fixed);
        if (!wildcards.isEmpty()) {
            try {
                addAll(found, host.look(withNames));
            } catch (final IOException e) {
                LOG.debug("the system does not tell its addresses", e);
                found.addAll(wildcards);
            }
        }
        if (!found.equals(current)) {
            current = Collections.unmodifiableSet(found);
        }
    }

    private void addAll(final Set<PeerAddress> found, final Set<InetAddress> addresses) {
        for (final PeerAddress wildcard : wildcards) {
            for (final InetAddress address : addresses) {
                if (found.size() == MAX_ADDRESSES) {
                    tellLimit(addresses.size());
                    return;
                }
                found.add(new PeerAddress(address, wildcard.port()));
            }
        }
    }

    private void tellLimit(final int addresses) {
        if (!hasToldLimit) {
            hasToldLimit = true;
            LOG.warn(
                    "this host has {} addresses; peers are heard at {} of them, those advertised"
                            + " first: name the address in --listen-peer-urls",
                    addresses,
                    MAX_ADDRESSES);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
