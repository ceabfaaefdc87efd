package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RecentPathsTest {
    private final RecentPaths recent = new RecentPaths();
    private final PathHash hash = new PathHash(new SplittableRandom(4711));
    private final PathKey key = new PathKey();

    private int get(final PathKey key) {
        return recent.get(key, hash.of(key));
    }

    private void put(final PathKey key, final int id) {
        recent.put(key, hash.of(key), id);
    }

    private void remove(final PathKey key) {
        recent.remove(key, hash.of(key));
    }

    private PathKey key(final int anchor, final String path) {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return key.set(anchor, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void shouldTellPathsApartThatDifferInOneByteOrTheirLengthOrAnchor() {
        put(key(1, "/a/b"), 7);

        assertEquals(7, get(key(1, "/a/b")));
        assertEquals(0, get(key(1, "/a/c")));
        assertEquals(0, get(key(1, "/a/b\0")));
        assertEquals(0, get(key(1, "/a/")));
        assertEquals(0, get(key(2, "/a/b")));
    }

    @Test
    void shouldForgetWhatIsRemovedAndFollowWhatIsPutAgain() {
        put(key(1, "/a"), 7);
        remove(key(1, "/a"));
        assertEquals(0, get(key(1, "/a")));

        put(key(1, "/a"), 8);
        put(key(1, "/a"), 9);
        assertEquals(9, get(key(1, "/a")));
        remove(key(1, "/a"));
        assertEquals(0, get(key(1, "/a")));
    }

    @Test
    void shouldNotKeepWhatIsTooLongForASlot() {
        final String longest = "/" + "x".repeat(51);
        put(key(1, longest), 7);
        put(key(1, longest + "x"), 8);
        put(key(1, "/" + "y".repeat(600)), 9);

        assertEquals(7, get(key(1, longest)));
        assertEquals(0, get(key(1, longest + "x")));
        // Keyed by its digest, which is short.
        assertEquals(9, get(key(1, "/" + "y".repeat(600))));
        remove(key(1, longest + "x"));
    }

    /** More paths than there are slots: it says what is so, or nothing. */
    @Test
    void shouldSayNothingElseThanTheMap() {
        final Random random = new Random(4711);
        final Map<String, Integer> map = new HashMap<>();
        final int paths = 6 * RecentPaths.SETS;
        int known = 0;
        for (int i = 0; i < 1_000_000; i++) {
            final String path = "/" + "d".repeat(random.nextInt(3) * 20) + random.nextInt(paths);
            switch (random.nextInt(4)) {
                case 0 -> {
                    map.put(path, i + 1);
                    put(key(1, path), i + 1);
                }
                case 1 -> {
                    map.remove(path);
                    remove(key(1, path));
                }
                default -> {
                    final int id = get(key(1, path));
                    if (id != 0) {
                        known++;
                        assertEquals(map.get(path), id);
                    } else if (map.containsKey(path)) {
                        // As the map of all does.
                        put(key(1, path), map.get(path));
                    }
                }
            }
        }
        assertTrue(known > 10_000, () -> "the rest is not tried");
    }
}
