package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LoadContextTest {
    @Test
    void shouldNameARunByWhatItDoes() {
        assertEquals("put-closed-c32", LoadContext.parse().label());
        assertEquals(
                "quorum-get-500-c8",
                LoadContext.parse("--operation=quorum-get", "--rate=500", "--connections=8")
                        .label());
    }

    @Test
    void shouldNameTheOptionThatIsWrong() {
        final IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> LoadContext.parse("--connections=0"));

        assertEquals("--connections must be at least 1: 0", e.getMessage());
    }
}
