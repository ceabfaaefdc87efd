package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeTableTest {
    private static final int SHORTEST = NodeFlyweight.HEADER_LENGTH;

    private final LargePayloads payloads = new LargePayloads();
    private final NodeFlyweight node = new NodeFlyweight();

    @Test
    void keepsARecordOfEachLength() {
        try (NodeTable table = new NodeTable(payloads)) {
            for (int length = SHORTEST; length <= NodeTable.MAX_RECORD_LENGTH; length++) {
                put(table, length, length, (byte) length);
            }
            for (int length = SHORTEST; length <= NodeTable.MAX_RECORD_LENGTH; length++) {
                check(table, length, length, (byte) length);
                final int slot = node.record().capacity();
                assertTrue(slot >= length && slot < length + 64, length + " in " + slot);
            }
        }
    }

    @Test
    void keepsWhatIsThereWhileOthersComeGrowAndGo() {
        final Random random = new Random(7);
        final Map<Integer, Integer> lengths = new HashMap<>();
        try (NodeTable table = new NodeTable(payloads)) {
            for (int step = 0; step < 200_000; step++) {
                final int id = 1 + random.nextInt(20_000);
                if (random.nextInt(3) == 0) {
                    table.remove(id);
                    lengths.remove(id);
                } else {
                    final int length =
                            SHORTEST + random.nextInt(NodeTable.MAX_RECORD_LENGTH - SHORTEST + 1);
                    put(table, id, length, (byte) (id + length));
                    lengths.put(id, length);
                }
            }
            for (int id = 1; id <= 20_000; id++) {
                final Integer length = lengths.get(id);
                if (length == null) {
                    assertFalse(table.find(id, node));
                } else {
                    check(table, id, length, (byte) (id + length));
                }
            }
        }
    }

    @Test
    void staysInPlaceUntilItsLengthIsAnother() {
        try (NodeTable table = new NodeTable(payloads)) {
            put(table, 1, 100, (byte) 1);
            table.get(1, node);
            final long address = node.address();
            for (int id = 2; id < 5000; id++) {
                put(table, id, 100, (byte) id);
            }
            put(table, 1, 101, (byte) 2);
            table.get(1, node);
            assertEquals(address, node.address());
            check(table, 1, 101, (byte) 2);
            check(table, 4999, 100, (byte) 4999);
        }
    }

    @Test
    void givesMemoryBackAndTakesNoMoreForTheSameAgain() {
        try (NodeTable table = new NodeTable(payloads)) {
            put(table, 1, 100, (byte) 1);
            final long before = table.allocatedBytes();
            for (int id = 2; id < 15_000; id++) {
                put(table, id, 150, (byte) id);
            }
            final long full = table.allocatedBytes();
            assertTrue(full - before > 14_998L * 150);
            assertTrue(full - before < 14_998L * 165 + 100_000);
            for (int id = 2; id < 15_000; id++) {
                table.remove(id);
            }
            assertTrue(table.allocatedBytes() - before < 200_000);
            check(table, 1, 100, (byte) 1);
        }
    }

    @Test
    void knowsNoNodeThatWasNeverPut() {
        try (NodeTable table = new NodeTable(payloads)) {
            put(table, 100_000, 80, (byte) 3);
            assertFalse(table.find(99_999, node));
            assertFalse(table.find(100_001, node));
            assertFalse(table.find(50_000_000, node));
            table.remove(7);
            assertThrows(IllegalStateException.class, () -> table.get(7, node));
            check(table, 100_000, 80, (byte) 3);
        }
    }

    private static void put(
            final NodeTable table, final int id, final int length, final byte filling) {
        table.scratch().setMemory(0, length, (byte) 0);
        table.scratch().setMemory(SHORTEST, length - SHORTEST, filling);
        table.scratch().putInt(NodeFlyweight.PARENT_OFFSET, id);
        table.scratch()
                .putInt(
                        NodeFlyweight.VALUE_LENGTH_OFFSET,
                        length - SHORTEST,
                        ByteOrder.LITTLE_ENDIAN);
        table.put(id, length);
    }

    private void check(final NodeTable table, final int id, final int length, final byte filling) {
        assertTrue(table.find(id, node), "node " + id);
        assertEquals(id, node.record().getInt(NodeFlyweight.PARENT_OFFSET));
        assertEquals(length - SHORTEST, node.valueLength());
        for (int i = 0; i < node.valueLength(); i++) {
            assertEquals(filling, node.payload().getByte(i));
        }
    }
}
