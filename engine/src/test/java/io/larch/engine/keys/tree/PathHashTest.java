package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PathHashTest {
    private static final int SEEDS = 2_000;

    private final PathKey key = new PathKey();

    private PathKey key(final byte[] path) {
        return key.set(KeyTree.ROOT, new UnsafeBuffer(path), 0, path.length);
    }

    private PathKey key(final String path) {
        return key(path.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static PathHash hash(final long seed) {
        return new PathHash(new SplittableRandom(seed));
    }

    @Test
    void shouldDependOnEachByteAndOnTheLength() {
        final Random random = new Random(4711);
        for (int length = 1; length <= PathKey.MAX_RELATIVE_LENGTH; length += 1 + length / 8) {
            final byte[] path = new byte[length];
            random.nextBytes(path);
            path[0] = '/';
            final PathHash hash = hash(length);
            final int before = hash.of(key(path));
            assertEquals(before, hash.of(key(path)));
            assertNotEquals(before, hash.of(key(Arrays.copyOf(path, length - 1))));
            for (int i = 0; i < length; i++) {
                path[i] ^= 1;
                if (i != 1) {
                    assertNotEquals(before, hash.of(key(path)), length + ", " + i);
                }
                path[i] ^= 1;
            }
        }
    }

    /**
     * Of two paths, however alike, the same upper bits come by chance only, over all seeds: so no
     * set of paths has the same ones but by chance.
     */
    @Test
    void shouldNotBeTheSameForTwoPathsWhateverTheSeed() {
        final String[][] pairs = {
            {"/a", "/b"},
            {"/a", "/a\0"},
            {"/aaaaaaaaaaaaaaa\u0080", "/aaaaaaaaaaaaaaa\u0000"},
            {"/aaaabbbbcccc", "/bbbbaaaacccc"},
            {"/aaa\u0080xxx\u0080yyy\u0080", "/aaa\u0000xxx\u0000yyy\u0000"},
            {"/registry/pods/1", "/registry/pods/2"},
        };
        for (final String[] pair : pairs) {
            int same = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                final PathHash hash = hash(seed);
                if (hash.of(key(pair[0])) >>> 24 == hash.of(key(pair[1])) >>> 24) {
                    same++;
                }
            }
            // 8 on the average.
            assertTrue(same < 30, same + " of " + SEEDS + " for " + Arrays.toString(pair));
        }
    }

    @Test
    void shouldSpreadPathsThatAreAlike() {
        final PathHash hash = hash(4711);
        final Set<Integer> upperBits = new HashSet<>();
        for (int i = 0; i < 1 << 16; i++) {
            upperBits.add(hash.of(key(String.format("/keys/%08d", i))) >>> 16);
        }
        // Random ones would fill 63 % of the places.
        assertTrue(upperBits.size() > 0.5 * (1 << 16), () -> "only " + upperBits.size());
    }
}
