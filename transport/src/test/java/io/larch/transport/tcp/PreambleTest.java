package io.larch.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.transport.frame.PeerIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PreambleTest {
    private static final PeerIdentity ONE = new PeerIdentity(0xC1, 1, 7);
    private static final PeerIdentity TWO = new PeerIdentity(0xC1, 2, 3);

    private final ByteBuffer bytes = Preamble.encode(ONE, 2, StreamKind.APPENDS);

    private Verdict verdict(final PeerIdentity self) {
        return Preamble.of(bytes).verdict(self);
    }

    @Test
    void shouldSayWhoSpeaksToWhomAndWhatFor() {
        final Preamble preamble = Preamble.of(bytes);

        assertEquals(Preamble.LENGTH, bytes.remaining());
        assertEquals(0xC1, preamble.clusterId());
        assertEquals(1, preamble.from());
        assertEquals(2, preamble.to());
        assertEquals(StreamKind.APPENDS, preamble.stream());
        assertEquals(Verdict.ACCEPTED, verdict(TWO));
    }

    @Test
    void shouldTellWhyItIsNotTaken() {
        assertEquals(Verdict.OTHER_CLUSTER, verdict(new PeerIdentity(0xC2, 2, 3)));
        assertEquals(Verdict.OTHER_MEMBER, verdict(new PeerIdentity(0xC1, 3, 3)));
        assertEquals(Verdict.OTHER_MEMBER, verdict(ONE));
        bytes.put(8, (byte) 2);
        assertEquals(Verdict.OTHER_VERSION, verdict(TWO));
    }

    @Test
    void shouldNotTakeOneInWhichAnyBitIsWrong() {
        for (int bit = 0; bit < 8 * Preamble.LENGTH; bit++) {
            final byte good = bytes.get(bit / 8);
            bytes.put(bit / 8, (byte) (good ^ 1 << bit % 8));
            assertTrue(verdict(TWO) != Verdict.ACCEPTED, "bit " + bit);
            bytes.put(bit / 8, good);
        }
        assertEquals(Verdict.ACCEPTED, verdict(TWO));
    }

    @Test
    void shouldTellMembersFromHttpByTheFirstBytes() {
        assertTrue(Preamble.mayBegin(bytes, 0));
        assertTrue(Preamble.mayBegin(bytes, 3));
        assertTrue(Preamble.mayBegin(bytes, Preamble.LENGTH));
        for (final String other : new String[] {"GET ", "PRI * HTTP/2.0", "\u0016\u0003\u0001"}) {
            final ByteBuffer text = ByteBuffer.wrap(other.getBytes(StandardCharsets.ISO_8859_1));
            assertFalse(Preamble.mayBegin(text, text.remaining()), other);
        }
    }

    @Test
    void shouldCarryVerdicts() {
        for (final Verdict verdict : Verdict.values()) {
            final ByteBuffer answer = ByteBuffer.allocate(Verdict.LENGTH);
            verdict.encode(answer);
            assertFalse(answer.hasRemaining());
            assertEquals(verdict, Verdict.of(answer));
            assertFalse(Verdict.isHttp(answer));
        }
        final ByteBuffer http = ByteBuffer.wrap("HTTP/1.1 400".getBytes(StandardCharsets.US_ASCII));
        assertNull(Verdict.of(http));
        assertTrue(Verdict.isHttp(http));
    }
}
