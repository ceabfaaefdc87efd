package io.larch.tools.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TlsEngineTest {
    @Test
    void shouldBeTheFastestThatLoadsUnlessOneIsNamed() {
        assertTrue(TlsEngine.choose().isAvailable());
        try {
            System.setProperty("larch.tls.engine", "JDK");
            assertEquals(TlsEngine.JDK, TlsEngine.choose());
        } finally {
            System.clearProperty("larch.tls.engine");
        }
    }
}
