package io.larch.engine.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.LocalDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
    private static final long BACK_MS = 1_000;

    @TempDir Path directory;

    private final Set<String> damaged = new HashSet<>();
    private final List<String> all = new ArrayList<>();
    private long nowMs = 10_000;

    /** Segments of 10 entries each, and snapshots at 12, 25 and 38, taken at 1, 2 and 3 seconds. */
    @BeforeEach
    void fill() throws IOException {
        for (int i = 0; i < 5; i++) {
            put(segment(i + 1, 10 * i + 1), 1_000 * i);
        }
        put(snapshot(12), 1_000);
        put(snapshot(25), 2_000);
        put(snapshot(38), 3_000);
    }

    private void put(final String name, final long modifiedMs) throws IOException {
        Files.createFile(directory.resolve(name));
        Files.setLastModifiedTime(directory.resolve(name), FileTime.fromMillis(modifiedMs));
        all.add(name);
    }

    private static String segment(final long sequence, final long firstIndex) {
        return String.format("%016x-%016x.wal", sequence, firstIndex);
    }

    private static String snapshot(final long index) {
        return String.format("%016x-%016x.snap", 2, index);
    }

    private List<String> left() throws IOException {
        new Retention(BACK_MS, () -> nowMs, name -> !damaged.contains(name))
                .apply(new LocalDirectory(directory));
        return new LocalDirectory(directory).list();
    }

    private static List<String> sorted(final String... names) {
        return List.of(names).stream().sorted().toList();
    }

    @Test
    void shouldKeepAllWhenNoSnapshotIsAsOldAsRestoresReach() throws IOException {
        nowMs = 1_999;
        assertEquals(all.stream().sorted().toList(), left());
    }

    @Test
    void shouldKeepTheSnapshotThatWasThereThenAndAllBehindIt() throws IOException {
        nowMs = 3_000;
        assertEquals(
                sorted(segment(3, 21), segment(4, 31), segment(5, 41), snapshot(25), snapshot(38)),
                left());
    }

    /** A clock that jumps by years takes no more. */
    @Test
    void shouldKeepTheNewestSnapshotHoweverOldItIs() throws IOException {
        nowMs = Long.MAX_VALUE / 2;
        assertEquals(sorted(segment(4, 31), segment(5, 41), snapshot(38)), left());
    }

    @Test
    void shouldKeepAllWhenTheSnapshotToBeginWithIsDamaged() throws IOException {
        damaged.add(snapshot(25));
        nowMs = 3_000;
        assertEquals(all.stream().sorted().toList(), left());
    }

    @Test
    void shouldLeaveWhatItDoesNotKnow() throws IOException {
        put("notes", 0);
        put(segment(1, 1) + ".tail", 0);
        put("0000000000000001-0000000000000001.wal.part", 0);
        nowMs = 10_000;
        assertTrue(left().containsAll(List.of("notes", segment(1, 1) + ".tail")));
    }

    /** For each moment that restores shall reach: what they begin with, and the log from there. */
    @Test
    void shouldKeepWhatEachRestoreNeeds() throws IOException {
        for (int seed = 0; seed < 10; seed++) {
            for (final String name : new LocalDirectory(directory).list()) {
                Files.delete(directory.resolve(name));
            }
            final Random random = new Random(seed);
            final TreeMap<Long, Long> snapshots = new TreeMap<>();
            final TreeMap<Long, String> segments = new TreeMap<>();
            long index = 1;
            for (int i = 1; i <= 30; i++) {
                nowMs = 1_000L * i;
                segments.put(index, segment(i, index));
                put(segment(i, index), nowMs);
                index += random.nextInt(9);
                if (random.nextInt(4) == 0 && index > 1 && !snapshots.containsKey(index - 1)) {
                    put(snapshot(index - 1), nowMs);
                    snapshots.put(index - 1, nowMs);
                }
                final List<String> left = left();
                final long since = nowMs - BACK_MS;
                final Long first =
                        snapshots.entrySet().stream()
                                .filter(each -> each.getValue() <= since)
                                .map(each -> each.getKey())
                                .max(Long::compare)
                                .orElse(null);
                final long from = first == null ? 0 : first;
                snapshots.tailMap(from).keySet().forEach(each -> assertHas(left, snapshot(each)));
                final Long begin = segments.floorKey(from + 1);
                segments.tailMap(begin == null ? 0 : begin)
                        .values()
                        .forEach(each -> assertHas(left, each));
            }
        }
    }

    private static void assertHas(final List<String> left, final String name) {
        assertTrue(left.contains(name), () -> name + " is not in " + left);
    }
}
