package io.larch.engine.kv.watch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WatchIndexTest {
    private final WatchIndex index = new WatchIndex(7);

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String prefixOf(final String start, final String end) {
        final byte[] prefix = WatchIndex.prefixOf(bytes(start), end == null ? null : bytes(end));
        return prefix == null ? null : new String(prefix, StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldSeeWhichRangesArePrefixes() {
        assertEquals("a", prefixOf("a", "b"));
        assertEquals("a/\u00ff", prefixOf("a/\u00ff", "a0"));
        assertEquals("\u00ff\u00ff", prefixOf("\u00ff\u00ff", null));
        assertEquals("", prefixOf("\0", null));
        assertNull(prefixOf("a", "c"));
        assertNull(prefixOf("a", null));
        assertNull(prefixOf("ab", "b"));
    }

    private TreeSet<Long> match(final String key) {
        final TreeSet<Long> found = new TreeSet<>();
        final byte[] padded = bytes("xx" + key);
        index.match(
                new UnsafeBuffer(padded),
                2,
                padded.length - 2,
                range -> {
                    for (Watch each = range.first; each != null; each = each.nextInRange) {
                        assertTrue(found.add(each.correlationId));
                    }
                });
        return found;
    }

    private record Range(String start, String end) {
        boolean has(final String key) {
            return end.isEmpty()
                    ? key.equals(start)
                    : key.compareTo(start) >= 0 && (end.equals("\0") || key.compareTo(end) < 0);
        }
    }

    private static String word(final SplittableRandom random) {
        final StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            text.append("\0abc\u00fe\u00ff".charAt(random.nextInt(6)));
        }
        return text.toString();
    }

    private static Range range(final SplittableRandom random) {
        final String start = word(random);
        final char last = start.charAt(start.length() - 1);
        return switch (random.nextInt(5)) {
            case 0 -> new Range(start, "");
            case 1 -> new Range(start, "\0");
            case 2 ->
                    last == '\u00ff'
                            ? new Range(start, word(random))
                            : new Range(
                                    start,
                                    start.substring(0, start.length() - 1) + (char) (last + 1));
            default -> new Range(start, word(random));
        };
    }

    /** Against looking at every range each time. */
    @Test
    void shouldFindExactlyWhatAKeyLiesIn() {
        final SplittableRandom random = new SplittableRandom(3);
        final TreeMap<Long, Range> ranges = new TreeMap<>();
        final TreeMap<Long, Watch> watches = new TreeMap<>();
        long next = 1;
        for (int i = 0; i < 20_000; i++) {
            if (watches.size() < random.nextInt(200)) {
                final Range range = range(random);
                final Watch watch = new Watch(next, true, true, false);
                index.add(watch, bytes(range.start), bytes(range.end));
                ranges.put(next, range);
                watches.put(next++, watch);
            } else if (!watches.isEmpty()) {
                final List<Long> ids = new ArrayList<>(watches.keySet());
                final long id = ids.get(random.nextInt(ids.size()));
                final Watch watch = watches.remove(id);
                if (watch.range != null) {
                    index.remove(watch);
                }
                ranges.remove(id);
            }
            final String key = word(random);
            final TreeSet<Long> expected = new TreeSet<>();
            ranges.forEach(
                    (id, range) -> {
                        if (range.has(key)) {
                            expected.add(id);
                        }
                    });
            assertEquals(expected, match(key), () -> key + " in " + ranges);
        }
        watches.values().stream().filter(each -> each.range != null).forEach(index::remove);
        assertTrue(index.isEmpty());
    }

    @Test
    void shouldKnowARangeAgain() {
        final Watch watch = new Watch(1, true, true, false);
        final WatchIndex other = new WatchIndex(7);
        for (final Range each :
                List.of(new Range("a", ""), new Range("a", "b"), new Range("a", "c"))) {
            index.add(watch, bytes(each.start), bytes(each.end));
            final WatchedRange range = watch.range;
            index.remove(watch);
            other.add(watch, range);
            assertArrayEquals(range.start, watch.range.start);
            assertEquals(range.kind, watch.range.kind);
            other.remove(watch);
        }
        assertTrue(index.isEmpty() && other.isEmpty());
    }

    /** Texts of one length whose hashes are the same, if these are as those of strings. */
    private static List<String> alike(final int blocks) {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < 1 << blocks; i++) {
            final StringBuilder text = new StringBuilder();
            for (int bit = blocks - 1; bit >= 0; bit--) {
                text.append((i >>> bit & 1) == 0 ? "Aa" : "BB");
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /** Whoever chooses ranges cannot make the tree deep. */
    @Test
    void shouldNotBeDeepWhateverTheRangesAre() throws InterruptedException {
        final List<Throwable> failures = new ArrayList<>();
        final Runnable work =
                () -> {
                    final List<Watch> watches = new ArrayList<>();
                    for (final String start : alike(15)) {
                        final Watch watch = new Watch(watches.size(), true, true, false);
                        index.add(watch, bytes(start), bytes("C"));
                        watches.add(watch);
                    }
                    assertEquals(watches.size(), match("BZ").size());
                    watches.forEach(index::remove);
                    assertTrue(index.isEmpty());
                };
        final Thread thread = new Thread(null, work, "small stack", 256 << 10);
        thread.setUncaughtExceptionHandler((dead, failure) -> failures.add(failure));
        thread.start();
        thread.join();
        assertEquals(List.of(), failures);
    }

    /** Nor the buckets long. */
    @Test
    void shouldFindKeysWhateverTheyAre() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    for (final String key : alike(17)) {
                        index.add(new Watch(1, true, true, false), bytes(key), bytes(""));
                    }
                });
    }
}
