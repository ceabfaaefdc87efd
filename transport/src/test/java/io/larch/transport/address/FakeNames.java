package io.larch.transport.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Names that tests give to addresses; a server that can be told not to answer. Threadsafe. */
public final class FakeNames implements HostResolver, AutoCloseable {
    private final Map<String, InetAddress[]> hosts = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> silent = new ConcurrentHashMap<>();

    /** Says where a host is from now on. */
    public FakeNames set(final String host, final String... addresses) {
        final InetAddress[] parsed = new InetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            parsed[i] = literal(addresses[i]);
        }
        hosts.put(host, parsed);
        return this;
    }

    static InetAddress literal(final String address) {
        try {
            return InetAddress.getByName(address);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Lets questions for a host wait, until {@link #answer}. */
    public void silence(final String host) {
        silent.put(host, new CountDownLatch(1));
    }

    public void answer(final String host) {
        silent.remove(host).countDown();
    }

    @Override
    public InetAddress[] resolve(final String host) throws UnknownHostException {
        final CountDownLatch latch = silent.get(host);
        if (latch != null) {
            try {
                latch.await();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        final InetAddress[] addresses = hosts.get(host);
        return addresses == null ? InetAddress.getAllByName(host) : addresses.clone();
    }

    @Override
    public void close() {
        silent.values().forEach(CountDownLatch::countDown);
    }
}
