package io.larch.transport.aeron;

import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.TestMember;
import io.larch.transport.contract.Wishes;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Members that talk over Aeron. */
final class AeronCluster extends Cluster {
    private UnaryOperator<AeronContext> nextSettings = context -> context;

    AeronCluster(final Path directory) {
        super(directory);
    }

    TestMember add(
            final long id,
            final String host,
            final int port,
            final long incarnation,
            final UnaryOperator<AeronContext> settings) {
        nextSettings = settings;
        final TestMember member = add(id, host, port, incarnation);
        nextSettings = context -> context;
        return member;
    }

    @Override
    protected Carrier carrier(final TestMember member, final Wishes wishes) {
        final AeronContext context =
                new AeronContext()
                        .listenUrls(wishes.listenUrls)
                        .aeronDirectory(directory())
                        .fallbackDirectory(directory().resolve("member" + member.id))
                        .nanoTime(this::nanoTime)
                        .channelWatch(wishes.isUnwatched ? null : selector());
        if (wishes.snapshotBytesPerSecond != 0) {
            context.snapshotBytesPerSecond(wishes.snapshotBytesPerSecond);
        }
        if (wishes.hostResolver != null) {
            context.hostResolver(wishes.hostResolver);
        }
        final AeronPeerTransport transport = new AeronPeerTransport(nextSettings.apply(context));
        return new Carrier(transport, transport.counters(), () -> {});
    }

    /** As if the driver of a member had got no turn for too long. */
    static void loseDriver(final TestMember member) {
        ((AeronPeerTransport) member.transport).loseDriver();
    }
}
