package io.larch.engine.sim;

import java.util.Arrays;
import java.util.List;

/**
 * How a network of connections differs from one of datagrams. Each ordered pair of places has three
 * connections at a time, as members over TCP have: what goes by one arrives in order and once, what
 * goes by another may overtake it. Connections of a link break together. What had not arrived by
 * then is lost from some point on, what is sent later goes by new ones, and may overtake the rest
 * of the old. The other end of a link may also vanish without a word: then all is lost that is sent
 * there, until its owner has lost patience.
 */
final class SimStreams {
    /** Messages that vanish until their sender gives the connection up. */
    private static final int PATIENCE = 20;

    private static final int INTACT = -1;
    private static final int KINDS = Packet.Stream.values().length;

    /** Whose connections they are. */
    @FunctionalInterface
    interface Owner {
        /** The connections from one place to another are lost. */
        void onLost(int from, int to);
    }

    private final int[] generations;
    private final int[] vanished;
    private final Owner owner;

    SimStreams(final int links, final Owner owner) {
        generations = new int[links];
        vanished = new int[links];
        Arrays.fill(vanished, INTACT);
        this.owner = owner;
    }

    /** Sends a packet by the present connection of its kind. */
    void assign(final Packet packet, final int link) {
        packet.connection = generations[link] * KINDS + packet.stream.ordinal();
    }

    /** Whether what is sent now is on its way; else it is lost. */
    boolean isIntact(final int link) {
        return vanished[link] == INTACT;
    }

    /**
     * One more was sent that is lost.
     *
     * @return whether the sender has waited long enough for an answer.
     */
    boolean vanish(final int link) {
        return ++vanished[link] > PATIENCE;
    }

    /** From now on all that is sent there is lost. */
    void loseOtherEnd(final int link) {
        if (isIntact(link)) {
            vanished[link] = 0;
        }
    }

    /** What is sent from now on goes by new connections. */
    void renew(final int link) {
        generations[link]++;
        vanished[link] = INTACT;
    }

    void tellOwner(final int from, final int to) {
        owner.onLost(from, to);
    }

    /** Of the connection of the k-th packet, the one that arrives next. */
    static int next(final List<Packet> queue, final int k) {
        final int connection = queue.get(k).connection;
        int first = 0;
        while (queue.get(first).connection != connection) {
            first++;
        }
        return first;
    }
}
