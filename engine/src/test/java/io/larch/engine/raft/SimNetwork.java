package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Messages on their way, link by link in the order in which they were sent. */
final class SimNetwork {
    private final List<Link> links = new ArrayList<>();
    private final List<Link> busy = new ArrayList<>();
    private final List<Pattern> cuts = new ArrayList<>();
    private final List<Pattern> holds = new ArrayList<>();
    private Link last;

    /** What one member has sent to another. */
    static final class Link {
        private final long from;
        private final long to;
        private final ArrayList<SimNode.Packet> packets = new ArrayList<>();
        private int busyAt = -1;

        Link(final long from, final long to) {
            this.from = from;
            this.to = to;
        }

        long from() {
            return from;
        }

        long to() {
            return to;
        }

        int size() {
            return packets.size();
        }

        SimNode.Packet get(final int place) {
            return packets.get(place);
        }
    }

    /**
     * Which messages: {@code [type] [from->to] [#k]}; what is left out does not matter, {@code #k}
     * is the place among those that fit on a link, from 0.
     */
    record Pattern(MessageType type, long from, long to, int place) {
        static final Pattern ANY = new Pattern(null, 0, 0, -1);

        static Pattern of(final List<String> words) {
            MessageType type = null;
            long from = 0;
            long to = 0;
            int place = -1;
            for (final String word : words) {
                final int arrow = word.indexOf("->");
                if (arrow >= 0) {
                    from = id(word.substring(0, arrow));
                    to = id(word.substring(arrow + 2));
                } else if (word.startsWith("#")) {
                    place = Integer.parseInt(word.substring(1));
                } else {
                    type = MessageType.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
                }
            }
            return new Pattern(type, from, to, place);
        }

        private static long id(final String word) {
            return word.equals("*") ? 0 : Long.parseLong(word);
        }

        boolean fits(final SimNode.Packet packet) {
            return (type == null || type == packet.type())
                    && (from == 0 || from == packet.from())
                    && (to == 0 || to == packet.to());
        }
    }

    void cut(final Pattern pattern) {
        cuts.add(pattern);
    }

    void hold(final Pattern pattern) {
        holds.add(pattern);
    }

    void heal() {
        cuts.clear();
    }

    void free() {
        holds.clear();
    }

    boolean isCut(final SimNode.Packet packet) {
        return fitsAny(cuts, packet);
    }

    private static boolean fitsAny(final List<Pattern> patterns, final SimNode.Packet packet) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).fits(packet)) {
                return true;
            }
        }
        return false;
    }

    void add(final SimNode.Packet packet) {
        final Link link = link(packet.from(), packet.to());
        link.packets.add(packet);
        if (link.busyAt < 0) {
            link.busyAt = busy.size();
            busy.add(link);
        }
    }

    private Link link(final long from, final long to) {
        if (last != null && last.from == from && last.to == to) {
            return last;
        }
        int at = 0;
        while (at < links.size() && isBefore(links.get(at), from, to)) {
            at++;
        }
        if (at == links.size() || links.get(at).from != from || links.get(at).to != to) {
            links.add(at, new Link(from, to));
        }
        last = links.get(at);
        return last;
    }

    private static boolean isBefore(final Link link, final long from, final long to) {
        return link.from < from || link.from == from && link.to < to;
    }

    /** Any link that has messages; null when there is none. */
    Link anyBusy(final SplittableRandom random) {
        return busy.isEmpty() ? null : busy.get(random.nextInt(busy.size()));
    }

    SimNode.Packet remove(final Link link, final int place) {
        final SimNode.Packet packet = link.packets.remove(place);
        if (link.packets.isEmpty()) {
            final Link moved = busy.remove(busy.size() - 1);
            if (moved != link) {
                busy.set(link.busyAt, moved);
                moved.busyAt = link.busyAt;
            }
            link.busyAt = -1;
        }
        return packet;
    }

    /**
     * Takes those that a pattern means, in the order of the links.
     *
     * @param isOfHeld whether also those that are held.
     */
    List<SimNode.Packet> take(final Pattern pattern, final boolean isOfHeld) {
        final List<SimNode.Packet> taken = new ArrayList<>();
        for (final Link link : links) {
            int place = 0;
            for (int i = 0; i < link.packets.size(); ) {
                final SimNode.Packet packet = link.packets.get(i);
                final boolean fits = pattern.fits(packet);
                final boolean isMeant = fits && (pattern.place < 0 || pattern.place == place);
                place += fits ? 1 : 0;
                if (isMeant && (isOfHeld || !fitsAny(holds, packet))) {
                    taken.add(remove(link, i));
                } else {
                    i++;
                }
            }
        }
        return taken;
    }

    void forEach(final Consumer<SimNode.Packet> consumer) {
        links.forEach(link -> link.packets.forEach(consumer));
    }
}
