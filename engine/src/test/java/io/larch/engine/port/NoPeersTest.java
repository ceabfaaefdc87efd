package io.larch.engine.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NoPeersTest {
    @Test
    void shouldWaitByTheClockItIsTold() {
        final long nowNanos = -5;

        assertEquals(
                nowNanos + TimeUnit.HOURS.toNanos(1),
                PeerTransport.NONE.nextDeadlineNanos(nowNanos));
    }
}
