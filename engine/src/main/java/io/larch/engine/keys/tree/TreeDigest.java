package io.larch.engine.keys.tree;

import org.agrona.DirectBuffer;

/** Hash over all nodes: a sum of one hash per node, so that their order does not matter. */
public final class TreeDigest {
    private long sum;

    public long of(final KeyTree tree, final long index) {
        sum = mix(index);
        tree.forEach(
                (id, node, path, pathLength) -> {
                    long hash = bytes(17, path, 0, pathLength);
                    hash = bytes(hash, node.payload(), node.nameLength(), node.valueLength());
                    hash = mix(hash + (node.flags() & NodeFlyweight.DIR));
                    hash = mix(hash + node.modifiedIndex());
                    hash = mix(hash + node.createdIndex());
                    hash = mix(hash + node.expirationNanos());
                    sum += mix(hash + node.ttlIndex());
                });
        return sum;
    }

    private static long bytes(
            final long seed, final DirectBuffer buffer, final int offset, final int length) {
        long hash = seed + length;
        for (int i = 0; i < length; i++) {
            hash = hash * 0x9E3779B97F4A7C15L + buffer.getByte(offset + i);
        }
        return mix(hash);
    }

    private static long mix(final long value) {
        long hash = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }
}
