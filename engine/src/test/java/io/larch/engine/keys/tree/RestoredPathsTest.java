package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestoredPathsTest {
    private static final int DIR = 2;

    private final NodeRecords nodes = new NodeRecords();
    private final RestoredPaths paths = new RestoredPaths(nodes);
    private final NodeFlyweight node = new NodeFlyweight();
    private final PathHash hash = new PathHash(new SplittableRandom(4711));
    private final PathKey key = new PathKey();

    RestoredPathsTest() {
        node(KeyTree.ROOT, 0, "");
        node(DIR, KeyTree.ROOT, "d");
    }

    @AfterEach
    void close() {
        paths.close();
        nodes.close();
    }

    private void node(final int id, final int parentId, final String name) {
        final UnsafeBuffer bytes = new UnsafeBuffer(name.getBytes(StandardCharsets.UTF_8));
        nodes.put(
                id,
                parentId,
                0,
                0,
                bytes,
                0,
                bytes.capacity(),
                bytes,
                0,
                0,
                1,
                1,
                CommandEnvelope.PERMANENT,
                0);
    }

    private PathKey key(final int anchor, final String path) {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return key.set(anchor, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private int get(final PathKey key) {
        return paths.get(key, hash.of(key));
    }

    private boolean remove(final PathKey key, final int id) {
        return paths.remove(hash.of(key), id);
    }

    private void add(final int anchor, final String path, final int id) {
        paths.add(hash.of(key(anchor, path)), id);
    }

    @Test
    void shouldFindNodesByTheirNamesAndThoseAboveThem() {
        node(7, DIR, "abc");
        node(8, 7, "e");
        paths.open(3);
        add(KeyTree.ROOT, "/d", DIR);
        add(KeyTree.ROOT, "/d/abc", 7);
        add(7, "/e", 8);

        assertEquals(DIR, get(key(KeyTree.ROOT, "/d")));
        assertEquals(7, get(key(KeyTree.ROOT, "/d/abc")));
        assertEquals(8, get(key(7, "/e")));
        for (final String other : List.of("/d/ab", "/d/abcd", "/abc", "/d/d/abc", "/d/abd", "/x")) {
            assertEquals(0, get(key(KeyTree.ROOT, other)), other);
        }
        assertEquals(0, get(key(DIR, "/e")));
    }

    /** Its hash is still there when it is looked up, until it is given back. */
    @Test
    void shouldNotFindWhatWasCutOffButForgetIt() {
        node(7, DIR, "a");
        node(8, 7, "b");
        paths.open(2);
        add(KeyTree.ROOT, "/d/a", 7);
        add(KeyTree.ROOT, "/d/a/b", 8);
        nodes.get(7, node);
        node.link(NodeFlyweight.PARENT_OFFSET, 0);

        assertEquals(0, get(key(KeyTree.ROOT, "/d/a")));
        assertEquals(0, get(key(KeyTree.ROOT, "/d/a/b")));
        assertFalse(remove(key(KeyTree.ROOT, "/d/a/b"), 7));
        assertTrue(remove(key(KeyTree.ROOT, "/d/a/b"), 8));
        assertTrue(remove(key(KeyTree.ROOT, "/d/a"), 7));
        assertFalse(remove(key(KeyTree.ROOT, "/d/a"), 7));
        assertEquals(0, paths.count());
    }

    @Test
    void shouldNotFindARecordThatIsGone() {
        node(7, DIR, "a");
        paths.open(1);
        add(KeyTree.ROOT, "/d/a", 7);
        nodes.get(7, node);
        nodes.remove(7, node);

        assertEquals(0, get(key(KeyTree.ROOT, "/d/a")));
    }

    @Test
    void shouldKnowNothingBeforeItIsOpened() {
        assertEquals(0, get(key(KeyTree.ROOT, "/d")));
        assertFalse(remove(key(KeyTree.ROOT, "/d"), DIR));
        paths.open(0);
        assertEquals(0, get(key(KeyTree.ROOT, "/d")));
    }

    @Test
    void shouldNotTakeADigestForAPath() {
        final String longest = "/" + "x".repeat(PathKey.MAX_RELATIVE_LENGTH - 1);
        node(7, KeyTree.ROOT, longest.substring(1));
        paths.open(1);
        add(KeyTree.ROOT, longest, 7);

        assertTrue(key(KeyTree.ROOT, longest).isPath());
        assertEquals(7, get(key(KeyTree.ROOT, longest)));
        assertFalse(key(KeyTree.ROOT, longest + "x").isPath());
        assertEquals(0, get(key(KeyTree.ROOT, longest + "x")));
    }

    @Test
    void shouldRefuseMoreThanAHashTellsApart() {
        assertThrows(IllegalStateException.class, () -> paths.open(1L << 31));
    }

    /** Runs of slots are closed up behind what goes, over the end of the table, too. */
    @Test
    void shouldFindAllThatIsLeftWhateverGoesFirst() {
        final Random random = new Random(4711);
        for (int count = 1; count < 3_000; count = count * 2 + random.nextInt(3)) {
            paths.open(count);
            final List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                final int id = 10 + i;
                node(id, DIR, "k" + i);
                add(KeyTree.ROOT, "/d/k" + i, id);
                ids.add(id);
            }
            while (!ids.isEmpty()) {
                final int gone = ids.remove(random.nextInt(ids.size()));
                assertTrue(remove(key(KeyTree.ROOT, "/d/k" + (gone - 10)), gone));
                assertEquals(0, get(key(KeyTree.ROOT, "/d/k" + (gone - 10))));
                if (random.nextInt(1 + count / 50) == 0) {
                    for (final int id : ids) {
                        assertEquals(id, get(key(KeyTree.ROOT, "/d/k" + (id - 10))));
                    }
                }
                assertEquals(ids.size(), paths.count());
            }
        }
    }
}
