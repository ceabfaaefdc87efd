package io.larch.transport.contract;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** A member of which only the transport is real; it remembers what it is told. */
public final class TestMember implements PeerHandler, AutoCloseable {
    public static final long CLUSTER = 0xc1L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LIMIT = 100;

    public final long id;
    public final int port;
    public final MemorySink sink = new MemorySink();
    public final List<Received> received = new ArrayList<>();
    public final Map<Long, List<String>> strangers = new HashMap<>();
    public final List<Long> unreachable = new ArrayList<>();
    public final List<Long> progressed = new ArrayList<>();
    public final List<Long> failed = new ArrayList<>();
    public final PeerTransport transport;
    private final TransportCounters counters;
    private final String scheme;
    public final String host;
    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[RaftMessage.HEADER_LENGTH]);
    private final RaftMessage message = new RaftMessage();

    /** One message as it was seen. */
    public record Received(MessageType type, long from, long index, long sendNanos, byte[] body) {}

    /**
     * @param wishes how its transport shall differ from others.
     */
    public TestMember(
            final Cluster cluster,
            final long id,
            final String host,
            final int port,
            final long incarnation,
            final Wishes wishes) {
        this.id = id;
        this.host = host;
        this.port = port;
        scheme = cluster.scheme();
        if (wishes.listenUrls.isEmpty()) {
            wishes.listenUrls = List.of(url());
        }
        final Cluster.Carrier carrier = cluster.carrier(this, wishes);
        transport = carrier.transport();
        counters = carrier.counters();
        transport.open(CLUSTER, id, incarnation, List.of(url()), sink);
        carrier.onOpen().run();
    }

    public String url() {
        return scheme + "://" + host + ":" + port;
    }

    /** A turn as the engine takes it. */
    public int turn() {
        return transport.poll(this, LIMIT) + transport.flush();
    }

    public boolean send(final TestMember to, final MessageType type, final long index) {
        return send(to.id, type, index, new byte[0]);
    }

    public boolean send(
            final long to, final MessageType type, final long index, final byte[] body) {
        return transport.send(message(CLUSTER, to, 0, type, index, body));
    }

    /** Appends have their body in one entry. */
    public RaftMessage message(
            final long clusterId,
            final long to,
            final long toIncarnation,
            final MessageType type,
            final long index,
            final byte[] body) {
        final int prefix =
                type == MessageType.APPEND && body.length > 0 ? RaftMessage.ENTRY_HEADER_LENGTH : 0;
        final int bodyLength = prefix + body.length + (prefix == 0 ? 0 : -body.length & 7);
        final int length = RaftMessage.HEADER_LENGTH + bodyLength;
        if (bytes.capacity() != length) {
            bytes.wrap(new byte[length]);
        }
        RaftMessage.encodeHeader(bytes, 0, type);
        bytes.putLong(RaftMessage.CLUSTER_ID_OFFSET, clusterId, ORDER);
        bytes.putLong(RaftMessage.FROM_OFFSET, id, ORDER);
        bytes.putLong(RaftMessage.TO_OFFSET, to, ORDER);
        bytes.putLong(RaftMessage.TO_INCARNATION_OFFSET, toIncarnation, ORDER);
        bytes.putLong(RaftMessage.INDEX_OFFSET, index, ORDER);
        bytes.putInt(RaftMessage.BODY_LENGTH_OFFSET, bodyLength, ORDER);
        if (prefix > 0) {
            final int entry = RaftMessage.HEADER_LENGTH;
            bytes.putInt(entry + RaftMessage.ENTRY_LENGTH_OFFSET, body.length, ORDER);
        }
        bytes.putBytes(RaftMessage.HEADER_LENGTH + prefix, body);
        return message.wrap(bytes, 0, length);
    }

    @Override
    public void onMessage(final RaftMessage arrived) {
        int skipped = 0;
        int length = arrived.bodyLength();
        if (arrived.type() == MessageType.APPEND && length > 0) {
            final int entry = RaftMessage.HEADER_LENGTH;
            skipped = RaftMessage.ENTRY_HEADER_LENGTH;
            length = arrived.buffer().getInt(entry + RaftMessage.ENTRY_LENGTH_OFFSET, ORDER);
        }
        final byte[] body = new byte[length];
        arrived.buffer().getBytes(RaftMessage.HEADER_LENGTH + skipped, body);
        received.add(
                new Received(
                        arrived.type(),
                        arrived.from(),
                        arrived.index(),
                        arrived.sendNanos(),
                        body));
    }

    public long[] receivedIndexes(final MessageType type) {
        return received.stream()
                .filter(each -> each.type() == type)
                .mapToLong(Received::index)
                .toArray();
    }

    public TransportCounters counters() {
        return counters;
    }

    public long count(final TransportCounter counter) {
        return counters.get(counter);
    }

    @Override
    public void onStranger(final long peerId, final List<String> peerUrls) {
        strangers.put(peerId, peerUrls);
    }

    @Override
    public void onUnreachable(final long peerId) {
        unreachable.add(peerId);
    }

    @Override
    public void onSnapshotProgress(final long peerId) {
        progressed.add(peerId);
    }

    @Override
    public void onSnapshotFailed(final long peerId) {
        failed.add(peerId);
    }

    @Override
    public void close() {
        transport.close();
    }
}
