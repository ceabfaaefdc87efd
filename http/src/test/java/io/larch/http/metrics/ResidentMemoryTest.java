package io.larch.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    @Test
    void shouldReadWhatLinuxTells() {
        assertEquals(
                OptionalLong.of(1236 * 1024),
                ResidentMemory.parse(
                        "VmHWM:\t    1240 kB\nVmRSS:\t    1236 kB\nRssAnon:\t 84 kB\n"));
        assertTrue(ResidentMemory.ofThisProcess().getAsLong() > 1 << 20);
    }

    /** A process that ends has no memory any more. */
    @Test
    void shouldSayNothingWhereNothingIsTold() {
        assertEquals(OptionalLong.empty(), ResidentMemory.parse("Name:\tjava\n"));
    }
}
