package io.larch.transport.aeron;

import io.larch.transport.SelectorWait;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Random;

/**
 * Stands before a member's port and treats datagrams badly, both ways: loses, repeats and reorders
 * them. Serves one sender.
 */
final class LossyRelay implements AutoCloseable {
    private final DatagramChannel channel;
    private final InetSocketAddress target;
    private final Random random;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private SocketAddress sender;
    private ByteBuffer held;
    private SocketAddress heldTarget;
    private int percent;
    private int lost;

    LossyRelay(final SelectorWait selector, final TestMember member, final long seed) {
        target = new InetSocketAddress("127.0.0.1", member.port);
        random = new Random(seed);
        try {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress("127.0.0.1", 0));
            channel.configureBlocking(false);
            selector.watchReadable(channel, () -> {});
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    /** How many of a hundred datagrams are lost, and as many repeated, and reordered. */
    void percent(final int value) {
        percent = value;
    }

    int lost() {
        return lost;
    }

    private boolean draw() {
        return random.nextInt(100) < percent;
    }

    void turn() {
        try {
            SocketAddress from = channel.receive(buffer);
            while (from != null) {
                final SocketAddress to = from.equals(target) ? sender : target;
                if (to == target) {
                    sender = from;
                }
                buffer.flip();
                pass(to);
                buffer.clear();
                from = channel.receive(buffer);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pass(final SocketAddress to) throws IOException {
        if (draw()) {
            lost++;
            return;
        }
        if (held == null && draw()) {
            held = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
            heldTarget = to;
            return;
        }
        final boolean isRepeated = draw();
        channel.send(buffer, to);
        if (isRepeated) {
            buffer.rewind();
            channel.send(buffer, to);
        }
        if (held != null) {
            channel.send(held, heldTarget);
            held = null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
