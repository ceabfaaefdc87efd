package io.larch.engine.member;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/**
 * How etcd names members and clusters: the first eight bytes of a SHA-1, big endian, printed as
 * lower-case hex without leading zeros.
 */
public final class MemberIds {
    private static final int MAX_HEX_DIGITS = 16;
    private static final int HEX_RADIX = 16;

    private MemberIds() {}

    /** Id of a member known from the start: its peer URLs in sorted order, then the token. */
    public static long memberId(final Collection<String> peerUrls, final String clusterToken) {
        return hash(concatenateSorted(peerUrls) + clusterToken);
    }

    /** Id of a member added at run time: its sorted peer URLs, then the time of the request. */
    public static long addedMemberId(final Collection<String> peerUrls, final long unixSeconds) {
        return hash(concatenateSorted(peerUrls) + unixSeconds);
    }

    /** Id of a cluster: its first members' ids in ascending, unsigned order. */
    public static long clusterId(final Collection<Long> memberIds) {
        final List<Long> sorted = memberIds.stream().sorted(Long::compareUnsigned).toList();
        final ByteBuffer bytes = ByteBuffer.allocate(sorted.size() * Long.BYTES);
        sorted.forEach(bytes::putLong);
        return hash(bytes.array());
    }

    /** The id as the API prints it. */
    public static String toHex(final long id) {
        return Long.toHexString(id);
    }

    /**
     * Reads an id as the API accepts it: up to 16 hex digits in any case, leading zeros allowed.
     *
     * @throws NumberFormatException for anything else.
     */
    public static long parseHex(final String text) {
        if (text.length() > MAX_HEX_DIGITS || text.startsWith("+") || text.startsWith("-")) {
            throw new NumberFormatException("not a 64-bit hex id: " + text);
        }
        return Long.parseUnsignedLong(text, HEX_RADIX);
    }

    private static String concatenateSorted(final Collection<String> urls) {
        final StringBuilder all = new StringBuilder();
        urls.stream().sorted().forEach(all::append);
        return all.toString();
    }

    private static long hash(final String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long hash(final byte[] bytes) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes)).getLong();
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
