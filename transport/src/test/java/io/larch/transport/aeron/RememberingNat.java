package io.larch.transport.aeron;

import io.larch.transport.SelectorWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * A published port that leads to another, as destination NAT does: where a sender's port led to
 * once, it leads to for good, whatever the rule says now.
 */
final class RememberingNat implements AutoCloseable {
    private final SelectorWait selector;
    private final DatagramChannel published;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final Map<SocketAddress, DatagramChannel> flows = new HashMap<>();
    private InetSocketAddress target;

    RememberingNat(final SelectorWait selector, final int port) throws IOException {
        this.selector = selector;
        published = open(new InetSocketAddress("127.0.0.1", 0));
        leadTo(port);
    }

    private DatagramChannel open(final InetSocketAddress address) throws IOException {
        final DatagramChannel channel = DatagramChannel.open();
        channel.bind(address);
        channel.configureBlocking(false);
        selector.watchReadable(channel, () -> {});
        return channel;
    }

    String url() throws IOException {
        final int port = ((InetSocketAddress) published.getLocalAddress()).getPort();
        return "http://127.0.0.1:" + port;
    }

    /** Changes the rule, for those who come from now on. */
    void leadTo(final int port) {
        target = new InetSocketAddress("127.0.0.1", port);
    }

    /** How many have come. */
    int flows() {
        return flows.size();
    }

    void turn() {
        try {
            SocketAddress from = published.receive(buffer.clear());
            while (from != null) {
                pass(flow(from));
                from = published.receive(buffer.clear());
            }
            for (final Map.Entry<SocketAddress, DatagramChannel> flow : flows.entrySet()) {
                while (read(flow.getValue())) {
                    published.send(buffer.flip(), flow.getKey());
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DatagramChannel flow(final SocketAddress from) throws IOException {
        DatagramChannel flow = flows.get(from);
        if (flow == null) {
            flow = open(new InetSocketAddress("127.0.0.1", 0));
            flow.connect(target);
            flows.put(from, flow);
        }
        return flow;
    }

    private void pass(final DatagramChannel flow) {
        try {
            flow.write(buffer.flip());
        } catch (final IOException e) {
            // Nobody is there.
            buffer.clear();
        }
    }

    private boolean read(final DatagramChannel flow) {
        try {
            return flow.read(buffer.clear()) > 0;
        } catch (final IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            published.close();
            for (final DatagramChannel flow : flows.values()) {
                flow.close();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
