package io.larch.engine.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.EngineLog;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class PeerClocksTest {
    private static final long MS = 1_000_000L;

    private final AtomicLong nanoTime = new AtomicLong(5_000 * MS);
    private final AtomicLong wall = new AtomicLong(1_700_000_000_000L * MS);
    private final PeerClocks clocks = new PeerClocks(nanoTime::get, wall::get, new EngineLog(0xC1));

    @Test
    void shouldTellHowFarAPeersClockIsAhead() {
        heard(7, 10 * MS, 3_600_000);
        heard(8, 10 * MS, -700);
        heard(9, 10 * MS, 0);

        assertEquals(Map.of(7L, 3_600_000L, 8L, -700L, 9L, 0L), clocks.differencesMs());
    }

    @Test
    void shouldKeepAnswersThatTookLongOutOfIt() {
        heard(7, 10 * MS, 20);
        heard(7, 3_000 * MS, -1_500);

        assertEquals(Map.of(7L, 20L), clocks.differencesMs());
    }

    @Test
    void shouldKnowNothingOfAPeerThatDoesNotTell() {
        clocks.heard(message(7, nanoTime.get() - MS, 0));

        assertEquals(Map.of(), clocks.differencesMs());
    }

    @Test
    void shouldForgetWhenItDoesNotLeadAnyMore() {
        heard(7, MS, 900);
        clocks.clear();

        assertEquals(Map.of(), clocks.differencesMs());
    }

    private void heard(final long peer, final long roundNanos, final long aheadMs) {
        final long peerWallMs = wall.get() / MS - roundNanos / 2 / MS + aheadMs;
        clocks.heard(message(peer, nanoTime.get() - roundNanos, (int) peerWallMs));
    }

    private static RaftMessage message(
            final long peer, final long echoNanos, final int wallMillis) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        RaftMessage.encodeHeader(bytes, 0, MessageType.HEARTBEAT_REPLY);
        bytes.putLong(RaftMessage.FROM_OFFSET, peer, ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RaftMessage.ECHO_NANOS_OFFSET, echoNanos, ByteOrder.LITTLE_ENDIAN);
        final RaftMessage message = new RaftMessage().wrap(bytes, 0, RaftMessage.HEADER_LENGTH);
        message.wallMillis(wallMillis);
        return message;
    }
}
