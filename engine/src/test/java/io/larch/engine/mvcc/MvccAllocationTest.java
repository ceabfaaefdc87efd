package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class MvccAllocationTest {
    private static final int OPERATIONS = 20_000;

    private final MvccStore store = new MvccStore();
    private final KeyVersion version = new KeyVersion();
    private final KeyVersion previous = new KeyVersion();
    private final RangeCursor cursor = new RangeCursor(store);
    private final HistoryCursor history = new HistoryCursor(store);
    private final KeyRange range = new KeyRange();
    private final UnsafeBuffer[] keys = new UnsafeBuffer[64];
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[100]);
    private final UnsafeBuffer end =
            new UnsafeBuffer("/service/b".getBytes(StandardCharsets.US_ASCII));

    @Test
    void shouldAllocateNothingInSteadyState() {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new UnsafeBuffer(("/service/app/" + i).getBytes(StandardCharsets.US_ASCII));
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 10 && allocated > OPERATIONS / 10; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            run();
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        // Less than a byte in ten operations: segments and chunks of slots, and nothing else.
        assertTrue(allocated <= OPERATIONS / 10, allocated + " bytes");
        store.close();
    }

    private void run() {
        for (int i = 0; i < OPERATIONS; i++) {
            final UnsafeBuffer key = keys[i % keys.length];
            store.begin();
            store.put(key, 0, key.capacity(), value, 0, value.capacity(), i % 3, previous);
            if (i % 5 == 0) {
                store.delete(key, 0, key.capacity(), previous);
            }
            store.commit();
            store.get(key, 0, key.capacity(), MvccStore.NEWEST, version);
            store.get(key, 0, key.capacity(), store.revision() - 1, version);
            range.set(keys[0], 0, keys[0].capacity(), end, 0, end.capacity());
            store.count(range);
            cursor.open(range, store.revision() - 1).allow(10);
            while (cursor.next(version) == Step.FOUND) {
                version.modRevision();
            }
            history.open(store.revision() - 2);
            while (history.next(version) == Step.FOUND) {
                store.previous(version, previous);
            }
            if (i % 1000 == 999) {
                store.compact(store.revision() - 10);
            }
            store.compactSome(10);
        }
        assertTrue(store.keyCount() > 0);
    }
}
