package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.ErrorCode;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StoreCapacityTest {
    private static final int FULL = ErrorCode.STORE_FULL.code();

    @Test
    @Tag("slow")
    void shouldFillToItsNodesAndBackWithoutLoss() {
        fillAndEmpty(10_000);
    }

    @Test
    @Tag("slow")
    void shouldFillToManyNodesAndBackWithoutLoss() {
        fillAndEmpty(100_000);
    }

    private static void fillAndEmpty(final int maxNodes) {
        try (StoreFixture larch =
                new StoreFixture(new StoreContext().maxNodes(maxNodes).conclude())) {
            final long empty = larch.store.usedBytes();
            int count = 0;
            final Random random = new Random(1);
            while (larch.store.admit(larch.set("/k" + count, value(random, count)).encode()) == 0) {
                larch.run();
                count++;
            }
            assertEquals(maxNodes - 1, count);
            assertTrue(larch.store.isNearlyFull());
            // A full store goes on changing and removing what it has.
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < count; i += 1 + random.nextInt(3)) {
                    assertEquals(
                            0, larch.store.admit(larch.set("/k" + i, value(random, i)).encode()));
                    larch.run();
                }
            }
            for (int i = 0; i < count; i++) {
                larch.get("/k" + i).run();
                assertTrue(larch.result.isOk(), "k" + i);
            }
            assertEquals(FULL, larch.store.admit(larch.create("/more", "").encode()));
            assertEquals(FULL, larch.store.admit(larch.post("/", "").encode()));
            assertEquals(0, larch.store.admit(larch.create("/k1", "v".repeat(900)).encode()));
            assertEquals(0, larch.store.admit(larch.delete("/k1").encode()));
            for (int i = 0; i < count; i++) {
                larch.delete("/k" + i).run();
                assertTrue(larch.result.isOk());
            }
            assertEquals(empty, larch.store.usedBytes());
            assertFalse(larch.store.isNearlyFull());
        }
    }

    @Test
    void shouldCountBytesAndLetValuesShrink() {
        try (StoreFixture larch =
                new StoreFixture(new StoreContext().maxNodes(1000).maxBytes(1 << 20).conclude())) {
            int count = 0;
            while (larch.store.admit(larch.set("/k" + count, "v".repeat(10_000)).encode()) == 0) {
                larch.run();
                count++;
            }
            assertTrue(count > 95 && count <= 104, count + " values");
            assertTrue(larch.store.usedBytes() <= 1 << 20);
            assertEquals(FULL, larch.store.admit(larch.update("/k1", "v".repeat(20_000)).encode()));
            assertEquals(0, larch.store.admit(larch.update("/k1", "v".repeat(9_000)).encode()));
            assertEquals(0, larch.store.admit(larch.set("/k1", "").refresh().encode()));
            assertEquals(0, larch.store.admit(larch.update("/none", "v").encode()));
            larch.delete("/k0").run();
            assertEquals(0, larch.store.admit(larch.set("/k0", "v".repeat(10_000)).encode()));
        }
    }

    @Test
    void shouldPredictExactlyWhatAWriteWillTake() {
        try (StoreFixture larch = new StoreFixture()) {
            final Random random = new Random(3);
            for (int i = 0; i < 300; i++) {
                final StringBuilder path = new StringBuilder();
                for (int depth = random.nextInt(12); depth >= 0; depth--) {
                    path.append('/').append("c".repeat(1 + random.nextInt(700))).append(i);
                }
                final long before = larch.store.usedBytes();
                larch.set(path.toString(), "v".repeat(random.nextInt(3000)));
                larch.store.admit(larch.encode());
                final long predicted = larch.store.admittedBytes();
                larch.run();
                assertEquals(predicted, larch.store.usedBytes() - before);
            }
        }
    }

    private static String value(final Random random, final int i) {
        return Integer.toString(i).repeat(1 + random.nextInt(180));
    }
}
