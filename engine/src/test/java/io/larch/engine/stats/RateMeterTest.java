package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RateMeterTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    private final RateMeter meter = new RateMeter();

    @Test
    void shouldHaveNoRateOfOneMessage() {
        assertEquals(0, meter.messagesPerSecond(0));
        meter.count(5, 100);

        assertEquals(0, meter.messagesPerSecond(6));
        assertEquals(0, meter.bytesPerSecond(6));
    }

    @Test
    void shouldDivideAllMessagesByTheTimeFromTheFirstToTheLastAsEtcdDoes() {
        meter.count(0, 100);
        meter.count(100 * MS, 50);
        meter.count(200 * MS, 60);

        assertEquals(15, meter.messagesPerSecond(200 * MS + SECOND));
        assertEquals(1_050, meter.bytesPerSecond(200 * MS + SECOND));
    }

    @Test
    void shouldForgetAllWhenTheNewestIsOlderThanASecond() {
        meter.count(0, 100);
        meter.count(100 * MS, 50);

        assertEquals(0, meter.messagesPerSecond(100 * MS + SECOND + 1));
        meter.count(2 * SECOND, 10);
        assertEquals(0, meter.bytesPerSecond(2 * SECOND));
        meter.count(2 * SECOND + 500 * MS, 10);
        assertEquals(40, meter.bytesPerSecond(2 * SECOND + 500 * MS));
    }

    @Test
    void shouldLookAtTheLastMessagesOnly() {
        for (int i = 0; i < 10 * RateMeter.CAPACITY + 7; i++) {
            meter.count(i * MS, i < 1_000 ? 1_000_000 : 10);
        }
        final long lastNanos = (10 * RateMeter.CAPACITY + 6) * MS;

        final double seconds = (RateMeter.CAPACITY - 1) / 1e3;
        assertEquals(RateMeter.CAPACITY / seconds, meter.messagesPerSecond(lastNanos), 1e-9);
        assertEquals(10 * RateMeter.CAPACITY / seconds, meter.bytesPerSecond(lastNanos), 1e-9);
    }

    @Test
    void shouldHaveNoRateOfMessagesOfOneMoment() {
        meter.count(7, 1);
        meter.count(7, 1);

        assertEquals(0, meter.messagesPerSecond(7));
    }
}
