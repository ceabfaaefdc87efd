package io.larch.engine.sim;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One member's end of the simulated network, for one life of it. Snapshots go in pieces, one under
 * way at a time, each acknowledged; a piece that stays unacknowledged is sent again, and after a
 * while the snapshot is given up.
 */
public final class SimTransport implements PeerTransport {
    private static final int PIECE_BYTES = 2048;
    private static final long RESEND_NANOS = 3_000_000L;
    private static final int RESENDS = 20;
    private static final boolean TRACE = Boolean.getBoolean("larch.sim.trace");
    private static final long REREAD_NANOS = 1_000_000L;
    private static final long FAR_NANOS = 3_600_000_000_000L;

    private final SimNetwork network;
    private final int place;
    private final Power power;
    private final SimClock clock;
    private final LongToIntFunction placeOf;
    private final SentObserver observer;
    private final ArrayDeque<Packet> inbox = new ArrayDeque<>();
    private final List<Packet> outbox = new ArrayList<>();
    private final ArrayDeque<Long> unreachable = new ArrayDeque<>();
    private final TreeMap<Long, List<String>> strangers = new TreeMap<>();
    private final TreeMap<Long, List<String>> peers = new TreeMap<>();
    private final TreeMap<Long, Outgoing> outgoing = new TreeMap<>();
    private final RaftMessage received = new RaftMessage();
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private long clusterId;
    private long memberId;
    private List<String> urls = List.of();
    private SnapshotSink sink;
    private boolean isClosed;

    /** Is told of each message that a core hands over. */
    @FunctionalInterface
    public interface SentObserver {
        void onSent(RaftMessage message);
    }

    private static final class Outgoing {
        private final SnapshotSource source;
        private final long term;
        private long position = -1;
        private long resendNanos;
        private int resendsLeft = RESENDS;
        private boolean isWaiting;

        Outgoing(final SnapshotSource source, final long term) {
            this.source = source;
            this.term = term;
        }
    }

    /**
     * @param placeOf tells where a member is; negative: nowhere.
     * @param observer is told of each message that is sent.
     */
    public SimTransport(
            final SimNetwork network,
            final int place,
            final Power power,
            final SimClock clock,
            final LongToIntFunction placeOf,
            final SentObserver observer) {
        this.network = network;
        this.place = place;
        this.power = power;
        this.clock = clock;
        this.placeOf = placeOf;
        this.observer = observer;
    }

    /** Something arrives; the member sees it when it polls. */
    public void arrive(final Packet packet) {
        if (isClosed) {
            network.recycle(packet);
        } else {
            inbox.add(packet);
        }
    }

    /** The connection to a peer breaks. */
    void loseConnection(final long peerId) {
        unreachable.add(peerId);
    }

    /** One that nobody here may know says who it is, and where. */
    public void greet(final long memberId, final List<String> itsUrls) {
        strangers.put(memberId, itsUrls);
    }

    public boolean isConnectedTo(final long peerId) {
        return peers.containsKey(peerId);
    }

    public int peerCount() {
        return peers.size();
    }

    /** Where it looks for a peer; null when it does not. */
    public List<String> urlsOf(final long peerId) {
        return peers.get(peerId);
    }

    @Override
    public void open(
            final long cluster,
            final long member,
            final long incarnation,
            final List<String> peerUrls,
            final SnapshotSink snapshots) {
        clusterId = cluster;
        memberId = member;
        urls = peerUrls;
        sink = snapshots;
    }

    @Override
    public void start() {
        // What was sent here is heard whenever it is asked for.
    }

    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        peers.put(peerId, peerUrls);
    }

    @Override
    public void disconnect(final long peerId) {
        peers.remove(peerId);
        end(peerId);
    }

    @Override
    public boolean send(final RaftMessage message) {
        if (isClosed || !peers.containsKey(message.to())) {
            return false;
        }
        final int to = placeOf.applyAsInt(message.to());
        if (to < 0 || network.isCongested(place, to)) {
            return false;
        }
        power.touch();
        if (power.isOff()) {
            return false;
        }
        observer.onSent(message);
        if (TRACE) {
            System.out.println(
                    "send "
                            + place
                            + "->"
                            + to
                            + " "
                            + message.type()
                            + (message.isReject() ? " REJECT" : "")
                            + " term="
                            + message.term()
                            + " index="
                            + message.index()
                            + " logTerm="
                            + message.logTerm()
                            + " commit="
                            + message.commit()
                            + " context="
                            + message.context()
                            + " inc="
                            + message.fromIncarnation() % 1000
                            + "/"
                            + message.toIncarnation() % 1000
                            + " body="
                            + message.bodyLength());
        }
        final Packet packet = newPacket(Packet.Kind.MESSAGE, to);
        packet.stream = streamOf(message.type());
        packet.reserve(message.length());
        message.buffer().getBytes(0, packet.bytes, 0, message.length());
        packet.view.putLong(
                RaftMessage.SEND_NANOS_OFFSET, clock.nanoTime(), java.nio.ByteOrder.LITTLE_ENDIAN);
        outbox.add(packet);
        return true;
    }

    private static Packet.Stream streamOf(final MessageType type) {
        return type == MessageType.APPEND || type == MessageType.FORWARD
                ? Packet.Stream.APPENDS
                : Packet.Stream.CONTROL;
    }

    @Override
    public int flush() {
        final int count = outbox.size();
        for (int i = 0; i < count; i++) {
            network.post(outbox.get(i));
        }
        outbox.clear();
        return count;
    }

    @Override
    public int poll(final PeerHandler handler, final int limit) {
        int count = 0;
        while (!unreachable.isEmpty()) {
            handler.onUnreachable(unreachable.poll());
            count++;
        }
        while (!strangers.isEmpty()) {
            final Map.Entry<Long, List<String>> stranger = strangers.pollFirstEntry();
            handler.onStranger(stranger.getKey(), stranger.getValue());
        }
        for (int i = 0; i < limit && !inbox.isEmpty(); i++) {
            final Packet packet = inbox.poll();
            take(packet, handler);
            network.recycle(packet);
            count++;
        }
        return count + resend(handler);
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        final Outgoing current = outgoing.get(peerId);
        if (isClosed
                || !peers.containsKey(peerId)
                || current != null
                        && current.term == term
                        && current.source.lastIndex() == source.lastIndex()) {
            source.close();
            return;
        }
        end(peerId);
        final Outgoing next = new Outgoing(source, term);
        outgoing.put(peerId, next);
        sendPiece(peerId, next);
    }

    @Override
    public long nextDeadlineNanos(final long nowNanos) {
        long next = nowNanos + FAR_NANOS;
        for (final Outgoing each : outgoing.values()) {
            next = Math.min(next, each.resendNanos);
        }
        return next;
    }

    @Override
    public void close() {
        isClosed = true;
        while (!outgoing.isEmpty()) {
            end(outgoing.firstKey());
        }
        inbox.forEach(network::recycle);
        inbox.clear();
        outbox.forEach(network::recycle);
        outbox.clear();
    }

    private Packet newPacket(final Packet.Kind kind, final int to) {
        final Packet packet = network.newPacket();
        packet.kind = kind;
        packet.stream = kind == Packet.Kind.PIECE ? Packet.Stream.SNAPSHOTS : Packet.Stream.CONTROL;
        packet.from = place;
        packet.to = to;
        packet.fromId = memberId;
        packet.fromUrls = urls;
        packet.position = 0;
        return packet;
    }

    private void take(final Packet packet, final PeerHandler handler) {
        switch (packet.kind) {
            case MESSAGE -> {
                if (!RaftMessage.isWellFormed(packet.view, 0, packet.length)) {
                    throw new AssertionError("a member sent a message that is not well-formed");
                }
                received.wrap(packet.view, 0, packet.length);
                if (received.clusterId() == clusterId && received.to() == memberId) {
                    if (!peers.containsKey(received.from())) {
                        handler.onStranger(received.from(), packet.fromUrls);
                    }
                    handler.onMessage(received);
                }
            }
            case PIECE -> takePiece(packet);
            case RECEIPT -> takeReceipt(packet, handler);
        }
    }

    private void takePiece(final Packet piece) {
        long position =
                sink.begin(piece.fromId, piece.term, piece.lastIndex, piece.lastTerm, piece.total);
        if (position >= 0 && piece.length > 0 && piece.position == position) {
            bytes.wrap(piece.bytes, 0, piece.length);
            sink.write(position, bytes, 0, piece.length);
            position = sink.position();
        }
        final Packet receipt = newPacket(Packet.Kind.RECEIPT, piece.from);
        receipt.reserve(0);
        receipt.term = piece.term;
        receipt.lastIndex = piece.lastIndex;
        receipt.position = position;
        network.post(receipt);
    }

    private void takeReceipt(final Packet receipt, final PeerHandler handler) {
        final Outgoing transfer = outgoing.get(receipt.fromId);
        if (transfer == null
                || transfer.term != receipt.term
                || transfer.source.lastIndex() != receipt.lastIndex) {
            return;
        }
        if (receipt.position < 0) {
            end(receipt.fromId);
            handler.onSnapshotFailed(receipt.fromId);
            return;
        }
        if (receipt.position > transfer.position) {
            transfer.position = receipt.position;
            transfer.resendsLeft = RESENDS;
            handler.onSnapshotProgress(receipt.fromId);
        }
        if (transfer.position == transfer.source.length()) {
            end(receipt.fromId);
        } else {
            transfer.position = receipt.position;
            sendPiece(receipt.fromId, transfer);
        }
    }

    private void sendPiece(final long peerId, final Outgoing transfer) {
        transfer.resendNanos = clock.nanoTime() + RESEND_NANOS;
        final int to = placeOf.applyAsInt(peerId);
        if (to < 0) {
            return;
        }
        final Packet piece = newPacket(Packet.Kind.PIECE, to);
        piece.term = transfer.term;
        piece.lastIndex = transfer.source.lastIndex();
        piece.lastTerm = transfer.source.lastTerm();
        piece.total = transfer.source.length();
        piece.position = Math.max(0, transfer.position);
        piece.reserve(PIECE_BYTES);
        final int count =
                transfer.position < 0
                        ? 0
                        : transfer.source.read(piece.position, piece.view, 0, PIECE_BYTES);
        if (count == SnapshotSource.UNREADABLE) {
            transfer.resendsLeft = 0;
        }
        if (count <= 0 && transfer.position >= 0) {
            // The file is read elsewhere, and not as far as this yet, or not any more.
            network.recycle(piece);
            transfer.resendNanos = clock.nanoTime() + REREAD_NANOS;
            transfer.isWaiting = count == 0;
            return;
        }
        transfer.isWaiting = false;
        piece.reserve(count);
        network.post(piece);
    }

    private int resend(final PeerHandler handler) {
        if (outgoing.isEmpty()) {
            return 0;
        }
        int count = 0;
        for (final Map.Entry<Long, Outgoing> each : List.copyOf(outgoing.entrySet())) {
            final Outgoing transfer = each.getValue();
            if (transfer.resendNanos - clock.nanoTime() > 0) {
                continue;
            }
            count++;
            if (transfer.isWaiting || transfer.resendsLeft-- > 0) {
                sendPiece(each.getKey(), transfer);
            } else {
                end(each.getKey());
                handler.onSnapshotFailed(each.getKey());
            }
        }
        return count;
    }

    private void end(final long peerId) {
        final Outgoing ended = outgoing.remove(peerId);
        if (ended != null) {
            ended.source.close();
        }
    }
}
