package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicedReadTest {
    private static final int MUCH = Integer.MAX_VALUE / 2;

    private final StoreFixture fixture =
            new StoreFixture(new StoreContext().freeSteps(3, 7).maxHeldBytes(1 << 20).conclude());
    private final Store store = fixture.store;
    private final Result result = new Result();

    @AfterEach
    void close() {
        store.close();
    }

    /** A read under way, and what it must come to. */
    private final class Reading {
        private final byte[] expected;
        private final TreeRead read;
        private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        private int length;

        Reading(final String path, final boolean isRecursive) {
            fixture.get(path);
            if (isRecursive) {
                fixture.recursive();
            }
            store.get(fixture.encode(), fixture.nowNanos, MUCH, result);
            assertFalse(result.isTooLong());
            expected = new byte[result.eventLength()];
            result.event().getBytes(0, expected);
            read = store.open(fixture.encode(), fixture.nowNanos, result);
        }

        boolean goOn(final int maxLength, final int maxSteps) {
            length = read.write(bytes, length, maxLength, maxSteps);
            return !read.isDone();
        }

        void check() {
            final byte[] written = new byte[length];
            bytes.getBytes(0, written);
            assertTrue(Arrays.equals(expected, written));
            read.close();
        }
    }

    @Test
    void shouldWriteInSlicesWhatOneGoWrites() {
        for (int i = 0; i < 500; i++) {
            fixture.set("/d/" + i * 7919 % 500 + "/" + i % 3, "value " + i).run();
        }
        fixture.set("/d/_hidden", "x").run();
        fixture.mkdir("/d/empty").run();

        final Reading whole = new Reading("/", true);
        while (whole.goOn(100, 10)) {}
        whole.check();
        final Reading flat = new Reading("/d", false);
        while (flat.goOn(1, 1)) {}
        flat.check();
        assertEquals(0, store.heldBytes());
    }

    @Test
    void shouldShowTheTreeAsItWasWhenItBegan() {
        for (int i = 0; i < 100; i++) {
            fixture.set("/d/" + i, "old").run();
        }
        final Reading reading = new Reading("/d", true);
        reading.goOn(500, 200);

        for (int i = 0; i < 100; i += 2) {
            fixture.set("/d/" + i, "new").run();
            fixture.delete("/d/" + (i + 1)).run();
        }
        fixture.set("/d/0000", "behind the place where it is").run();
        fixture.delete("/d").recursive().run();
        fixture.set("/d/0", "another one by that name").run();

        while (reading.goOn(500, 10)) {}
        reading.check();
        assertEquals(0, store.heldBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldShowOnePointInTimeWhateverIsWritten(final long seed) {
        final Random random = new Random(seed);
        final List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            write(random);
            if (random.nextInt(60) == 0 && readings.size() < 8) {
                fixture.get("/a");
                store.get(fixture.encode(), fixture.nowNanos, MUCH, result);
                if (result.isOk()) {
                    readings.add(
                            new Reading(random.nextBoolean() ? "/" : "/a", random.nextBoolean()));
                }
            }
            if (!readings.isEmpty() && random.nextInt(3) == 0) {
                final Reading reading = readings.get(random.nextInt(readings.size()));
                if (!reading.goOn(1 + random.nextInt(300), 1 + random.nextInt(8))) {
                    reading.check();
                    readings.remove(reading);
                } else if (random.nextInt(200) == 0) {
                    reading.read.close();
                    readings.remove(reading);
                }
            }
        }
        while (!readings.isEmpty()) {
            readings.removeIf(
                    reading -> {
                        final boolean isDone = !reading.goOn(200, 5);
                        if (isDone) {
                            reading.check();
                        }
                        return isDone;
                    });
        }
        assertEquals(0, store.heldBytes());
        assertEquals(0, store.cutReads());
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6, 7, 8})
    @Tag("slow")
    void shouldShowOnePointInTimeWhateverIsWrittenWithMoreSeeds(final long seed) {
        shouldShowOnePointInTimeWhateverIsWritten(seed);
    }

    private void write(final Random random) {
        final String path =
                "/a/" + random.nextInt(12) + (random.nextBoolean() ? "/" + random.nextInt(30) : "");
        switch (random.nextInt(12)) {
            case 0 -> fixture.delete(path).recursive().run();
            case 1 -> fixture.delete(path).run();
            case 2 -> fixture.set(path, "t").ttl(1 + random.nextInt(3)).run();
            case 3 -> fixture.sync(random.nextInt(2));
            case 4 -> fixture.mkdir(path).run();
            case 5 -> fixture.post("/a", "queued").run();
            case 6 -> fixture.set(path, "v".repeat(random.nextInt(3000))).run();
            case 7 -> fixture.update(path, "").refresh().ttl(2).run();
            default -> fixture.set(path, "value " + random.nextInt(1000)).run();
        }
    }

    @Test
    void shouldPartValuesOnlyWhereNoSequenceIs() {
        fixture.set("/v", "")
                .value("aäé€😀".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .run();
        final Reading reading = new Reading("/v", false);
        while (reading.length <= 16) {
            reading.goOn(1, 1);
        }
        int from = reading.length;
        while (reading.goOn(7, 1)) {
            final byte[] piece = new byte[reading.length - from];
            reading.bytes.getBytes(from, piece);
            final String text = new String(piece, java.nio.charset.StandardCharsets.UTF_8);
            assertFalse(text.contains("\ufffd"), text);
            from = reading.length;
        }
        reading.check();
    }

    @Test
    void shouldEndTheOldestReadsWhenTheyHoldOnToTooMuch() {
        for (int i = 0; i < 40; i++) {
            fixture.set("/big/" + i, "x".repeat(50_000)).run();
        }
        final Reading oldest = new Reading("/big", true);
        oldest.goOn(100, 60);
        for (int i = 0; i < 15; i++) {
            fixture.set("/big/" + i, "y").run();
        }
        final Reading newest = new Reading("/big", true);
        assertFalse(oldest.read.isCut());

        for (int i = 15; i < 30; i++) {
            fixture.set("/big/" + i, "y").run();
        }

        assertTrue(oldest.read.isCut());
        assertFalse(oldest.read.isReplaced());
        assertEquals(1, store.cutReads());
        while (newest.goOn(10_000, 100)) {}
        newest.check();
        assertEquals(0, store.heldBytes());
    }

    @Test
    void shouldRefuseToReadInOneGoWhatTakesTooLong() {
        for (int i = 0; i < 5000; i++) {
            fixture.set("/many/_" + i, "").run();
        }
        fixture.set("/long", "x".repeat(200_000)).run();

        store.get(fixture.get("/many").encode(), 0, result);
        assertTrue(result.isTooLong());
        store.get(fixture.get("/long").encode(), 0, result);
        assertTrue(result.isTooLong());
        fixture.delete("/long").run();
        store.get(fixture.get("/").encode(), 0, result);
        assertFalse(result.isTooLong());
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertNull(store.open(fixture.get("/none").encode(), 0, result));
        assertEquals(100, result.errorCode());
        fixture.set("/none", "").run();
        final TreeRead read = store.open(fixture.get("/none").encode(), 0, result);
        assertNotNull(read);
        read.close();
    }

    @Test
    void shouldEndReadsWithTheTreeTheyRead() {
        fixture.set("/a", "b").run();
        final Reading reading = new Reading("/", true);
        final Store other = store.newEmpty();

        store.take(other);

        assertTrue(reading.read.isCut());
        assertTrue(reading.read.isReplaced());
        assertEquals(0, store.heldBytes());
    }
}
