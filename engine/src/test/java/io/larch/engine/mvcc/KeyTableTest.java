package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KeyTableTest {
    private final RevisionLog log =
            new RevisionLog(NativeMemory.INSTANCE, RevisionLog.SEGMENT_LENGTH);
    private final Versions versions = new Versions();
    private final KeyTable table = new KeyTable(new VersionKeys(versions, log));
    private long revision;

    @AfterEach
    void close() {
        table.close();
        versions.close();
        log.close();
    }

    private int version(final String key) {
        final int id = versions.allocate();
        revision++;
        versions.set(id, revision, log.appendTombstone(revision, 0, id, Bytes.of(key)), 0);
        return id;
    }

    private static int hash(final String key) {
        return KeyTable.hash(Bytes.of(key));
    }

    private int find(final String key) {
        return table.find(Bytes.of(key), hash(key));
    }

    @Test
    void shouldHoldWhatAMapHolds() {
        final Random random = new Random(1);
        final Map<String, Integer> model = new HashMap<>();
        long mostPages = 0;
        for (int round = 0; round < 6; round++) {
            // It grows and shrinks in turns.
            final int insertions = round % 2 == 0 ? 9 : 1;
            for (int i = 0; i < 25_000; i++) {
                final String key = "/registry/pods/" + random.nextInt(20_000);
                final Integer id = model.get(key);
                assertEquals(id == null ? 0 : id, find(key));
                if (id == null && random.nextInt(10) < insertions) {
                    model.put(key, version(key));
                    table.insert(hash(key), model.get(key));
                } else if (id != null && random.nextInt(10) >= insertions) {
                    table.remove(hash(key), id);
                    model.remove(key);
                }
            }
            mostPages = Math.max(mostPages, table.pageCount());
        }
        model.forEach((key, id) -> assertEquals(id, find(key)));
        model.forEach((key, id) -> table.remove(hash(key), id));
        model.keySet().forEach(key -> assertEquals(0, find(key)));
        assertTrue(mostPages > 40 && mostPages < 200, mostPages + " pages");
        assertEquals(1, table.pageCount());
    }

    @Test
    void shouldSayThatItDoesNotKnowWhenTooManyHaveOneHash() {
        final int hash = 0x12345678;
        final int[] ids = new int[1000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = version("key" + i);
            table.insert(hash, ids[i]);
        }
        int known = 0;
        for (int i = 0; i < ids.length; i++) {
            final int found = table.find(Bytes.of("key" + i), hash);
            assertTrue(found == ids[i] || found == KeyTable.UNKNOWN);
            known += found == ids[i] ? 1 : 0;
        }
        assertTrue(known > 400, known + " known");
        assertEquals(KeyTable.UNKNOWN, table.find(Bytes.of("other"), hash));
        assertEquals(0, table.find(Bytes.of("other"), ~hash));
        for (final int id : ids) {
            table.remove(hash, id);
        }
        assertEquals(KeyTable.UNKNOWN, table.find(Bytes.of("key1"), hash));
    }

    @Test
    @Tag("slow")
    void shouldSpreadKeysThatAreAlike() {
        for (int i = 0; i < 100_000; i++) {
            final String key = String.format("/a/long/way/to/the/number/%08d/and/on", i);
            table.insert(hash(key), version(key));
        }
        assertTrue(table.pageCount() < 100_000 / 230, table.pageCount() + " pages");
    }
}
