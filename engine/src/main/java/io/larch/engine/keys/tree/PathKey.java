package io.larch.engine.keys.tree;

import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Key of the path map: the id of an ancestor and the path from there. Bounded, however long a path
 * is, since the map cannot hold entries of any size.
 *
 * <pre>
 *   +----------+-------------------+        +----------+------+---------+
 *   | anchorId | /relative/path    |   or   | anchorId | "//" | SHA-256 |
 *   +----------+-------------------+        +----------+------+---------+
 * </pre>
 *
 * The anchor is the root for nearly all paths; a component that ends more than {@link
 * #ANCHOR_DISTANCE} bytes behind the last anchor is the next one ({@link KeyTree}). The second form
 * stands for a component so long that even then the rest exceeds {@link #MAX_RELATIVE_LENGTH}; no
 * relative path starts with two slashes, so the forms cannot collide.
 */
final class PathKey {
    static final int ANCHOR_DISTANCE = 256;
    static final int MAX_RELATIVE_LENGTH = 512;

    static final int MAX_LENGTH = Integer.BYTES + MAX_RELATIVE_LENGTH;

    private static final int DIGEST_LENGTH = 32;

    private final byte[] bytes = new byte[MAX_LENGTH + Long.BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int length;
    private MessageDigest digest;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void length(final int length) {
        this.length = length;
        buffer.putLong(length, 0);
    }

    /** Eight of the bytes, with zeros behind the last of the key. */
    long word(final int offset) {
        return buffer.getLong(offset);
    }

    int anchorId() {
        return buffer.getInt(0, ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether the relative path itself is in the key, not its digest. */
    boolean isPath() {
        return bytes[Integer.BYTES + 1] != '/';
    }

    /**
     * Whether a node is what the key's path leads to from its anchor: told by the names of the node
     * and those above it, for a key that {@link #isPath}.
     *
     * @param node is moved.
     */
    boolean leadsTo(final int id, final NodeRecords nodes, final NodeFlyweight node) {
        int at = id;
        int end = length;
        while (end > Integer.BYTES) {
            if (at == 0 || !nodes.find(at, node)) {
                return false;
            }
            final int nameOffset = end - node.nameLength();
            if (nameOffset <= Integer.BYTES
                    || bytes[nameOffset - 1] != '/'
                    || !node.isNamed(buffer, nameOffset, end - nameOffset)) {
                return false;
            }
            end = nameOffset - 1;
            at = node.parentId();
        }
        return at == anchorId();
    }

    /** Length the relative path takes in the map. */
    static int storedLength(final int relativeLength) {
        return Integer.BYTES
                + (relativeLength <= MAX_RELATIVE_LENGTH ? relativeLength : 2 + DIGEST_LENGTH);
    }

    PathKey set(
            final int anchorId,
            final DirectBuffer path,
            final int relativeOffset,
            final int relativeLength) {
        buffer.putInt(0, anchorId, ByteOrder.LITTLE_ENDIAN);
        if (relativeLength <= MAX_RELATIVE_LENGTH) {
            path.getBytes(relativeOffset, bytes, Integer.BYTES, relativeLength);
        } else {
            bytes[Integer.BYTES] = '/';
            bytes[Integer.BYTES + 1] = '/';
            putDigest(path, relativeOffset, relativeLength);
        }
        length(storedLength(relativeLength));
        return this;
    }

    /** Rare, so it may allocate. */
    private void putDigest(final DirectBuffer path, final int offset, final int length) {
        try {
            if (digest == null) {
                digest = MessageDigest.getInstance("SHA-256");
            }
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        final byte[] copy = new byte[length];
        path.getBytes(offset, copy);
        System.arraycopy(digest.digest(copy), 0, bytes, Integer.BYTES + 2, DIGEST_LENGTH);
    }
}
