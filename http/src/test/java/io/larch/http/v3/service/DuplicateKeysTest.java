package io.larch.http.v3.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DuplicateKeysTest {
    private final ExpandableArrayBuffer txn = new ExpandableArrayBuffer();
    private int end;

    private void put(final String key) {
        final ExpandableArrayBuffer op = new ExpandableArrayBuffer();
        add(Fields.Op.PUT, op, text(op, 0, Fields.Put.KEY, key));
    }

    private void delete(final String from, final String to) {
        final ExpandableArrayBuffer op = new ExpandableArrayBuffer();
        final int at = text(op, 0, Fields.DeleteRange.KEY, from);
        add(Fields.Op.DELETE_RANGE, op, text(op, at, Fields.DeleteRange.RANGE_END, to));
    }

    private static int text(
            final ExpandableArrayBuffer op, final int at, final int field, final String text) {
        return ProtoWriter.bytes(
                op, at, field, new UnsafeBuffer(text.getBytes()), 0, text.length());
    }

    private void add(final int kind, final ExpandableArrayBuffer op, final int length) {
        final ExpandableArrayBuffer element = new ExpandableArrayBuffer();
        final int to = ProtoWriter.element(element, 0, kind, op, 0, length);
        end = ProtoWriter.element(txn, end, Fields.Txn.SUCCESS, element, 0, to);
    }

    private boolean isFound() {
        return DuplicateKeys.areIn(txn, 0, end, Fields.Txn.SUCCESS);
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void shouldFindThemInLittleTime() {
        for (int i = 0; i < 80_000; i++) {
            delete("a" + (100_000 + i), "");
            put("b" + (100_000 + i));
        }
        assertFalse(isFound());
        put("a100007");
        assertTrue(isFound());
    }

    @Test
    void shouldFindAKeyInRangesThatOverlapAndTouch() {
        final Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            end = 0;
            final List<String[]> ranges = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                final String from = "" + (char) ('a' + random.nextInt(20));
                final String[] ends = {"", "\0", "" + (char) ('a' + random.nextInt(20))};
                final String to = ends[Math.min(2, random.nextInt(20))];
                ranges.add(new String[] {from, to});
                delete(from, to);
            }
            final String key =
                    (char) ('a' + random.nextInt(22)) + (random.nextBoolean() ? "" : "x");
            put(key);
            assertEquals(ranges.stream().anyMatch(range -> holds(range, key)), isFound());
        }
    }

    private static boolean holds(final String[] range, final String key) {
        return switch (range[1]) {
            case "" -> key.equals(range[0]);
            case "\0" -> key.compareTo(range[0]) >= 0;
            default -> key.compareTo(range[0]) >= 0 && key.compareTo(range[1]) < 0;
        };
    }
}
