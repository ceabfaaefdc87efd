package io.larch.http.auth;

import java.util.Arrays;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** bcrypt, as etcd uses it. Takes tens of milliseconds: for the worker's threads only. */
final class Passwords {
    /** As in etcd 2.3, what is behind does not count. */
    static final int MAX_BYTES = 72;

    private Passwords() {}

    /**
     * A new hash.
     *
     * @param cost 4 to 31.
     */
    static String hash(final byte[] password, final int cost) {
        return BCrypt.hashpw(counted(password), BCrypt.gensalt("$2a", cost));
    }

    /** Whether a hash is of a password; takes as long when it is not. */
    static boolean matches(final byte[] password, final String hash) {
        try {
            return BCrypt.checkpw(counted(password), hash);
        } catch (final IllegalArgumentException e) {
            // No hash at all, so of no password. The exception may hold what it was given.
            return false;
        }
    }

    private static byte[] counted(final byte[] password) {
        return password.length <= MAX_BYTES ? password : Arrays.copyOf(password, MAX_BYTES);
    }
}
