package io.larch.transport.tcp;

import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.TestMember;
import io.larch.transport.contract.Wishes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** Members that talk over TCP. */
final class TcpCluster extends Cluster {
    private static final long LISTEN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LISTEN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** The engines of a member; null: without TLS. */
    private final LongFunction<TlsEngines> engines;

    /** What came to members and is none of theirs. */
    final List<String> others = new ArrayList<>();

    final List<SocketChannel> givenAway = new ArrayList<>();
    long meetingNanos;
    int maxUndecided;

    TcpCluster(final Path directory) {
        this(directory, null);
    }

    TcpCluster(final Path directory, final LongFunction<TlsEngines> engines) {
        super(directory);
        this.engines = engines;
    }

    @Override
    public String scheme() {
        return engines == null ? "http" : "https";
    }

    @Override
    protected Carrier carrier(final TestMember member, final Wishes wishes) {
        final TcpContext context =
                new TcpContext()
                        .listenUrls(wishes.listenUrls)
                        .tls(engines == null ? null : engines.apply(member.id))
                        .nanoTime(this::nanoTime)
                        .channelWatch(wishes.isUnwatched ? null : selector());
        if (wishes.snapshotBytesPerSecond != 0) {
            context.snapshotBytesPerSecond(wishes.snapshotBytesPerSecond);
        }
        if (wishes.hostResolver != null) {
            context.hostResolver(wishes.hostResolver);
        }
        if (meetingNanos != 0) {
            context.meetingNanos(meetingNanos);
        }
        if (maxUndecided != 0) {
            context.maxUndecided(maxUndecided);
        }
        final TcpPeerTransport transport = new TcpPeerTransport(context);
        return new Carrier(transport, transport.counters(), () -> listen(transport));
    }

    /**
     * A program that another test begins has all sockets of this process for some milliseconds, the
     * closed ones, too: a port that was just given up may not be had at once.
     */
    private void listen(final TcpPeerTransport transport) {
        final long deadlineNanos = System.nanoTime() + LISTEN_NANOS;
        while (true) {
            try {
                transport.listen(this::onOther);
                return;
            } catch (final IOException e) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new UncheckedIOException(e);
                }
                LockSupport.parkNanos(LISTEN_PAUSE_NANOS);
            }
        }
    }

    private void onOther(
            final SocketChannel connection, final ByteBuffer first, final boolean isTls) {
        others.add((isTls ? "tls " : "plain ") + StandardCharsets.ISO_8859_1.decode(first));
        givenAway.add(connection);
    }
}
