package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class MaskedKeysTest {
    private final Random random = new Random(4711);
    private final PathKey key = new PathKey();

    private static MaskedKeys keys(final long seed) {
        return new MaskedKeys(new SplittableRandom(seed));
    }

    private PathKey randomKey(final int length) {
        final byte[] path = new byte[length];
        random.nextBytes(path);
        path[0] = '/';
        return key.set(random.nextInt(), new UnsafeBuffer(path), 0, length);
    }

    private static byte[] written(final MaskedKeys keys, final PathKey key) {
        final Bytes<byte[]> out = Bytes.wrapForWrite(new byte[PathKey.MAX_LENGTH]);
        keys.write(out, keys.size(key), key);
        assertEquals(key.length(), out.writePosition());
        return Arrays.copyOf(out.underlyingObject(), key.length());
    }

    @Test
    void shouldReadWhatItHasWritten() {
        final MaskedKeys keys = keys(1);
        final PathKey read = new PathKey();
        for (int length = 1; length <= PathKey.MAX_RELATIVE_LENGTH; length++) {
            final PathKey key = randomKey(length);
            final byte[] written = written(keys, key);

            keys.read(Bytes.wrapForRead(written), written.length, read);

            assertEquals(key.length(), read.length());
            assertArrayEquals(
                    Arrays.copyOf(key.bytes(), key.length()),
                    Arrays.copyOf(read.bytes(), read.length()));
        }
    }

    /** So who does not know the seed does not know what the map gets. */
    @Test
    void shouldWriteOtherBytesInEachPlaceForAnotherSeed() {
        final PathKey key = randomKey(PathKey.MAX_RELATIVE_LENGTH);
        final byte[] differences = new byte[key.length()];
        for (int seed = 0; seed < 64; seed++) {
            final byte[] written = written(keys(seed), key);
            for (int i = 0; i < written.length; i++) {
                differences[i] |= (byte) (written[i] ^ key.bytes()[i]);
            }
        }
        for (final byte difference : differences) {
            assertEquals(-1, difference);
        }
    }

    @Test
    void shouldWriteTheSameBytesForTheSameKey() {
        final MaskedKeys keys = keys(1);
        final PathKey key = randomKey(20);
        assertArrayEquals(written(keys, key), written(keys, key));
        final byte[] before = written(keys, key);
        assertNotEquals(Arrays.toString(before), Arrays.toString(written(keys, randomKey(20))));
    }
}
