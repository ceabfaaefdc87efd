package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.application.StateSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random writes to the store and to a map, with names and values from tiny to huge. */
class StoreModelTest {
    private static final long SECOND = 1_000_000_000L;

    private final Map<String, Model> model = new TreeMap<>();
    private final List<String> names = new ArrayList<>();
    private long index;

    private static final class Model {
        String value;
        boolean isDir;
        long modified;
        long created;
        long expiration = Long.MAX_VALUE;
        long ttlIndex;
    }

    @ParameterizedTest
    @ValueSource(longs = {1})
    void shouldHoldWhatAMapHolds(final long seed) {
        run(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5, 6})
    @Tag("slow")
    void shouldHoldWhatAMapHoldsWithMoreSeeds(final long seed) {
        run(seed);
    }

    private void run(final long seed) {
        final Random random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            names.add("n" + i);
        }
        names.add("_hidden");
        names.add("m".repeat(100 + random.nextInt(200)));
        names.add("l".repeat(256));
        names.add("x".repeat(600 + random.nextInt(3000)));
        // Every other time what was removed stays around for long.
        steps = seed % 2 == 0 ? 1 : 128;
        StoreFixture larch = newStore();
        final long emptyBytes = larch.store.usedBytes();
        for (int step = 0; step < 6000; step++) {
            larch.nowNanos += SECOND;
            write(random, larch);
            assertEquals(index, larch.store.index());
            if (step % 500 == 499) {
                compare(larch);
            }
            if (step % 1500 == 1499) {
                final StoreFixture restored = newStore();
                restored.store.restore(StoreFixture.source(snapshotWhileWriting(random, larch)));
                assertEquals(digestAtBegin, restored.store.digest());
                for (final Runnable later : afterBegin(restored)) {
                    later.run();
                }
                assertEquals(larch.store.digest(), restored.store.digest());
                final long now = larch.nowNanos;
                larch.giveBackAll();
                restored.giveBackAll();
                assertEquals(larch.store.usedBytes(), restored.store.usedBytes());
                assertEquals(larch.store.nodeCount(), restored.store.nodeCount());
                assertEquals(text(larch.snapshot()), text(restored.snapshot()));
                restored.nowNanos = now;
                larch.close();
                larch = restored;
                compare(larch);
            }
        }
        for (final String name : names) {
            larch.delete("/" + name).recursive().run();
        }
        larch.giveBackAll();
        assertEquals(emptyBytes, larch.store.usedBytes());
        assertEquals(1, larch.store.nodeCount());
        larch.close();
    }

    private static List<String> text(final Deque<byte[]> records) {
        return records.stream()
                .map(record -> new String(record, StandardCharsets.ISO_8859_1))
                .toList();
    }

    private StoreFixture newStore() {
        return new StoreFixture(
                new StoreContext()
                        .maxNodes(100_000)
                        .maxBytes(1L << 30)
                        .freeSteps(steps, steps)
                        .conclude());
    }

    private int steps;
    private long digestAtBegin;
    private final List<long[]> writesDuringSnapshot = new ArrayList<>();

    /** Random writes between the slices; they are remembered by their seeds. */
    private Deque<byte[]> snapshotWhileWriting(final Random random, final StoreFixture larch) {
        writesDuringSnapshot.clear();
        digestAtBegin = larch.store.digest();
        final Deque<byte[]> records = new ArrayDeque<>();
        final StateSink taking = StoreFixture.sink(records);
        final StateSink moody =
                (buffer, offset, length) ->
                        random.nextInt(3) != 0 && taking.offer(buffer, offset, length);
        final Map<String, Model> before = copy();
        final long indexBefore = index;
        larch.store.beginSnapshot();
        while (!larch.store.writeSnapshot(moody, 1 + random.nextInt(5))) {
            final long seed = random.nextLong();
            larch.nowNanos += SECOND;
            writesDuringSnapshot.add(new long[] {seed, larch.nowNanos});
            write(new Random(seed), larch);
        }
        modelBefore = before;
        this.indexBefore = indexBefore;
        return records;
    }

    private Map<String, Model> modelBefore;
    private long indexBefore;

    private List<Runnable> afterBegin(final StoreFixture restored) {
        final List<Runnable> writes = new ArrayList<>();
        writes.add(
                () -> {
                    model.clear();
                    model.putAll(modelBefore);
                    index = indexBefore;
                });
        for (final long[] write : writesDuringSnapshot) {
            writes.add(
                    () -> {
                        restored.nowNanos = write[1];
                        write(new Random(write[0]), restored);
                    });
        }
        return writes;
    }

    private Map<String, Model> copy() {
        final Map<String, Model> copy = new TreeMap<>();
        model.forEach(
                (path, node) -> {
                    final Model same = new Model();
                    same.value = node.value;
                    same.isDir = node.isDir;
                    same.modified = node.modified;
                    same.created = node.created;
                    same.expiration = node.expiration;
                    same.ttlIndex = node.ttlIndex;
                    copy.put(path, same);
                });
        return copy;
    }

    private void write(final Random random, final StoreFixture larch) {
        final String path = path(random);
        final String value = value(random);
        final long ttl = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 0;
        switch (random.nextInt(10)) {
            case 0:
            case 1:
            case 2:
                larch.set(path, value);
                if (ttl > 0) {
                    larch.ttl(ttl);
                }
                larch.run();
                put(path, value, false, ttl, larch);
                break;
            case 3:
                larch.mkdir(path);
                if (ttl > 0) {
                    larch.ttl(ttl);
                }
                larch.run();
                put(path, "", true, ttl, larch);
                break;
            case 4:
                larch.create(path, value).run();
                if (!model.containsKey(path)) {
                    put(path, value, false, 0, larch);
                }
                break;
            case 5:
            case 6:
                larch.update(path, value);
                if (ttl > 0) {
                    larch.ttl(ttl);
                }
                larch.run();
                final Model updated = model.get(path);
                if (updated != null && !(updated.isDir && !value.isEmpty())) {
                    index++;
                    if (!updated.isDir) {
                        updated.value = value;
                        updated.modified = index;
                    }
                    expire(updated, ttl, larch);
                }
                break;
            case 7:
                larch.delete(path).recursive().run();
                if (model.containsKey(path)) {
                    index++;
                    remove(path);
                }
                break;
            case 8:
                larch.delete(path).run();
                if (model.containsKey(path) && !model.get(path).isDir) {
                    index++;
                    remove(path);
                }
                break;
            default:
                larch.sync(larch.nowNanos / SECOND);
                sync(larch.nowNanos);
        }
    }

    private void put(
            final String path,
            final String value,
            final boolean isDir,
            final long ttl,
            final StoreFixture larch) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            final Model parent = model.get(path.substring(0, slash));
            if (parent != null && !parent.isDir) {
                return;
            }
        }
        final Model old = model.get(path);
        if (old != null && old.isDir) {
            return;
        }
        index++;
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            model.computeIfAbsent(
                    path.substring(0, slash),
                    key -> {
                        final Model parent = new Model();
                        parent.isDir = true;
                        parent.modified = index;
                        parent.created = index;
                        return parent;
                    });
        }
        final Model node = new Model();
        node.value = value;
        node.isDir = isDir;
        node.modified = index;
        node.created = index;
        expire(node, ttl, larch);
        model.put(path, node);
    }

    private void expire(final Model node, final long ttl, final StoreFixture larch) {
        node.expiration = ttl == 0 ? Long.MAX_VALUE : larch.nowNanos + ttl * SECOND;
        node.ttlIndex = index;
    }

    private void remove(final String path) {
        model.keySet().removeIf(key -> key.equals(path) || key.startsWith(path + "/"));
    }

    private void sync(final long now) {
        while (true) {
            String next = null;
            for (final Map.Entry<String, Model> entry : model.entrySet()) {
                final Model node = entry.getValue();
                final Model best = next == null ? null : model.get(next);
                if (node.expiration <= now
                        && (best == null
                                || node.expiration < best.expiration
                                || node.expiration == best.expiration
                                        && node.ttlIndex < best.ttlIndex)) {
                    next = entry.getKey();
                }
            }
            if (next == null) {
                return;
            }
            index++;
            remove(next);
        }
    }

    private String path(final Random random) {
        final StringBuilder path = new StringBuilder();
        final int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 9 : 3);
        for (int i = 0; i < depth; i++) {
            path.append('/').append(names.get(random.nextInt(names.size())));
        }
        return path.toString();
    }

    private static String value(final Random random) {
        final int kind = random.nextInt(20);
        final int length =
                kind == 0
                        ? 0
                        : kind < 15
                                ? random.nextInt(100)
                                : kind < 19 ? random.nextInt(2000) : random.nextInt(100_000);
        return Character.toString('a' + random.nextInt(26)).repeat(length);
    }

    private void compare(final StoreFixture larch) {
        for (final Map.Entry<String, Model> entry : model.entrySet()) {
            final String path = entry.getKey();
            final Model node = entry.getValue();
            final StringBuilder expected = new StringBuilder("get ");
            render(path, node, larch.nowNanos, expected);
            if (node.isDir) {
                boolean isFirst = true;
                for (final String child : children(path)) {
                    expected.append(isFirst ? " [" : ", ");
                    isFirst = false;
                    render(child, model.get(child), larch.nowNanos, expected);
                    expected.append('}');
                }
                expected.append(isFirst ? "" : "]");
            }
            expected.append("} @").append(index);
            assertEquals(expected.toString(), larch.get(path).run());
        }
        if (!larch.store.isGivingBack()) {
            assertEquals(model.size() + 1, larch.store.nodeCount());
        }
    }

    private List<String> children(final String path) {
        final List<String> children = new ArrayList<>();
        for (final String key : model.keySet()) {
            if (key.startsWith(path + "/")
                    && key.indexOf('/', path.length() + 1) < 0
                    && key.charAt(path.length() + 1) != '_') {
                children.add(key);
            }
        }
        return children;
    }

    private static void render(
            final String path, final Model node, final long now, final StringBuilder text) {
        text.append('{').append(path).append(node.isDir ? " dir" : "=" + node.value);
        if (node.expiration != Long.MAX_VALUE) {
            text.append(" exp ").append(node.expiration / SECOND);
            text.append(" ttl ").append((node.expiration - now) / SECOND);
        }
        text.append(" m").append(node.modified).append(" c").append(node.created);
    }
}
