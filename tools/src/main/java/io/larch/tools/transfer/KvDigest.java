package io.larch.tools.transfer;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Sums up v3 keys in their order: of each its length, its bytes, the same of its value, its lease.
 */
final class KvDigest {
    private final MessageDigest digest;

    KvDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void add(final byte[] key, final byte[] value, final long lease) {
        add(key);
        add(value);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, lease));
    }

    private void add(final byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    /** In hexadecimal. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
