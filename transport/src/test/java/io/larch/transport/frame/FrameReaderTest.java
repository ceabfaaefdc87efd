package io.larch.transport.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long CLUSTER = 77;
    private static final long SELF = 2;
    private static final long PEER = 1;
    private static final long LIFE = 5;

    private final TransportCounters counters = new TransportCounters(null);
    private final FrameChecksum checksum = new FrameChecksum();
    private final OutgoingFrame frame = new OutgoingFrame();
    private int heard;
    private int parts;
    private int messages;
    private int strays;
    private final FrameReader adapter =
            new FrameReader(
                    new PeerIdentity(CLUSTER, SELF, LIFE),
                    counters,
                    new FrameListener() {
                        @Override
                        public void onHeard(final long from) {
                            heard++;
                        }

                        @Override
                        public void onTransportFrame(final TransportFrame arrived) {
                            parts++;
                        }

                        @Override
                        public void onStray() {
                            strays++;
                        }
                    });

    {
        adapter.begin(
                new PeerHandler() {
                    @Override
                    public void onMessage(final RaftMessage message) {
                        messages++;
                    }

                    @Override
                    public void onStranger(final long peerId, final List<String> urls) {}

                    @Override
                    public void onUnreachable(final long peerId) {}

                    @Override
                    public void onSnapshotProgress(final long peerId) {}

                    @Override
                    public void onSnapshotFailed(final long peerId) {}
                });
    }

    /** An append with one entry. */
    private byte[] message(final int entryLength) {
        final int bodyLength = RaftMessage.ENTRY_HEADER_LENGTH + entryLength;
        final UnsafeBuffer bytes =
                new UnsafeBuffer(new byte[RaftMessage.HEADER_LENGTH + bodyLength]);
        RaftMessage.encodeHeader(bytes, 0, MessageType.APPEND);
        bytes.putLong(RaftMessage.CLUSTER_ID_OFFSET, CLUSTER, ORDER);
        bytes.putLong(RaftMessage.FROM_OFFSET, PEER, ORDER);
        bytes.putLong(RaftMessage.TO_OFFSET, SELF, ORDER);
        bytes.putInt(RaftMessage.BODY_LENGTH_OFFSET, bodyLength, ORDER);
        bytes.putInt(
                RaftMessage.HEADER_LENGTH + RaftMessage.ENTRY_LENGTH_OFFSET, entryLength, ORDER);
        return sealed(frame.seal(new RaftMessage().wrap(bytes, 0, bytes.capacity()), 123_456_789L));
    }

    private byte[] part(final FrameKind kind, final int bodyLength) {
        TransportFrame.encode(frame.transportHeader(), kind, 9, 0, bodyLength, bodyLength);
        return sealed(
                frame.sealTransport(
                        new PeerIdentity(CLUSTER, PEER, 1),
                        SELF,
                        1,
                        new UnsafeBuffer(new byte[bodyLength]),
                        0,
                        bodyLength));
    }

    private static byte[] sealed(final OutgoingFrame sealed) {
        final byte[] bytes = new byte[sealed.length()];
        sealed.header().getBytes(0, bytes, 0, sealed.headerLength());
        sealed.body()
                .getBytes(sealed.bodyOffset(), bytes, sealed.headerLength(), sealed.bodyLength());
        return bytes;
    }

    private void receive(final byte[] bytes) {
        adapter.onFrame(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** The checksum is right, whatever else is wrong. */
    private byte[] resealed(final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final boolean isPart =
                bytes.length > RaftMessage.VERSION_OFFSET
                        && (buffer.getShort(RaftMessage.SCHEMA_ID_OFFSET, ORDER) & 0xffff)
                                == TransportFrame.SCHEMA_ID;
        final int slot = isPart ? TransportFrame.CRC32C_OFFSET : RaftMessage.CRC32C_OFFSET;
        if (bytes.length >= slot + Integer.BYTES) {
            buffer.putInt(slot, checksum.of(buffer, 0, bytes.length, slot), ORDER);
        }
        return bytes;
    }

    private void expect(final TransportCounter counter, final byte[] bytes) {
        final long before = counters.get(counter);
        receive(bytes);
        assertEquals(before + 1, counters.get(counter));
        assertEquals(0, messages + parts);
    }

    private byte[] with(final int offset, final long value) {
        final byte[] bytes = message(16);
        new UnsafeBuffer(bytes).putLong(offset, value, ORDER);
        return resealed(bytes);
    }

    @Test
    void shouldPassWhatIsRight() {
        receive(message(0));
        receive(message(1 << 20));
        receive(with(RaftMessage.TO_INCARNATION_OFFSET, LIFE));
        receive(part(FrameKind.CHUNK, 1000));
        receive(part(FrameKind.OFFER, 0));
        receive(part(FrameKind.HELLO, 1));
        receive(part(FrameKind.HELLO, Hello.MAX_LENGTH));

        assertEquals(3, messages);
        assertEquals(4, parts);
        assertEquals(7, heard);
        assertEquals(3, counters.get(TransportCounter.MESSAGES_RECEIVED));
    }

    @Test
    void shouldCountWhatItDropsByKind() {
        expect(TransportCounter.DROPPED_FOREIGN, with(RaftMessage.CLUSTER_ID_OFFSET, CLUSTER + 1));
        expect(TransportCounter.DROPPED_MISDIRECTED, with(RaftMessage.TO_OFFSET, 3));
        expect(TransportCounter.DROPPED_MISDIRECTED, with(RaftMessage.FROM_OFFSET, SELF));
        expect(TransportCounter.DROPPED_MISDIRECTED, with(RaftMessage.FROM_OFFSET, 0));
        assertEquals(4, strays);
        expect(TransportCounter.DROPPED_STALE, with(RaftMessage.TO_INCARNATION_OFFSET, LIFE - 1));
        expect(TransportCounter.DROPPED_MALFORMED, new byte[0]);

        final byte[] newer = message(16);
        newer[RaftMessage.VERSION_OFFSET]++;
        expect(TransportCounter.DROPPED_VERSION, resealed(newer));
        final byte[] unknown = message(16);
        unknown[RaftMessage.TYPE_OFFSET] = 99;
        expect(TransportCounter.DROPPED_MALFORMED, resealed(unknown));
        final byte[] stranger = message(16);
        stranger[RaftMessage.SCHEMA_ID_OFFSET]++;
        expect(TransportCounter.DROPPED_MALFORMED, stranger);
        expect(TransportCounter.DROPPED_MALFORMED, part(FrameKind.HELLO, 0));
        expect(TransportCounter.DROPPED_MALFORMED, part(FrameKind.HELLO, Hello.MAX_LENGTH + 1));
        assertEquals(0, heard);
    }

    @Test
    void shouldNoticeEveryFlippedBitAndEveryCut() {
        for (final byte[] original :
                new byte[][] {message(24), part(FrameKind.CHUNK, 24), part(FrameKind.HELLO, 24)}) {
            for (int bit = 0; bit < original.length * 8; bit++) {
                final byte[] damaged = original.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                receive(damaged);
            }
            for (int length = 0; length < original.length; length++) {
                receive(java.util.Arrays.copyOf(original, length));
            }
        }

        assertEquals(0, messages + parts);
    }

    /** The buffers are checked for reads beyond their end, and end where the frames do. */
    @Test
    void shouldDropAMillionRandomAndMutatedFrames() {
        final Random random = new Random(42);
        final byte[][] originals = {
            message(0),
            message(40),
            part(FrameKind.PIECE, 64),
            part(FrameKind.POSITION, 0),
            part(FrameKind.HELLO, 40)
        };
        int count = 0;
        while (count < 1_000_000) {
            final byte[] bytes;
            if (random.nextInt(4) == 0) {
                bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
            } else {
                final byte[] original = originals[random.nextInt(originals.length)];
                final int length =
                        random.nextInt(3) == 0
                                ? random.nextInt(original.length + 20)
                                : original.length;
                bytes = java.util.Arrays.copyOf(original, length);
                for (int i = random.nextInt(4); i >= 0 && length > 0; i--) {
                    bytes[random.nextInt(length)] = (byte) random.nextInt();
                }
            }
            receive(random.nextBoolean() ? resealed(bytes) : bytes);
            count++;
        }

        final long dropped =
                java.util.stream.Stream.of(TransportCounter.values())
                        .filter(each -> each.name().startsWith("DROPPED"))
                        .mapToLong(counters::get)
                        .sum();
        assertEquals(count, dropped + messages + parts);
        assertTrue(dropped > count / 2, () -> counters.toString());
        assertTrue(messages > 0 && parts > 0, "mutations that do no harm get through");
    }
}
