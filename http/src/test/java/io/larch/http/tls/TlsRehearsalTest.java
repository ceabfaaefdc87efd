package io.larch.http.tls;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import org.junit.jupiter.api.Test;

class TlsRehearsalTest {
    @Test
    void shouldEndWithoutAWordToTheMemberWhenALibraryIsBroken() {
        assertDoesNotThrow(
                () ->
                        TlsRehearsal.attempt(
                                () -> {
                                    throw new NoClassDefFoundError("of a test");
                                },
                                () -> null));
    }

    @Test
    void shouldEndWithoutAWordToTheMemberWhenNoContextCanBeMade() {
        assertDoesNotThrow(
                () ->
                        TlsRehearsal.attempt(
                                () -> {
                                    throw new IllegalStateException("of a test");
                                },
                                () -> null));
    }
}
