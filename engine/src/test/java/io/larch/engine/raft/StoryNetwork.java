package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Messages of a story on their way, link by link in the order in which they were sent. */
final class StoryNetwork {
    private final TreeMap<Long, TreeMap<Long, List<SimNode.Packet>>> links = new TreeMap<>();
    private final List<Pattern> cuts = new ArrayList<>();
    private final List<Pattern> holds = new ArrayList<>();

    /**
     * Which messages: {@code [type] [from->to] [#k]}; what is left out does not matter, {@code #k}
     * is the place in the link's queue, from 0.
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
        return cuts.stream().anyMatch(cut -> cut.fits(packet));
    }

    private boolean isHeld(final SimNode.Packet packet) {
        return holds.stream().anyMatch(hold -> hold.fits(packet));
    }

    void add(final SimNode.Packet packet) {
        links.computeIfAbsent(packet.from(), from -> new TreeMap<>())
                .computeIfAbsent(packet.to(), to -> new ArrayList<>())
                .add(packet);
    }

    /**
     * Takes those that a pattern means, in the order of the links.
     *
     * @param isOfHeld whether also those that are held.
     */
    List<SimNode.Packet> take(final Pattern pattern, final boolean isOfHeld) {
        final List<SimNode.Packet> taken = new ArrayList<>();
        for (final List<SimNode.Packet> link : queues()) {
            int place = 0;
            for (int i = 0; i < link.size(); ) {
                final SimNode.Packet packet = link.get(i);
                final boolean isMeant =
                        pattern.fits(packet) && (pattern.place < 0 || pattern.place == place);
                place += pattern.fits(packet) ? 1 : 0;
                if (isMeant && (isOfHeld || !isHeld(packet))) {
                    taken.add(link.remove(i));
                } else {
                    i++;
                }
            }
        }
        return taken;
    }

    void forEach(final Consumer<SimNode.Packet> consumer) {
        queues().forEach(link -> link.forEach(consumer));
    }

    private List<List<SimNode.Packet>> queues() {
        final List<List<SimNode.Packet>> queues = new ArrayList<>();
        links.values().forEach(link -> queues.addAll(link.values()));
        return queues;
    }

    /** A message in words. */
    static String describe(final SimNode.Packet packet) {
        final RaftMessage message =
                new RaftMessage()
                        .wrap(
                                new org.agrona.concurrent.UnsafeBuffer(packet.bytes()),
                                0,
                                packet.bytes().length);
        final StringBuilder text = new StringBuilder();
        text.append(packet.from()).append("->").append(packet.to()).append(' ');
        text.append(name(packet.type())).append(" term=").append(message.term());
        switch (packet.type()) {
            case VOTE, PRE_VOTE ->
                    text.append(" last=")
                            .append(message.index())
                            .append('/')
                            .append(message.logTerm());
            case APPEND -> {
                text.append(" prev=").append(message.index()).append('/').append(message.logTerm());
                text.append(" commit=").append(message.commit());
                appendEntries(text, message);
            }
            case APPEND_REPLY -> {
                if (message.isReject()) {
                    text.append(" refused=").append(message.index());
                    text.append(" hint=").append(message.context());
                    text.append('/').append(message.logTerm());
                } else {
                    text.append(" match=").append(message.index());
                }
            }
            case HEARTBEAT -> {
                text.append(" commit=").append(message.commit());
                text.append(" round=").append(message.context());
            }
            case HEARTBEAT_REPLY -> text.append(" round=").append(message.context());
            case SNAPSHOT ->
                    text.append(" last=")
                            .append(message.index())
                            .append('/')
                            .append(message.logTerm());
            case READ_REPLY -> text.append(" index=").append(message.logTerm());
            default -> {
                // The header says it all.
            }
        }
        if (message.isReject() && packet.type() != MessageType.APPEND_REPLY) {
            text.append(" refused");
        }
        return text.append(message.isTransfer() ? " transfer" : "").toString();
    }

    private static void appendEntries(final StringBuilder text, final RaftMessage message) {
        long index = message.index();
        int at = RaftMessage.HEADER_LENGTH;
        while (at < message.length()) {
            final String start = index == message.index() ? " entries=" : ",";
            text.append(start).append(++index).append('/').append(message.buffer().getLong(at));
            final int length = message.buffer().getInt(at + RaftMessage.ENTRY_LENGTH_OFFSET);
            at += (int) RaftMessage.entryFrameLength(length);
        }
    }

    static String name(final MessageType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
