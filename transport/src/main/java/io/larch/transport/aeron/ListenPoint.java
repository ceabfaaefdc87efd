package io.larch.transport.aeron;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.FragmentHandler;
import io.larch.transport.address.PeerAddress;
import org.agrona.CloseHelper;

/**
 * The streams that this member hears at one of its addresses, through one socket, from which the
 * answers to whoever sends there leave, too.
 */
final class ListenPoint implements AutoCloseable {
    private static final int[] STREAMS = {
        PeerStream.CONTROL, PeerStream.APPENDS, PeerStream.SNAPSHOTS
    };
    private static final int SNAPSHOT_FRAGMENTS = 256;

    private final Subscription[] subscriptions = new Subscription[STREAMS.length];
    private final FragmentAssembler[] assemblers = new FragmentAssembler[STREAMS.length];

    /**
     * @throws RegistrationException when the address cannot be listened at.
     */
    ListenPoint(
            final EmbeddedDriver driver, final PeerAddress address, final FragmentHandler handler) {
        try {
            for (int i = 0; i < STREAMS.length; i++) {
                final FragmentAssembler assembler = new FragmentAssembler(handler);
                assemblers[i] = assembler;
                subscriptions[i] =
                        driver.client()
                                .addSubscription(
                                        "aeron:udp?endpoint=" + address,
                                        STREAMS[i],
                                        image -> {},
                                        image -> forget(image, assembler));
            }
        } catch (final RegistrationException e) {
            close();
            throw e;
        }
    }

    /** What a lost peer began to say will not be finished. */
    private static void forget(final Image image, final FragmentAssembler assembler) {
        assembler.freeSessionBuffer(image.sessionId());
    }

    static int streams() {
        return STREAMS.length;
    }

    /**
     * Polls a stream; all of what arrived, but messages at most as many as asked for.
     *
     * @param index from 0: control first.
     * @return whether something may be left.
     */
    boolean poll(final int index, final FragmentReader adapter, final int limit) {
        return STREAMS[index] == PeerStream.SNAPSHOTS
                ? subscriptions[index].poll(assemblers[index], SNAPSHOT_FRAGMENTS)
                        == SNAPSHOT_FRAGMENTS
                : pollMessages(index, adapter, limit);
    }

    /** A fragment is a message at most. */
    private boolean pollMessages(final int index, final FragmentReader adapter, final int limit) {
        int room = limit - adapter.delivered();
        while (room > 0) {
            if (subscriptions[index].poll(assemblers[index], room) == 0) {
                return false;
            }
            room = limit - adapter.delivered();
        }
        return true;
    }

    /** The socket goes with the next turns of the driver. */
    @Override
    public void close() {
        CloseHelper.quietCloseAll(subscriptions);
    }
}
