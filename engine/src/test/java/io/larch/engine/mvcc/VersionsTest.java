package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private final Versions versions = new Versions();

    /** What the version before the one added last is named now. */
    private int superseded;

    @AfterEach
    void close() {
        versions.close();
    }

    /**
     * @param newest the key's until now, 0 for a new key.
     * @return the newest one's, which stays the same.
     */
    private int add(final long revision, final int newest) {
        superseded = newest == 0 ? 0 : versions.supersede(newest);
        final int id = newest == 0 ? versions.allocate() : newest;
        versions.set(id, revision, revision * 3, superseded);
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
        final int newest = add(2, 0);
        assertEquals(newest, add(3, newest));
        final int first = superseded;
        assertEquals(newest, add(4, newest));
        final int second = superseded;
        assertEquals(second, versions.previous(newest));
        assertEquals(first, versions.previous(second));
        assertEquals(9, versions.place(second));
        assertTrue(versions.isSuperseded(second));
        assertFalse(versions.isSuperseded(newest));
        versions.free(second);
        assertEquals(0, versions.previous(newest));
        assertFalse(versions.isAt(second, 9));
        // The slot is in use again, by another key.
        assertEquals(second, add(5, 0));
        assertEquals(0, versions.previous(newest));
        assertEquals(0, versions.at(newest, 3));
        assertEquals(newest, versions.at(newest, 4));
    }

    @Test
    void shouldMoveWithoutForgetting() {
        final int newest = add(2, 0);
        add(3, newest);
        final int first = superseded;
        versions.move(first, (1L << RevisionLog.PLACE_BITS) - 2);
        assertEquals((1L << RevisionLog.PLACE_BITS) - 2, versions.place(first));
        assertTrue(versions.isSuperseded(first));
        assertEquals(9, versions.place(newest));
        assertEquals(first, versions.previous(newest));
    }

    @Test
    void shouldGiveChunksBackAndForgetWhatWasInThem() {
        final long empty = versions.allocatedBytes();
        final int count = 100_000;
        final int[] ids = new int[count];
        final int newest = add(1, 0);
        for (int i = 1; i < count; i++) {
            add(i + 1, newest);
            ids[i] = superseded;
        }
        final long full = versions.allocatedBytes();
        for (int i = 1; i < count; i++) {
            versions.free(ids[i]);
        }
        assertEquals(1, versions.count());
        assertTrue(versions.allocatedBytes() < empty + (full - empty) / 4);
        assertEquals(0, versions.previous(newest));
        assertEquals(0, versions.at(newest, 5));
        for (int i = 1; i < count; i++) {
            assertEquals(0, versions.previous(newest));
            add(count + i, 0);
        }
        assertEquals(full, versions.allocatedBytes());
    }
}
