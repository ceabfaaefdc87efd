package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RaftMessageTest {
    private static byte[] snapshotFrame() {
        final byte[] bytes = new byte[512];
        final RaftConfig config = new RaftConfig().id(2).clusterId(7);
        final int length =
                RaftMessage.encodeSnapshot(
                        new UnsafeBuffer(bytes), 0, config, 1, 3, 10, 2, ConfState.ofVoters(1, 2));
        return java.util.Arrays.copyOf(bytes, length);
    }

    @Test
    void shouldReadWhatWasWritten() {
        final byte[] bytes = snapshotFrame();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        assertTrue(RaftMessage.isWellFormed(buffer, 0, bytes.length));
        final RaftMessage message = new RaftMessage().wrap(buffer, 0, bytes.length);
        assertEquals(MessageType.SNAPSHOT, message.type());
        assertEquals(10, message.index());
        assertEquals(2, message.logTerm());
        assertEquals(
                ConfState.ofVoters(1, 2),
                ConfState.decode(message.buffer(), RaftMessage.HEADER_LENGTH));
    }

    @Test
    void shouldRefuseACutFrame() {
        final byte[] bytes = snapshotFrame();
        for (int length = 0; length < bytes.length; length++) {
            assertFalse(RaftMessage.isWellFormed(new UnsafeBuffer(bytes, 0, length), 0, length));
        }
    }

    @Test
    void shouldCheckMutatedFramesWithoutReadingBeyondThem() {
        final SplittableRandom random = new SplittableRandom(1);
        final byte[] valid = snapshotFrame();
        for (int i = 0; i < 300_000; i++) {
            final byte[] bytes = java.util.Arrays.copyOf(valid, random.nextInt(valid.length + 64));
            for (int k = random.nextInt(6); k > 0 && bytes.length > 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (bytes.length > 3 && random.nextBoolean()) {
                bytes[RaftMessage.TYPE_OFFSET] = (byte) random.nextInt(20);
            }
            // Bounds are checked by the buffer: reading beyond it would throw.
            RaftMessage.isWellFormed(new UnsafeBuffer(bytes), 0, bytes.length);
        }
    }
}
