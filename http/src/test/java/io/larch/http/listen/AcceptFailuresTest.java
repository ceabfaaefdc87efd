package io.larch.http.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.metrics.EdgeCounters;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
    private long nowNanos = Long.MAX_VALUE - 1;

    @Test
    void shouldCountThemAndLetTheListenerLive() {
        final EdgeCounters counters = new EdgeCounters(null, 0);
        final EmbeddedChannel listener =
                new EmbeddedChannel(new AcceptFailures(counters, () -> nowNanos));
        for (int i = 0; i < 3; i++) {
            listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        }
        assertEquals(3, counters.failedAccepts());
        assertTrue(listener.isOpen());
        listener.checkException();
        listener.close();
    }

    @Test
    void shouldTellTheLogOnceAMinute() {
        final RareLog log = new RareLog(() -> nowNanos);
        assertTrue(log.isDue());
        assertFalse(log.isDue());
        nowNanos += TimeUnit.SECONDS.toNanos(59);
        assertFalse(log.isDue());
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        assertTrue(log.isDue());
        assertFalse(log.isDue());
    }
}
