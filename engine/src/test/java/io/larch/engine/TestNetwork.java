package io.larch.engine;

import io.larch.engine.raft.RaftMessage;
import io.larch.engine.sim.Packet;
import io.larch.engine.sim.Power;
import io.larch.engine.sim.SimClock;
import io.larch.engine.sim.SimNetwork;
import io.larch.engine.sim.SimTransport;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;
import java.util.function.Predicate;

/**
 * The simulation's network where what is sent arrives at once and in order, unless a test asks for
 * faults. Without faults it allocates nothing once it has grown.
 */
final class TestNetwork {
    /** Of a hundred packets. */
    int lossPercent;

    int repeatPercent;
    int reorderPercent;

    /** Messages that never arrive; null: all do. */
    Predicate<RaftMessage> lost;

    private final SimNetwork links = new SimNetwork();
    private final SplittableRandom random = new SplittableRandom(42);
    private final RaftMessage message = new RaftMessage();

    /**
     * The transport of one life of the member at a place.
     *
     * @param placeOf tells where a member is; negative: it is down.
     */
    SimTransport transport(final int place, final SimClock clock, final LongToIntFunction placeOf) {
        return new SimTransport(links, place, new Power(), clock, placeOf, sent -> {});
    }

    /** Nothing goes to or comes from a place. */
    void isolate(final int place) {
        for (int other = 0; other < SimNetwork.PLACES; other++) {
            links.cut(place, other, true);
            links.cut(other, place, true);
        }
    }

    void heal() {
        links.heal();
    }

    /** A message of long ago arrives, whatever life it was meant for. */
    void inject(final long toId, final SimTransport to, final RaftMessage old) {
        final Packet packet = links.newPacket();
        packet.kind = Packet.Kind.MESSAGE;
        packet.reserve(old.length());
        packet.view.putBytes(0, old.buffer(), 0, old.length());
        packet.view.putLong(RaftMessage.TO_OFFSET, toId, ByteOrder.LITTLE_ENDIAN);
        packet.view.putLong(RaftMessage.TO_INCARNATION_OFFSET, 0, ByteOrder.LITTLE_ENDIAN);
        packet.view.putLong(RaftMessage.CONTEXT_OFFSET, 0, ByteOrder.LITTLE_ENDIAN);
        to.arrive(packet);
    }

    /** What is under way to a place arrives there, or is lost as nobody is there (null). */
    void deliver(final int place, final SimTransport to) {
        for (int from = 0; from < SimNetwork.PLACES; from++) {
            for (int left = links.size(from, place); left > 0; left--) {
                if (happens(repeatPercent)) {
                    links.repeat(from, place, 0);
                }
                final boolean isOvertaken = left > 1 && happens(reorderPercent);
                final Packet packet = links.take(from, place, isOvertaken ? 1 : 0);
                if (to == null || happens(lossPercent) || isLost(packet)) {
                    links.recycle(packet);
                } else {
                    to.arrive(packet);
                }
            }
        }
    }

    private boolean happens(final int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    private boolean isLost(final Packet packet) {
        return lost != null
                && packet.kind == Packet.Kind.MESSAGE
                && lost.test(message.wrap(packet.view, 0, packet.length));
    }
}
