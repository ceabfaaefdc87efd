package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Listings that are remembered say what a read in slices says, which remembers nothing; and what
 * has the same number says the same.
 */
class ListingsModelTest {
    private static final int STEPS = 5_000;
    private static final long SECOND = 1_000_000_000L;
    private static final String[] NAMES = {"a", "b", "c", "_h"};

    private final Map<Long, byte[]> byNumber = new HashMap<>();
    private int repeated;
    private int unnumbered;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldListWhatIsThere(final long seed) {
        run(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    @Tag("slow")
    void shouldListWhatIsThereWithMoreSeeds(final long seed) {
        run(seed);
    }

    private void run(final long seed) {
        final Random random = new Random(seed);
        // Every other time what was removed stays around for long.
        final int freeSteps = seed % 2 == 0 ? 1 : 128;
        try (StoreFixture larch = newStore(freeSteps)) {
            for (int step = 0; step < STEPS; step++) {
                larch.nowNanos += random.nextInt(3) * SECOND / 2;
                final String failed = write(random, larch);
                if (step % 500 == 499) {
                    replaceBySnapshot(larch, freeSteps, random.nextBoolean());
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    check(larch, path(random), random.nextBoolean(), "seed " + seed + ' ' + failed);
                }
                check(larch, "/", random.nextBoolean(), "seed " + seed + ' ' + failed);
            }
        }
        assertTrue(repeated > STEPS / 10, "repeated " + repeated);
        assertTrue(unnumbered > STEPS / 10, "unnumbered " + unnumbered);
    }

    private static StoreFixture newStore(final int freeSteps) {
        return new StoreFixture(
                new StoreContext()
                        .maxNodes(100_000)
                        .maxBytes(1L << 30)
                        .freeSteps(freeSteps, freeSteps)
                        .conclude());
    }

    /** Its own snapshot, or the one of a store where another thing was written meanwhile. */
    private static void replaceBySnapshot(
            final StoreFixture larch, final int freeSteps, final boolean isOther) {
        final Store restored = larch.store.newEmpty();
        restored.restore(StoreFixture.source(larch.snapshot()));
        if (isOther) {
            final StoreFixture other = newStore(freeSteps);
            other.store.take(restored);
            other.nowNanos = larch.nowNanos;
            other.set("/a/a", "other").run();
            other.set("/b/c/a", "other").run();
            final Store again = larch.store.newEmpty();
            again.restore(StoreFixture.source(other.snapshot()));
            other.close();
            larch.store.take(again);
        } else {
            larch.store.take(restored);
        }
    }

    private static String path(final Random random) {
        final StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
            path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    private static String write(final Random random, final StoreFixture larch) {
        final String path = path(random);
        final String value = "v".repeat(random.nextInt(4) == 0 ? 1200 : random.nextInt(3));
        switch (random.nextInt(16)) {
            case 0 -> larch.mkdir(path);
            case 1 -> larch.create(path, value);
            case 2 -> larch.post(path, value);
            case 3 -> larch.update(path, value);
            case 4 -> larch.update(path, "").ttl(1 + random.nextInt(3));
            case 5 -> larch.update(path, "");
            case 6 -> larch.swap(path, value).prevValue("v");
            case 7 -> larch.compareAndDelete(path).prevValue("v");
            case 8 -> larch.delete(path).recursive();
            case 9 -> larch.delete(path).dir();
            case 10 -> larch.set(path, value).ttl(1 + random.nextInt(3));
            case 11 -> larch.update(path, "").refresh().ttl(1 + random.nextInt(3));
            case 12 -> {
                larch.store.applySync(larch.nowNanos, Integer.MAX_VALUE);
                return "expiry at " + larch.nowNanos;
            }
            default -> larch.set(path, value);
        }
        return path + " " + larch.run();
    }

    private void check(
            final StoreFixture larch,
            final String path,
            final boolean isRecursive,
            final String written) {
        final KeysCommand command = get(larch, path, isRecursive);
        larch.store.get(command, larch.nowNanos, larch.result);
        if (!larch.result.isOk()) {
            assertEquals(0, larch.result.listing());
            return;
        }
        final long number = larch.result.listing();
        final byte[] remembered = bytes(larch.result.event(), larch.result.eventLength());
        int length = 0;
        try (TreeRead read = larch.store.open(command, larch.nowNanos, larch.result)) {
            while (!read.isDone()) {
                length = read.write(larch.slices, length, 1000, 1000);
            }
        }
        final String what = path + " after " + written;
        assertArrayEquals(bytes(larch.slices, length), remembered, what);
        if (number == 0) {
            unnumbered++;
            return;
        }
        final byte[] body = withoutHead(remembered);
        final byte[] before = byNumber.put(number, body);
        if (before != null) {
            assertArrayEquals(before, body, what);
            repeated++;
        }
    }

    private static KeysCommand get(
            final StoreFixture larch, final String path, final boolean isRecursive) {
        larch.get(path);
        return (isRecursive ? larch.recursive() : larch).encode();
    }

    private static byte[] bytes(final DirectBuffer buffer, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static byte[] withoutHead(final byte[] event) {
        return java.util.Arrays.copyOfRange(event, EventFlyweight.HEADER_LENGTH, event.length);
    }

    private static long number(
            final StoreFixture larch, final String path, final boolean isRecursive) {
        larch.store.get(get(larch, path, isRecursive), larch.nowNanos, larch.result);
        return larch.result.listing();
    }

    @Test
    void shouldForgetOnlyWhatShowsAChange() {
        try (StoreFixture larch = new StoreFixture()) {
            larch.set("/a/b/c/d", "1").run();
            larch.set("/a/e/f", "1").run();
            final List<String> paths = List.of("/", "/a", "/a/b", "/a/b/c", "/a/e");
            final List<Long> listed = new ArrayList<>();
            final List<Long> trees = new ArrayList<>();
            for (final String path : paths) {
                listed.add(number(larch, path, false));
                trees.add(number(larch, path, true));
            }

            larch.set("/a/b/c/d", "2").run();

            // Who shows that value: the listing of its directory, and all trees above it.
            for (int i = 0; i < paths.size(); i++) {
                final boolean isChild = paths.get(i).equals("/a/b/c");
                final boolean isBelow = !paths.get(i).equals("/a/e");
                assertEquals(
                        isChild, listed.get(i) != number(larch, paths.get(i), false), paths.get(i));
                assertEquals(
                        isBelow, trees.get(i) != number(larch, paths.get(i), true), paths.get(i));
            }
        }
    }

    @Test
    void shouldNotRememberWhatTheTimeChanges() {
        try (StoreFixture larch = new StoreFixture()) {
            larch.set("/a/b/c", "1").ttl(100).run();
            larch.set("/a/d/e", "1").run();
            larch.set("/f", "1").run();
            assertEquals(0, number(larch, "/a/b", false));
            assertEquals(0, number(larch, "/", true));
            assertEquals(0, number(larch, "/f", true));
            assertNotEquals(0, number(larch, "/", false));
            final long lasting = number(larch, "/a/d", true);
            assertNotEquals(0, lasting);

            larch.update("/a/d", "").ttl(5).run();
            assertEquals(0, number(larch, "/a/d", true));
            larch.update("/a/d", "").run();
            assertTrue(number(larch, "/a/d", true) > lasting);
        }
    }

    @Test
    void shouldNotTellMoreThanIsAskedForOfWhatIsRemembered() {
        try (StoreFixture larch = new StoreFixture()) {
            larch.set("/a/b", "v".repeat(1000)).run();
            final long number = number(larch, "/a", false);
            final int length = larch.result.eventLength();
            final KeysCommand command = get(larch, "/a", false);

            larch.store.get(command, larch.nowNanos, length - 1, larch.result);
            assertTrue(larch.result.isTooLong());
            assertEquals(0, larch.result.listing());

            larch.store.get(command, larch.nowNanos, length, larch.result);
            assertEquals(number, larch.result.listing());
        }
    }
}
