package io.larch.tools.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What can be compared of two stores: how many keys and directories there are, and a sum over each
 * one's kind, path and value. TTLs and indexes are no part of it.
 *
 * @param sha256 in hexadecimal.
 */
public record Digest(long keys, long directories, String sha256) {

    /** Reads a picture to its end. */
    static Digest of(final Picture picture) throws IOException {
        final MessageDigest sum;
        try {
            sum = MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        long keys = 0;
        long directories = 0;
        for (Entry entry = picture.next(); entry != null; entry = picture.next()) {
            sum.update((byte) (entry.isDirectory() ? 1 : 0));
            add(sum, entry.path());
            add(sum, entry.value());
            keys += entry.isDirectory() ? 0 : 1;
            directories += entry.isDirectory() ? 1 : 0;
        }
        return new Digest(keys, directories, HexFormat.of().formatHex(sum.digest()));
    }

    /** With its length, so that no two lists of texts are the same bytes. */
    private static void add(final MessageDigest sum, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        sum.update(bytes);
    }
}
