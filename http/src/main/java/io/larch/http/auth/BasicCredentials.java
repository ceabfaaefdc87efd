package io.larch.http.auth;

import io.larch.http.text.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Name and password of an Authorization header. Never printed. */
final class BasicCredentials {
    private static final String SCHEME = "basic ";

    private final String name;
    private final byte[] password;

    private BasicCredentials(final String name, final byte[] password) {
        this.name = name;
        this.password = password;
    }

    /** As Go reads them; null if it is another scheme or malformed. */
    static BasicCredentials parse(final byte[] head, final int from, final int to) {
        final int start = from + SCHEME.length();
        // Java's decoder does without the padding, Go's does not.
        if (to < start
                || (to - start) % 4 != 0
                || !Ascii.equalIgnoreCase(head, from, start, SCHEME)) {
            return null;
        }
        final byte[] pair;
        try {
            pair = Base64.getDecoder().decode(Arrays.copyOfRange(head, start, to));
        } catch (final IllegalArgumentException e) {
            return null;
        }
        for (int i = 0; i < pair.length; i++) {
            if (pair[i] == ':') {
                return new BasicCredentials(
                        new String(pair, 0, i, StandardCharsets.UTF_8),
                        Arrays.copyOfRange(pair, i + 1, pair.length));
            }
        }
        return null;
    }

    String name() {
        return name;
    }

    byte[] password() {
        return password;
    }
}
