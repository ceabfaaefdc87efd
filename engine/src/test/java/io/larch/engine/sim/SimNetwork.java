package io.larch.engine.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is under way between members, as one queue for each ordered pair. Nothing moves by itself:
 * each delivery, loss and repetition is asked for. Members are known by their place, a small
 * number. Datagrams, or {@link SimStreams streams}.
 */
public final class SimNetwork {
    public static final int PLACES = 16;

    /** More than this under way on one link is lost. */
    private static final int LINK_CAPACITY = 256;

    private final List<List<Packet>> links = new ArrayList<>();
    private final boolean[] isCut = new boolean[PLACES * PLACES];
    private final boolean[] isCongested = new boolean[PLACES * PLACES];
    private final ArrayDeque<Packet> pool = new ArrayDeque<>();

    /** Links with something under way, in no order of meaning, and where each stands in there. */
    private final int[] busy = new int[PLACES * PLACES];

    private final int[] placeInBusy = new int[PLACES * PLACES];
    private int busyCount;
    private int packetCount;
    private long digest;

    /** Null: datagrams. */
    private final SimStreams streams;

    public SimNetwork() {
        this(null);
    }

    private SimNetwork(final SimStreams streams) {
        this.streams = streams;
        for (int i = 0; i < PLACES * PLACES; i++) {
            links.add(new ArrayList<>());
        }
        Arrays.fill(placeInBusy, -1);
    }

    /**
     * One of connections.
     *
     * @param owner is told when some are lost.
     */
    static SimNetwork ofStreams(final SimStreams.Owner owner) {
        return new SimNetwork(new SimStreams(PLACES * PLACES, owner));
    }

    public Packet newPacket() {
        final Packet packet = pool.poll();
        return packet == null ? new Packet() : packet;
    }

    public void recycle(final Packet packet) {
        pool.push(packet);
    }

    /** Puts a packet on its link, unless that is cut or overfull. */
    void post(final Packet packet) {
        digest = digest * 31 + hash(packet);
        final int link = link(packet.from, packet.to);
        final List<Packet> queue = links.get(link);
        if (streams == null ? isCut[link] || queue.size() >= LINK_CAPACITY : isLost(packet, link)) {
            recycle(packet);
            return;
        }
        queue.add(packet);
        packetCount++;
        if (placeInBusy[link] < 0) {
            placeInBusy[link] = busyCount;
            busy[busyCount++] = link;
        }
    }

    /** What a connection does not take, or does not bring there, ends it before long. */
    private boolean isLost(final Packet packet, final int link) {
        streams.assign(packet, link);
        final boolean isIntact = streams.isIntact(link);
        if (isIntact ? links.get(link).size() >= LINK_CAPACITY : streams.vanish(link)) {
            disconnect(packet.from, packet.to, 0);
            return true;
        }
        return !isIntact;
    }

    /** Ends the connections of a link; what was sent from the k-th packet on is lost. */
    private void disconnect(final int from, final int to, final int k) {
        final int link = link(from, to);
        drop(link, k);
        streams.renew(link);
        streams.tellOwner(from, to);
    }

    private void drop(final int link, final int k) {
        for (int i = links.get(link).size() - 1; i >= k; i--) {
            recycle(remove(link, i));
        }
    }

    /** What was sent from the k-th packet of a link on is lost; of datagrams, it alone. */
    void lose(final int from, final int to, final int k) {
        if (k >= size(from, to)) {
            return;
        }
        if (streams == null) {
            recycle(take(from, to, k));
        } else {
            disconnect(from, to, k);
        }
    }

    /** A member has ended: what was on its way to it finds nobody, nor does it in another life. */
    void endLife(final int place) {
        for (int other = 0; streams != null && other < PLACES; other++) {
            streams.renew(link(place, other));
            disconnect(other, place, 0);
        }
    }

    /** Whether what is on a link has to wait. */
    boolean isHeldBack(final int from, final int to) {
        return streams != null && isCut(from, to);
    }

    /**
     * Takes the k-th packet of a link off it, or the one that comes first by the same connection;
     * null when there is none.
     */
    public Packet take(final int from, final int to, final int k) {
        final int link = link(from, to);
        final List<Packet> queue = links.get(link);
        if (k >= queue.size()) {
            return null;
        }
        return remove(link, streams == null ? k : SimStreams.next(queue, k));
    }

    private Packet remove(final int link, final int i) {
        final List<Packet> queue = links.get(link);
        final Packet packet = queue.remove(i);
        packetCount--;
        if (queue.isEmpty()) {
            final int place = placeInBusy[link];
            final int last = busy[--busyCount];
            busy[place] = last;
            placeInBusy[last] = place;
            placeInBusy[link] = -1;
        }
        return packet;
    }

    /**
     * Puts a second copy of the k-th packet of a link behind the others. Connections do not do
     * that: there the other end vanishes.
     */
    public void repeat(final int from, final int to, final int k) {
        final int link = link(from, to);
        final List<Packet> queue = links.get(link);
        if (streams != null) {
            drop(link, k);
            streams.loseOtherEnd(link);
        } else if (k < queue.size()) {
            final Packet copy = newPacket();
            copy.copyFrom(queue.get(k));
            post(copy);
        }
    }

    int busyCount() {
        return busyCount;
    }

    int packetCount() {
        return packetCount;
    }

    /** Sender of a busy link. */
    int busyFrom(final int i) {
        return busy[i] / PLACES;
    }

    /** Receiver of a busy link. */
    int busyTo(final int i) {
        return busy[i] % PLACES;
    }

    public int size(final int from, final int to) {
        return links.get(link(from, to)).size();
    }

    public void cut(final int from, final int to, final boolean isCutNow) {
        isCut[link(from, to)] = isCutNow;
    }

    boolean isCut(final int from, final int to) {
        return isCut[link(from, to)];
    }

    public void heal() {
        Arrays.fill(isCut, false);
        Arrays.fill(isCongested, false);
        for (int link = 0; streams != null && link < PLACES * PLACES; link++) {
            if (!streams.isIntact(link)) {
                disconnect(link / PLACES, link % PLACES, 0);
            }
        }
    }

    void congest(final int from, final int to, final boolean isCongestedNow) {
        isCongested[link(from, to)] = isCongestedNow;
    }

    boolean isCongested(final int from, final int to) {
        return isCongested[link(from, to)];
    }

    /** Depends on all that was ever sent, in order. */
    long digest() {
        return digest;
    }

    private static int link(final int from, final int to) {
        return from * PLACES + to;
    }

    private static long hash(final Packet packet) {
        long hash = packet.kind.ordinal() + 31L * packet.from + 961L * packet.to + packet.position;
        for (int i = 0; i + 8 <= packet.length; i += 8) {
            hash = (hash ^ packet.view.getLong(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash + packet.length;
    }
}
