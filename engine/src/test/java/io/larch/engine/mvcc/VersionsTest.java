package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private final Versions versions = new Versions();

    @AfterEach
    void close() {
        versions.close();
    }

    private int add(final long revision, final int previous) {
        final int id = versions.allocate();
        versions.set(id, revision, revision * 3, previous);
        return id;
    }

    @Test
    void shouldFindTheVersionOfARevision() {
        int newest = 0;
        for (int i = 1; i <= 100_000; i++) {
            newest = add(i * 10L, newest);
        }
        for (long revision = 0; revision < 1_000_100; revision += 997) {
            final int id = versions.at(newest, revision);
            final long expected = Math.min(revision / 10 * 10, 1_000_000);
            assertEquals(expected, id == 0 ? 0 : versions.revision(id));
        }
    }

    /** A walk from version to version would take minutes. */
    @Test
    void shouldNotWalkOverAllVersions() {
        int newest = 0;
        for (int i = 1; i <= 200_000; i++) {
            newest = add(i, newest);
        }
        long sum = 0;
        for (int i = 0; i < 100_000; i++) {
            sum += versions.at(newest, 1 + i % 1000);
        }
        assertTrue(sum > 0);
    }

    @Test
    void shouldNotFollowWhatWasFreed() {
        final int first = add(2, 0);
        final int second = add(3, first);
        final int third = add(4, second);
        assertEquals(second, versions.previous(third));
        assertTrue(versions.isSuperseded(second));
        assertFalse(versions.isSuperseded(third));
        versions.free(second);
        assertEquals(0, versions.previous(third));
        assertFalse(versions.isAt(second, 9));
        // The slot is in use again, by another key.
        assertEquals(second, add(5, 0));
        assertEquals(0, versions.previous(third));
        assertEquals(0, versions.at(third, 3));
        assertEquals(third, versions.at(third, 4));
    }

    @Test
    void shouldMoveWithoutForgetting() {
        final int first = add(2, 0);
        final int second = add(3, first);
        versions.move(first, (1L << RevisionLog.PLACE_BITS) - 2);
        assertEquals((1L << RevisionLog.PLACE_BITS) - 2, versions.place(first));
        assertTrue(versions.isSuperseded(first));
        assertEquals(9, versions.place(second));
        assertEquals(first, versions.previous(second));
    }

    @Test
    void shouldGiveChunksBackAndForgetWhatWasInThem() {
        final long empty = versions.allocatedBytes();
        final int count = 100_000;
        final int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = add(i + 1, i == 0 ? 0 : ids[i - 1]);
        }
        final long full = versions.allocatedBytes();
        for (int i = 0; i < count - 1; i++) {
            versions.free(ids[i]);
        }
        assertEquals(1, versions.count());
        assertTrue(versions.allocatedBytes() < empty + (full - empty) / 4);
        assertEquals(0, versions.previous(ids[count - 1]));
        assertEquals(0, versions.at(ids[count - 1], 5));
        for (int i = 0; i < count; i++) {
            assertEquals(0, versions.previous(ids[count - 1]));
            add(count + 1 + i, 0);
        }
        assertEquals(full, versions.allocatedBytes());
    }
}
