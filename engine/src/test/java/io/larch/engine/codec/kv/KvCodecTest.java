package io.larch.engine.codec.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import java.util.HashSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class KvCodecTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);

    @Test
    void shouldReadACommandThatItWrote() {
        final int body =
                KvCommand.encode(buffer, 8, KvCommand.PUT, CommandEnvelope.QUORUM, 77, 99, 5);
        assertEquals(8 + CommandEnvelope.HEADER_LENGTH, body);
        final int length = body + 5 - 8;
        assertTrue(KvCommand.isWellFormed(buffer, 8, length));
        assertFalse(KvCommand.isWellFormed(buffer, 8, length - 1));
        assertFalse(KvCommand.isWellFormed(buffer, 8, length + 1));
        assertFalse(KvCommand.isWellFormed(buffer, 8, CommandEnvelope.HEADER_LENGTH - 1));
        final CommandEnvelope command = new CommandEnvelope().wrap(buffer, 8);
        assertEquals(KvCommand.DOMAIN, command.domain());
        assertEquals(KvCommand.PUT, command.type());
        assertEquals(77, command.correlationId());
        assertEquals(99, command.timestampNanos());
        assertTrue(command.has(CommandEnvelope.QUORUM));
        assertEquals(body, KvCommand.bodyOffset(command));
        assertEquals(5, KvCommand.bodyLength(command));
    }

    @Test
    void shouldTellReadsFromWrites() {
        for (byte type = 0; type < Byte.MAX_VALUE; type++) {
            assertFalse(KvCommand.isRead(type) && KvCommand.isWrite(type));
        }
        assertTrue(KvCommand.isRead(KvCommand.RANGE) && KvCommand.isRead(KvCommand.HASH));
        assertTrue(KvCommand.isWrite(KvCommand.PUT) && KvCommand.isWrite(KvCommand.ALARM));
        assertFalse(KvCommand.isRead(KvCommand.WATCH) || KvCommand.isWrite(KvCommand.WATCH));
    }

    @Test
    void shouldReadAnswersThatItWrote() {
        assertEquals(
                8 + KvReply.HEAD_LENGTH,
                KvReply.encodeHead(buffer, 8, true, KvError.LEASE_NOT_FOUND));
        assertEquals(1, buffer.getByte(8));
        assertEquals(KvError.LEASE_NOT_FOUND, KvReply.error(buffer, 8));
        assertEquals(8 + KvReply.SLICED_HEAD_LENGTH, KvReply.encodeSlicedHead(buffer, 8, 1L << 33));
        assertEquals(0, buffer.getByte(8));
        assertNull(KvReply.error(buffer, 8));
        assertEquals(1L << 33, KvReply.bodyLength(buffer, 8));
    }

    @Test
    void shouldReadEventsThatItWrote() {
        assertEquals(8 + KvEvents.HEAD_LENGTH, KvEvents.encodeHead(buffer, 8, 3, 12, 11));
        assertFalse(KvEvents.isCompacted(buffer, 8));
        assertEquals(3, KvEvents.count(buffer, 8));
        assertEquals(12, KvEvents.revision(buffer, 8));
        assertEquals(11, KvEvents.lastRevision(buffer, 8));
        KvEvents.encodeCompacted(buffer, 8, 7);
        assertTrue(KvEvents.isCompacted(buffer, 8));
        assertEquals(0, KvEvents.count(buffer, 8));
        assertEquals(7, KvEvents.compactRevision(buffer, 8));
    }

    @Test
    void shouldReadAStatusThatItWrote() {
        final KvStatus status = new KvStatus(-1, 2, 3, 4, 5, 6, 7);
        assertEquals(8 + 56, status.encode(buffer, 8));
        assertEquals(status, KvStatus.decode(buffer, 8));
    }

    @Test
    void shouldFindEachErrorByItsCode() {
        final Set<String> texts = new HashSet<>();
        for (final KvError error : KvError.values()) {
            assertEquals(error, KvError.of(error.code()));
            assertTrue(error.code() != 0 && texts.add(error.text()), error.text());
        }
    }
}
