package io.larch.tools.bolt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of known pages, whole and damaged. */
class BoltFileTest {
    private static final int PAGE = BoltPages.PAGE_BYTES;

    /** The page of {@link #three} in which the buckets are. */
    private static final int ROOT = 28;

    @TempDir private Path directory;

    private final List<String> told = new ArrayList<>();

    private Path write(final byte[] bytes) throws IOException {
        return Files.write(directory.resolve("db"), bytes);
    }

    private SortedMap<String, String> read(final byte[] bytes, final String bucket)
            throws IOException {
        try (BoltFile file = BoltFile.open(write(bytes), told::add)) {
            final Bucket found = file.root().bucket(bucket);
            return found == null ? null : content(file, found);
        }
    }

    /** Names and values, in the order in which they were told. */
    private static SortedMap<String, String> content(final BoltFile file, final Bucket bucket)
            throws IOException {
        final TreeMap<String, String> content = new TreeMap<>();
        bucket.forEach(
                new Bucket.Visitor() {
                    @Override
                    public void onEntry(
                            final byte[] name,
                            final long position,
                            final int length,
                            final long page)
                            throws IOException {
                        final byte[] value = new byte[length];
                        file.read(position, value, length);
                        final String text = text(name);
                        assertTrue(content.isEmpty() || content.lastKey().compareTo(text) < 0);
                        content.put(text, text(value));
                    }

                    @Override
                    public void onBucket(final byte[] name, final Bucket nested, final long page)
                            throws IOException {
                        content(file, nested)
                                .forEach(
                                        (key, value) -> content.put(text(name) + "/" + key, value));
                    }
                });
        return content;
    }

    private static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static SortedMap<String, String> entries(final int count) {
        final TreeMap<String, String> entries = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            entries.put("name%05d".formatted(i), "value of " + i);
        }
        return entries;
    }

    private static SortedMap<byte[], byte[]> bytes(final Map<String, String> entries) {
        final SortedMap<byte[], byte[]> bytes = BoltPages.entries();
        entries.forEach(
                (name, value) ->
                        bytes.put(
                                name.getBytes(StandardCharsets.UTF_8),
                                value.getBytes(StandardCharsets.UTF_8)));
        return bytes;
    }

    private static byte[] three() {
        return new BoltPages(5)
                .bucket("key", bytes(entries(100)))
                .inlineBucket("meta", bytes(Map.of("a", "1", "b", "2")))
                .bucket("empty", bytes(Map.of()))
                .toBytes();
    }

    private String refusal(final byte[] bytes) {
        final IOException refusal =
                assertThrows(
                        BoltException.class,
                        () -> {
                            read(bytes, "key");
                            read(bytes, "meta");
                        });
        return refusal.getMessage().replace(directory.toString(), "DIR");
    }

    @Test
    void shouldReadBucketsOfOneAndOfManyPages() throws IOException {
        final byte[] file = three();

        assertEquals(entries(100), read(file, "key"));
        assertEquals(Map.of("a", "1", "b", "2"), read(file, "meta"));
        assertEquals(Map.of(), read(file, "empty"));
        assertNull(read(file, "none"));
        assertEquals(List.of(), told);
    }

    @Test
    void shouldReadValuesThatGoOnInFurtherPages() throws IOException {
        final SortedMap<String, String> entries = entries(20);
        entries.put("name00003", "x".repeat(200_000));
        entries.put("name00004", "");
        entries.put("name00017", "y".repeat(10 * PAGE));
        for (final int perPage : new int[] {2, 3, 20}) {
            final byte[] file = new BoltPages(perPage).bucket("key", bytes(entries)).toBytes();
            assertEquals(entries, read(file, "key"));
        }
    }

    @Test
    void shouldTakeTheNewerOfTwoMetaPagesAndTheOtherIfItIsNotWhole() throws IOException {
        final byte[] file = three();
        final ByteBuffer fields = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        // The second page of another root, where there is an empty leaf, or nothing.
        final byte[] second = Arrays.copyOfRange(file, PAGE, 2 * PAGE);
        ByteBuffer.wrap(second).order(ByteOrder.LITTLE_ENDIAN).putLong(32, 1 << 20);
        BoltPages.sum(second);
        System.arraycopy(second, 0, file, PAGE, PAGE);
        assertEquals(entries(100), read(file, "key"));

        fields.putLong(64, 7);
        final byte[] damaged = file.clone();
        assertEquals(
                "DIR/db, page 1048576: outside of the file, which has %d pages, of which %d are used"
                        .formatted(file.length / PAGE, file.length / PAGE),
                refusal(damaged));
        assertTrue(told.get(0).contains("page 0: bad checksum "), told::toString);
        assertTrue(told.get(0).endsWith("; page 1 tells of the last transaction"));

        told.clear();
        final byte[] other = three();
        other[PAGE + 16] ^= 1;
        assertEquals(entries(100), read(other, "key"));
        assertTrue(
                told.get(0).contains("page 1: bad magic ed0cdaec; page 0 tells "), told::toString);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        assertEquals(
                "DIR/db, page 0: the file ends at 0 already; and page 1 is not whole, either",
                refusal(new byte[0]));
        final byte[] magic = new byte[4 * PAGE];
        magic[8] = 4;
        assertEquals(
                "DIR/db, page 0: bad magic 00000000; and page 1 is not whole, either",
                refusal(magic));
        final byte[] version = three();
        version[20] = 3;
        version[PAGE + 20] = 3;
        assertTrue(refusal(version).contains("page 0: version 3, and not 2"));
        final byte[] cut = Arrays.copyOf(three(), 3 * PAGE);
        assertTrue(refusal(cut).contains("outside of the file, which has 3 pages"), refusal(cut));
    }

    @Test
    void shouldComeToNoPageTwice() throws IOException {
        final byte[] file = three();
        final ByteBuffer fields = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        // Pages 2 to 21 are leaves, 22 to 25 branches over them, 26 that over these.
        assertEquals(1, fields.getShort(26 * PAGE + 8));
        fields.putLong(26 * PAGE + 16 + 8, 26);
        assertEquals("DIR/db, page 26: the tree comes to this page twice", refusal(file));

        fields.putLong(26 * PAGE + 16 + 8, 23);
        assertEquals("DIR/db, page 23: element 4 is out of order", refusal(file));

        fields.putLong(26 * PAGE + 16 + 8, 3);
        assertEquals("DIR/db, page 7: a leaf 2 pages down, others are 1", refusal(file));
    }

    @Test
    void shouldEitherReadADamagedFileOrSayWhy() throws IOException {
        final byte[] whole = three();
        final SortedMap<String, String> names = entries(100);
        for (int i = 0; i < whole.length; i += 61) {
            final byte[] cut = Arrays.copyOf(whole, i);
            assertTrue(refusal(cut).startsWith("DIR/db"), refusal(cut));
        }
        final Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 4_000; i++) {
            final byte[] damaged = whole.clone();
            boolean isRootWhole = true;
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                final int at = random.nextInt(damaged.length);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                isRootWhole &= at / PAGE != ROOT;
            }
            try {
                final SortedMap<String, String> found = read(damaged, "key");
                // bbolt has no checksum of names and values; but none of them goes without a word.
                // A bucket's entry may come to stand for that of another one.
                assertTrue(!isRootWhole || found.size() == names.size());
            } catch (final BoltException e) {
                refused++;
                assertTrue(e.getMessage().contains("db, page "), e.getMessage());
            }
        }
        assertTrue(refused > 200, "refused " + refused);
    }
}
