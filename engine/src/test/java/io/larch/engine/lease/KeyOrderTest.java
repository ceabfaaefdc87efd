package io.larch.engine.lease;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyOrderTest {
    /** Few and many, short and long, with few kinds of bytes so that most begin alike. */
    @ParameterizedTest
    @CsvSource({"0,5,2,0", "1,5,2,0", "64,9,3,0", "65,9,3,2", "3000,4,256,0", "3000,12,2,7"})
    void shouldSortByUnsignedBytes(
            final int count, final int longest, final int kinds, final int shared) {
        final SplittableRandom random = new SplittableRandom(count * 31L + longest);
        final byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = new byte[shared + random.nextInt(longest + 1)];
            Arrays.fill(keys[i], (byte) 'k');
            for (int at = shared; at < keys[i].length; at++) {
                keys[i][at] = (byte) (random.nextInt(kinds) * 255 / Math.max(1, kinds - 1));
            }
        }
        final byte[][] expected = keys.clone();
        Arrays.sort(expected, Arrays::compareUnsigned);
        KeyOrder.sort(keys);
        assertArrayEquals(expected, keys);
    }
}
