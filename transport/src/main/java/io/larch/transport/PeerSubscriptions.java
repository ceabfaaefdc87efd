package io.larch.transport;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.FragmentHandler;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The streams that this member hears, at each of its addresses: control first. */
final class PeerSubscriptions {
    private static final int[] STREAMS = {
        PeerStream.CONTROL, PeerStream.APPENDS, PeerStream.SNAPSHOTS
    };
    private static final int SNAPSHOT_FRAGMENTS = 256;

    private final Subscription[] subscriptions;
    private final FragmentAssembler[] assemblers;

    /**
     * @throws IllegalStateException when an address cannot be listened at.
     */
    PeerSubscriptions(
            final EmbeddedDriver driver,
            final AeronContext context,
            final FragmentHandler handler) {
        final PeerAddress[] addresses = addresses(context);
        subscriptions = new Subscription[addresses.length * STREAMS.length];
        assemblers = new FragmentAssembler[subscriptions.length];
        for (int i = 0; i < subscriptions.length; i++) {
            final FragmentAssembler assembler = new FragmentAssembler(handler);
            assemblers[i] = assembler;
            subscriptions[i] =
                    subscribe(
                            driver,
                            addresses[i % addresses.length],
                            STREAMS[i / addresses.length],
                            assembler);
        }
    }

    /** Each once: two names of one address would hear everything twice. */
    private static PeerAddress[] addresses(final AeronContext context) {
        final Set<PeerAddress> addresses = new LinkedHashSet<>();
        for (final PeerUrl url : context.listenAddresses()) {
            try {
                addresses.add(new PeerAddress(url.resolve(), url.port()));
            } catch (final UnknownHostException e) {
                throw new IllegalStateException(
                        "cannot listen for peers on udp " + url + ": unknown host", e);
            }
        }
        return addresses.toArray(new PeerAddress[0]);
    }

    private static Subscription subscribe(
            final EmbeddedDriver driver,
            final PeerAddress address,
            final int streamId,
            final FragmentAssembler assembler) {
        try {
            return driver.client()
                    .addSubscription(
                            "aeron:udp?endpoint=" + address,
                            streamId,
                            image -> {},
                            image -> forget(image, assembler));
        } catch (final RegistrationException e) {
            throw new IllegalStateException(
                    "cannot listen for peers on udp " + address + ": " + ListenFailure.reason(e),
                    e);
        }
    }

    /** What a lost peer began to say will not be finished. */
    private static void forget(final Image image, final FragmentAssembler assembler) {
        assembler.freeSessionBuffer(image.sessionId());
    }

    /**
     * Polls the streams; all of what arrived, but messages at most as many as asked for.
     *
     * @return whether something may be left.
     */
    boolean poll(final PeerMessageAdapter adapter, final int limit) {
        boolean isLeft = false;
        for (int i = 0; i < subscriptions.length; i++) {
            final boolean isSnapshot = subscriptions[i].streamId() == PeerStream.SNAPSHOTS;
            isLeft |=
                    isSnapshot
                            ? subscriptions[i].poll(assemblers[i], SNAPSHOT_FRAGMENTS)
                                    == SNAPSHOT_FRAGMENTS
                            : pollMessages(i, adapter, limit);
        }
        return isLeft;
    }

    /** A fragment is a message at most. */
    private boolean pollMessages(
            final int index, final PeerMessageAdapter adapter, final int limit) {
        int room = limit - adapter.delivered();
        while (room > 0) {
            if (subscriptions[index].poll(assemblers[index], room) == 0) {
                return false;
            }
            room = limit - adapter.delivered();
        }
        return true;
    }
}
