package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.transport.frame.FrameBacklog;
import io.larch.transport.frame.FrameKind;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.TransportFrame;
import java.util.ArrayDeque;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class LongMessageTest {
    private final OutgoingFrame frame = new OutgoingFrame();
    private final PieceAssembler assembler = new PieceAssembler();
    private final TransportFrame part = new TransportFrame();

    private boolean add(final long id, final long position, final long total, final byte[] body) {
        final UnsafeBuffer bytes =
                new UnsafeBuffer(new byte[TransportFrame.HEADER_LENGTH + body.length]);
        TransportFrame.encode(bytes, FrameKind.PIECE, id, position, total, body.length);
        bytes.putBytes(TransportFrame.HEADER_LENGTH, body);
        return assembler.add(part.wrap(bytes, 0, bytes.capacity()));
    }

    @Test
    void shouldPutPiecesTogether() {
        assertTrue(add(1, 0, 5, new byte[] {1, 2}));
        assertFalse(assembler.isComplete());
        assertTrue(add(1, 2, 5, new byte[] {3, 4, 5}));

        assertTrue(assembler.isComplete());
        final byte[] whole = new byte[5];
        assertEquals(5, assembler.length());
        assembler.message().getBytes(0, whole);
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, whole);
    }

    @Test
    void shouldRefusePiecesThatDoNotFollow() {
        assertFalse(add(1, 2, 5, new byte[2]), "no beginning");
        assertTrue(add(1, 0, 5, new byte[2]));
        assertFalse(add(1, 3, 5, new byte[2]), "a gap");
        assertTrue(add(2, 0, 5, new byte[2]));
        assertFalse(add(3, 2, 5, new byte[3]), "of another message");
        assertTrue(add(4, 0, 5, new byte[2]));
        assertFalse(add(4, 2, 6, new byte[3]), "of another length");
        assertFalse(add(5, 0, PieceAssembler.MAX_MESSAGE_LENGTH + 1L, new byte[2]), "too long");
        assertFalse(assembler.isComplete());

        assertTrue(add(6, 0, 4, new byte[2]));
        assertTrue(add(7, 0, 2, new byte[2]), "the next message begins");
        assertTrue(assembler.isComplete());
    }

    @Test
    void shouldKeepFramesInOrderAndWithinTheirBound() {
        final int capacity = 1 << 20;
        final FrameBacklog backlog = new FrameBacklog(capacity);
        final ArrayDeque<byte[]> expected = new ArrayDeque<>();
        final Random random = new Random(4);
        long waiting = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) < (i / 2_000 % 2 == 0 ? 60 : 40)) {
                final byte[] bytes = new byte[1 + random.nextInt(i % 7 == 0 ? 50_000 : 200)];
                random.nextBytes(bytes);
                if (backlog.add(frame.sealed(new UnsafeBuffer(bytes), 0, bytes.length))) {
                    expected.add(bytes);
                    waiting += bytes.length;
                    assertTrue(waiting <= capacity);
                } else {
                    refused++;
                    assertTrue(waiting > capacity - bytes.length - 16L * (expected.size() + 1));
                }
            } else if (!expected.isEmpty()) {
                final byte[] first = expected.remove();
                waiting -= first.length;
                final byte[] bytes = new byte[backlog.firstLength()];
                backlog.buffer().getBytes(backlog.firstOffset(), bytes);
                assertArrayEquals(first, bytes);
                backlog.removeFirst();
            }
            assertEquals(expected.size(), backlog.frames());
            assertEquals(expected.isEmpty(), backlog.isEmpty());
        }
        assertTrue(refused > 0, "it was full at times");
    }
}
