package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTreeTest {
    private final RevisionLog log =
            new RevisionLog(NativeMemory.INSTANCE, RevisionLog.SEGMENT_LENGTH);
    private final Versions versions = new Versions();
    private final VersionKeys keys = new VersionKeys(versions, log);
    private final KeyTree tree = new KeyTree(keys);
    private final TreePath path = new TreePath();
    private final TreePath end = new TreePath();
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);

    /** What the tree has to hold: whether each key is live. */
    private final TreeMap<String, Boolean> model = new TreeMap<>();

    private long revision;

    @AfterEach
    void close() {
        tree.close();
        assertEquals(0, tree.allocatedBytes());
        versions.close();
        log.close();
    }

    private int version(final String name) {
        final int id = versions.allocate();
        revision++;
        versions.set(id, revision, log.appendTombstone(revision, 0, id, Bytes.of(name)), 0);
        return id;
    }

    private void set(final String name, final boolean isLive) {
        final UnsafeBuffer bytes = Bytes.of(name);
        if (tree.search(bytes, path)) {
            assertTrue(model.containsKey(name));
            tree.setLive(path, isLive);
        } else {
            assertFalse(model.containsKey(name));
            tree.insert(path, bytes, version(name), !isLive);
        }
        model.put(name, isLive);
    }

    private void remove(final String name) {
        assertEquals(model.remove(name) != null, tree.search(Bytes.of(name), path));
        if (tree.search(Bytes.of(name), path)) {
            tree.remove(path);
        }
    }

    private void compare() {
        assertEquals(model.size(), tree.keyCount());
        assertEquals(model.values().stream().filter(each -> each).count(), tree.liveCount());
        tree.bounds(new KeyRange().all(), path, end);
        long rank = 0;
        for (final Map.Entry<String, Boolean> each : model.entrySet()) {
            assertFalse(path.isAt(end));
            assertEquals(each.getKey(), Bytes.text(keys.wrap(idAt(path), key)));
            assertEquals(each.getValue(), LeafNodes.isLive(tree.entry(path)));
            assertEquals(rank, tree.rank(path));
            rank += each.getValue() ? 1 : 0;
            tree.next(path);
        }
        assertTrue(path.isAt(end));
        assertEquals(rank, tree.rank(path));
        for (final String each : model.descendingKeySet()) {
            assertTrue(tree.previous(path));
            assertEquals(each, Bytes.text(keys.wrap(idAt(path), key)));
        }
        assertFalse(tree.previous(path));
    }

    private int idAt(final TreePath at) {
        return LeafNodes.idOf(tree.entry(at));
    }

    private void compareBounds(final String from, final String to) {
        final KeyRange range = StoreFixture.range(from, to);
        tree.bounds(range, path, end);
        final long live =
                to.compareTo(from) <= 0
                        ? 0
                        : model.subMap(from, to).values().stream().filter(each -> each).count();
        assertEquals(live, tree.rank(end) - tree.rank(path));
        assertEquals(model.containsKey(from), tree.search(Bytes.of(from), path));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldStayInOrderAndCount(final long seed) {
        final Random random = new Random(seed);
        final IntFunction<String> name = names(seed);
        for (int round = 0; round < 6; round++) {
            // It grows and shrinks in turns.
            final int insertions = round % 2 == 0 ? 9 : 2;
            for (int i = 0; i < 2500; i++) {
                final String next = name.apply(random.nextInt(8000));
                if (random.nextInt(10) < insertions) {
                    set(next, random.nextInt(4) > 0);
                } else {
                    final String victim = model.ceilingKey(next);
                    remove(victim == null ? next : victim);
                }
                if (i % 100 == 0) {
                    compareBounds(
                            name.apply(random.nextInt(9000)), name.apply(random.nextInt(9000)));
                }
            }
            compare();
        }
        for (final String each : List.copyOf(model.keySet())) {
            remove(each);
        }
        compare();
    }

    /** From short and scattered to long and all alike. */
    private static IntFunction<String> names(final long seed) {
        return switch ((int) seed) {
            case 1 -> i -> Integer.toString(i * 7919 % 100_003, 36);
            case 2 -> i -> "/registry/pods/namespace-" + i % 13 + "/pod-" + i;
            case 3 -> i -> "x".repeat(i % 200) + i;
            case 4 -> i -> "p".repeat(300) + "\0".repeat(i % 3) + (char) (i & 255) + i;
            case 5 -> i -> "\377".repeat(1 + i % 40) + (i % 7 == 0 ? "" : "\0" + i);
            default -> i -> "" + (char) (i >> 8) + (char) (i & 255);
        };
    }

    @Test
    void shouldFillItsLeavesWhenKeysComeInOrder() {
        for (int i = 0; i < 20_000; i++) {
            set(String.format("/key/%08d", i), true);
        }
        compare();
        final long perKey = tree.allocatedBytes() / 20_000;
        assertTrue(perKey < 16, perKey + " bytes a key");
    }

    @Test
    void shouldFreeItsNodesAgain() {
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            names.add("/key/" + i);
            set(names.get(i), true);
        }
        final long full = tree.nodeCount();
        for (int i = 0; i < 50_000; i++) {
            if (i % 50 != 0) {
                remove(names.get(i));
            }
        }
        compare();
        assertTrue(tree.nodeCount() < full / 10, tree.nodeCount() + " of " + full);
    }
}
