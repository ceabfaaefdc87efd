package io.larch.engine;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.RaftMessage;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Carries the messages of members in one thread: in order and at once, unless a test cuts links or
 * asks for faults. Without faults it allocates nothing once its buffers have grown.
 */
final class MemberNetwork {
    private final Long2ObjectHashMap<Wire> wires = new Long2ObjectHashMap<>();
    private final Set<List<Long>> cuts = new HashSet<>();
    private final SplittableRandom random;

    /** Of a hundred messages. */
    int lossPercent;

    int repeatPercent;
    int reorderPercent;

    /** Messages that never arrive. */
    Predicate<RaftMessage> lost;

    MemberNetwork(final long seed) {
        random = new SplittableRandom(seed);
    }

    /** The transport of one life of a member. */
    Wire wire() {
        return new Wire();
    }

    void cut(final long from, final long to) {
        cuts.add(List.of(from, to));
    }

    /** Nothing goes to or comes from a member. */
    void isolate(final long id, final Iterable<Long> others) {
        for (final long other : others) {
            cut(id, other);
            cut(other, id);
        }
    }

    /** A message of long ago arrives, whatever life it was meant for. */
    void inject(final long to, final RaftMessage message) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[message.length()]);
        bytes.putBytes(0, message.buffer(), 0, message.length());
        bytes.putLong(RaftMessage.TO_OFFSET, to, ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RaftMessage.TO_INCARNATION_OFFSET, 0, ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RaftMessage.CONTEXT_OFFSET, 0, ByteOrder.LITTLE_ENDIAN);
        wires.get(to).put(new RaftMessage().wrap(bytes, 0, bytes.capacity()));
    }

    void heal() {
        cuts.clear();
    }

    private boolean isCut(final long from, final long to) {
        return !cuts.isEmpty() && cuts.contains(List.of(from, to));
    }

    private boolean happens(final int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    /** One end. */
    final class Wire implements PeerTransport {
        private final ExpandableArrayBuffer inbox = new ExpandableArrayBuffer(1 << 16);
        private final ExpandableArrayBuffer held = new ExpandableArrayBuffer(1 << 12);
        private final RaftMessage message = new RaftMessage();
        private final Map<Long, Shipment> shipments = new HashMap<>();
        final LongHashSet peers = new LongHashSet();
        private final Map<Long, List<String>> urlsOfPeers = new HashMap<>();

        /** Whom the next poll tells of as strangers. */
        final Map<Long, List<String>> hellos = new HashMap<>();

        private int head;
        private int tail;
        private int heldLength;
        private long id;
        private List<String> urls;
        private SnapshotSink sink;
        private boolean isClosed;
        int connects;

        private record Shipment(long to, long term, SnapshotSource source) {}

        @Override
        public void open(
                final long clusterId,
                final long memberId,
                final long incarnation,
                final List<String> peerUrls,
                final SnapshotSink snapshots) {
            id = memberId;
            urls = peerUrls;
            sink = snapshots;
            wires.put(memberId, this);
        }

        @Override
        public void start() {
            // What was sent here is heard whenever it is asked for.
        }

        @Override
        public void connect(final long peerId, final List<String> peerUrls) {
            peers.add(peerId);
            urlsOfPeers.put(peerId, peerUrls);
            connects++;
        }

        @Override
        public void disconnect(final long peerId) {
            peers.remove(peerId);
        }

        @Override
        public boolean send(final RaftMessage sent) {
            final Wire target = wires.get(sent.to());
            if (!peers.contains(sent.to()) || target == null) {
                return false;
            }
            if (isCut(id, sent.to()) || happens(lossPercent) || lost != null && lost.test(sent)) {
                return true;
            }
            if (happens(repeatPercent)) {
                target.put(sent);
            }
            if (happens(reorderPercent) && target.heldLength == 0) {
                target.hold(sent);
            } else {
                target.put(sent);
                target.releaseHeld();
            }
            return true;
        }

        private void put(final RaftMessage sent) {
            inbox.putInt(tail, sent.length());
            inbox.putBytes(tail + Long.BYTES, sent.buffer(), 0, sent.length());
            tail += Long.BYTES + sent.length();
        }

        private void hold(final RaftMessage sent) {
            heldLength = sent.length();
            held.putBytes(0, sent.buffer(), 0, heldLength);
        }

        private void releaseHeld() {
            if (heldLength > 0) {
                inbox.putInt(tail, heldLength);
                inbox.putBytes(tail + Long.BYTES, held, 0, heldLength);
                tail += Long.BYTES + heldLength;
                heldLength = 0;
            }
        }

        @Override
        public int flush() {
            return 0;
        }

        @Override
        public int poll(final PeerHandler handler, final int limit) {
            int count = 0;
            if (!hellos.isEmpty()) {
                hellos.forEach(handler::onStranger);
                hellos.clear();
            }
            while (head < tail && count < limit) {
                final int length = inbox.getInt(head);
                message.wrap(inbox, head + Long.BYTES, length);
                head += Long.BYTES + length;
                greet(handler, message.from());
                handler.onMessage(message);
                count++;
            }
            if (head == tail) {
                head = 0;
                tail = 0;
            }
            if (!shipments.isEmpty()) {
                ship(handler);
                count++;
            }
            return count;
        }

        private void greet(final PeerHandler handler, final long from) {
            if (!peers.contains(from) && wires.containsKey(from)) {
                handler.onStranger(from, wires.get(from).urls);
            }
        }

        private void ship(final PeerHandler handler) {
            for (final Shipment shipment : new ArrayList<>(shipments.values())) {
                final Wire target = wires.get(shipment.to);
                final SnapshotSource source = shipment.source;
                final long at =
                        target == null || isCut(id, shipment.to)
                                ? SnapshotSink.REFUSED
                                : target.sink.begin(
                                        id,
                                        shipment.term,
                                        source.lastIndex(),
                                        source.lastTerm(),
                                        source.length());
                if (at == SnapshotSink.REFUSED) {
                    end(shipment);
                    handler.onSnapshotFailed(shipment.to);
                    continue;
                }
                final UnsafeBuffer piece = new UnsafeBuffer(new byte[1000]);
                final int length = source.read(at, piece, 0, piece.capacity());
                if (target.sink.write(at, piece, 0, length)) {
                    handler.onSnapshotProgress(shipment.to);
                }
                if (at + length >= source.length()) {
                    end(shipment);
                }
            }
        }

        private void end(final Shipment shipment) {
            shipments.remove(shipment.to);
            shipment.source.close();
        }

        @Override
        public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
            final Shipment previous = shipments.put(peerId, new Shipment(peerId, term, source));
            if (previous != null) {
                previous.source.close();
            }
        }

        @Override
        public long nextDeadlineNanos(final long nowNanos) {
            return Long.MAX_VALUE / 2;
        }

        @Override
        public void close() {
            isClosed = true;
            wires.remove(id, this);
            shipments.values().forEach(shipment -> shipment.source.close());
            shipments.clear();
        }

        /** Where it looks for a peer. */
        List<String> urlsOf(final long peerId) {
            return urlsOfPeers.get(peerId);
        }

        boolean isClosed() {
            return isClosed;
        }
    }
}
