package io.larch.engine.keys.tree;

import java.util.SplittableRandom;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Path key ({@link PathKey}) to node id: a Chronicle Map of all but what a snapshot brought ({@link
 * RestoredPaths}), and what was asked for lately before both.
 */
final class PathMap implements AutoCloseable {
    private static final int AVERAGE_KEY_LENGTH = 48;

    private final ChronicleMap<PathKey, Id> map;
    private final RecentPaths recent = new RecentPaths();
    private final RestoredPaths restored;
    private final PathHash hash;
    private final Id reading = new Id();
    private final Id writing = new Id();

    PathMap(
            final long maxNodes,
            final double maxBloatFactor,
            final long hashSeed,
            final NodeRecords nodes) {
        final SplittableRandom secrets = new SplittableRandom(hashSeed);
        hash = new PathHash(secrets);
        restored = new RestoredPaths(nodes);
        map =
                ChronicleMapBuilder.of(PathKey.class, Id.class)
                        .name("larch-paths")
                        .entries(maxNodes)
                        .averageKeySize(AVERAGE_KEY_LENGTH)
                        .constantValueSizeBySample(new Id())
                        .keyMarshaller(new MaskedKeys(secrets))
                        .valueMarshaller(IdMarshaller.INSTANCE)
                        .putReturnsNull(true)
                        .removeReturnsNull(true)
                        .maxBloatFactor(maxBloatFactor)
                        .skipCloseOnExitHook(true)
                        .create();
    }

    /**
     * @return the node's id, 0 if there is none.
     */
    int get(final PathKey key) {
        final int hashed = hash.of(key);
        final int known = recent.get(key, hashed);
        if (known != 0) {
            return known;
        }
        final int id = find(key, hashed);
        if (id != 0) {
            recent.put(key, hashed, id);
        }
        return id;
    }

    private int find(final PathKey key, final int hashed) {
        final int id = restored.get(key, hashed);
        if (id != 0) {
            return id;
        }
        return map.getUsing(key, reading) == null ? 0 : reading.value;
    }

    /** Makes room for the paths of a snapshot's nodes. */
    void expect(final long paths) {
        restored.open(paths);
    }

    /** Puts one of the paths that were expected, and are all different. */
    void restore(final PathKey key, final int id) {
        if (key.isPath()) {
            restored.add(hash.of(key), id);
        } else {
            put(key, id);
        }
    }

    void put(final PathKey key, final int id) {
        writing.value = id;
        map.put(key, writing);
        // A new path is seldom looked up soon; a store that is filled would only wear out the
        // others.
        recent.remove(key, hash.of(key));
    }

    /** Removes the path of a node, unless it leads to another one by now. */
    void remove(final PathKey key, final int id) {
        writing.value = id;
        final int hashed = hash.of(key);
        if (restored.remove(hashed, id) || map.remove(key, writing)) {
            recent.remove(key, hashed);
        }
    }

    @Override
    public void close() {
        map.close();
        restored.close();
    }

    static final class Id {
        int value;
    }

    /** Writes an id as 4 bytes. */
    public static final class IdMarshaller
            implements SizedReader<Id>, SizedWriter<Id>, ReadResolvable<IdMarshaller> {
        static final IdMarshaller INSTANCE = new IdMarshaller();

        private IdMarshaller() {}

        @Override
        public Id read(final Bytes<?> in, final long size, final Id using) {
            final Id result = using == null ? new Id() : using;
            result.value = in.readInt();
            return result;
        }

        @Override
        public long size(final Id toWrite) {
            return Integer.BYTES;
        }

        @Override
        public void write(final Bytes<?> out, final long size, final Id toWrite) {
            out.writeInt(toWrite.value);
        }

        @Override
        public IdMarshaller readResolve() {
            return INSTANCE;
        }
    }
}
