package io.larch.http.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldHashAsEtcdDoes() {
        final String hash = Passwords.hash(bytes("p\u00e4ss"), 4);
        assertTrue(hash.startsWith("$2a$04$"), hash);
        assertEquals(60, hash.length());
        assertNotEquals(hash, Passwords.hash(bytes("p\u00e4ss"), 4));
        assertTrue(Passwords.matches(bytes("p\u00e4ss"), hash));
        assertFalse(Passwords.matches(bytes("pass"), hash));
        assertFalse(Passwords.matches(bytes(""), hash));
    }

    /** Of Go's own tests: what its bcrypt makes, with cost 10, of this password. */
    @Test
    void shouldKnowHashesThatGoHasMade() {
        final String hash = "$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga";
        assertTrue(Passwords.matches(bytes("allmine"), hash));
        assertFalse(Passwords.matches(bytes("allmine "), hash));
    }

    @Test
    void shouldLookAt72BytesAndAtZeros() {
        final String hash = Passwords.hash(bytes("x".repeat(72) + "a"), 4);
        assertTrue(Passwords.matches(bytes("x".repeat(72) + "b"), hash));
        assertFalse(Passwords.matches(bytes("x".repeat(71)), hash));
        final String withZero = Passwords.hash(new byte[] {'a', 0, 'b'}, 4);
        assertFalse(Passwords.matches(new byte[] {'a', 0, 'c'}, withZero));
        assertFalse(Passwords.matches(new byte[] {'a'}, withZero));
    }

    @Test
    void shouldFindNothingRightThatIsNoHash() {
        for (final String hash :
                new String[] {"", "x", "$2a$10$", "$1$abc", "$2a$99$" + "x".repeat(53)}) {
            assertFalse(Passwords.matches(bytes("x"), hash), hash);
        }
    }
}
