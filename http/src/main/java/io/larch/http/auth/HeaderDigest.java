package io.larch.http.auth;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Digests of Authorization headers, by which a pair of name and password is known again without
 * being kept: SHA-256 behind a key that this process has made up. Reused; allocates nothing.
 *
 * <p>One event loop's.
 */
final class HeaderDigest {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LENGTH = 32;

    private final byte[] digest = new byte[LENGTH];

    /** Made when it is first needed, since many members never ask who it is. */
    private MessageDigest sha256;

    /** Made when it is first needed, as random numbers take time at a process's start. */
    private static final class Key {
        private static final byte[] BYTES = new byte[16];

        static {
            new SecureRandom().nextBytes(BYTES);
        }
    }

    /** A digest to keep. */
    record Value(long first, long second, long third, long fourth) {
        boolean is(final HeaderDigest digest) {
            return first == digest.part(0)
                    && second == digest.part(1)
                    && third == digest.part(2)
                    && fourth == digest.part(3);
        }
    }

    /** Makes the digest of a header's value. */
    void of(final byte[] head, final int from, final int to) {
        if (sha256 == null) {
            sha256 = sha256();
        }
        sha256.update(Key.BYTES);
        sha256.update(head, from, to - from);
        try {
            sha256.digest(digest, 0, LENGTH);
        } catch (final DigestException e) {
            throw new IllegalStateException("it has room", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    /** The digest made last, to keep. */
    Value value() {
        return new Value(part(0), part(1), part(2), part(3));
    }

    /** A number that differs with the digest made last. */
    long first() {
        return part(0);
    }

    private long part(final int n) {
        return (long) LONGS.get(digest, n * Long.BYTES);
    }
}
