package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A store that takes and gives texts. */
final class StoreFixture implements AutoCloseable {
    final MvccStore store;
    private final SegmentMemory memory;
    private final KeyVersion seen = new KeyVersion();

    StoreFixture() {
        this(RevisionLog.SEGMENT_LENGTH);
    }

    StoreFixture(final int segmentLength) {
        this(NativeMemory.INSTANCE, segmentLength);
    }

    StoreFixture(final SegmentMemory memory, final int segmentLength) {
        this.memory = memory;
        store = new MvccStore(memory, segmentLength);
    }

    /** A transaction of one put. */
    long put(final String key, final String value) {
        return put(key, value, 0);
    }

    long put(final String key, final String value, final long lease) {
        store.begin();
        write(key, value, lease);
        return store.commit();
    }

    /** A put inside a transaction. */
    String write(final String key, final String value, final long lease) {
        final UnsafeBuffer keyBytes = Bytes.of(key);
        final UnsafeBuffer valueBytes = Bytes.of(value);
        store.put(
                keyBytes,
                0,
                keyBytes.capacity(),
                valueBytes,
                0,
                valueBytes.capacity(),
                lease,
                seen);
        return text(seen);
    }

    /** A transaction of one deletion. */
    long delete(final String key) {
        store.begin();
        remove(key);
        return store.commit();
    }

    /** A deletion inside a transaction. */
    String remove(final String key) {
        final UnsafeBuffer bytes = Bytes.of(key);
        assertEquals(store.delete(bytes, 0, bytes.capacity(), seen), seen.isSet());
        return text(seen);
    }

    static KeyRange range(final String key, final String end) {
        final UnsafeBuffer keyBytes = Bytes.of(key);
        final UnsafeBuffer endBytes = Bytes.of(end);
        return new KeyRange()
                .set(keyBytes, 0, keyBytes.capacity(), endBytes, 0, endBytes.capacity());
    }

    String get(final String key, final long revision) {
        final UnsafeBuffer bytes = Bytes.of(key);
        assertEquals(store.get(bytes, 0, bytes.capacity(), revision, seen), seen.isSet());
        return text(seen);
    }

    /** What a version shows: {@code key=value create/mod/version lease}, or {@code -key mod}. */
    static String text(final KeyVersion version) {
        if (!version.isSet()) {
            return "none";
        }
        final String key = Bytes.text(version.buffer(), version.keyOffset(), version.keyLength());
        if (version.isTombstone()) {
            assertEquals(0, version.createRevision() + version.version() + version.lease());
            assertEquals(0, version.valueLength());
            return "-" + key + " " + version.modRevision();
        }
        return key
                + "="
                + Bytes.text(version.buffer(), version.valueOffset(), version.valueLength())
                + " "
                + version.createRevision()
                + "/"
                + version.modRevision()
                + "/"
                + version.version()
                + (version.lease() == 0 ? "" : " " + version.lease());
    }

    List<String> range(final KeyRange range, final long revision) {
        final RangeCursor cursor = new RangeCursor(store).open(range, revision);
        final List<String> found = new ArrayList<>();
        while (cursor.next(seen) == Step.FOUND) {
            found.add(text(seen));
        }
        assertEquals(Step.END, cursor.next(seen));
        assertEquals(found.size(), cursor.passed());
        return found;
    }

    /** All changes from a revision on, as {@code change < what it replaced}. */
    List<String> history(final long from) {
        final HistoryCursor cursor = new HistoryCursor(store).open(from);
        final List<String> changes = new ArrayList<>();
        final KeyVersion previous = new KeyVersion();
        long revision = 0;
        int sub = 0;
        while (cursor.next(seen) == Step.FOUND) {
            sub = seen.modRevision() == revision ? sub + 1 : 0;
            revision = seen.modRevision();
            assertEquals(sub, seen.sub());
            assertEquals(store.previous(seen, previous), previous.isSet());
            changes.add(text(seen) + " < " + text(previous));
            assertEquals(cursor.isAtRevisionStart(), cursor.nextRevision() == revision + 1);
        }
        assertTrue(cursor.isAtRevisionStart());
        return changes;
    }

    void compactAll() {
        while (store.compactSome(1_000_000)) {
            // More to do.
        }
        assertEquals(store.compactedRevision(), store.sweptRevision());
    }

    int hash(final long revision) {
        final StoreHash hash = store.hash(revision);
        assertEquals(Step.FOUND, hash.run(Integer.MAX_VALUE));
        return hash.value();
    }

    /** A copy by export and import in records of a length. */
    StoreFixture copy(final int recordLength, final int segmentLength) {
        final StoreFixture copy = new StoreFixture(memory, segmentLength);
        try (StoreImport restored = new StoreImport(copy.store)) {
            for (final byte[] record : export(recordLength)) {
                restored.onRecord(new UnsafeBuffer(record), 0, record.length);
            }
            restored.finish();
        }
        return copy;
    }

    List<byte[]> export(final int recordLength) {
        final List<byte[]> records = new ArrayList<>();
        try (StoreExport export = store.export(recordLength)) {
            while (!export.isDone()) {
                if (export.prepare(100)) {
                    final byte[] record = new byte[export.recordLength()];
                    export.record().getBytes(0, record);
                    records.add(record);
                    export.taken();
                }
            }
            assertFalse(export.prepare(100));
        }
        return records;
    }

    @Override
    public void close() {
        store.close();
    }
}
