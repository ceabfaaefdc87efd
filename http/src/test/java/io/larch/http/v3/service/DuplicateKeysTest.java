package io.larch.http.v3.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.larch.engine.codec.kv.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
    @Tag("slow")
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
            case "\0" -> false;
            default -> key.compareTo(range[0]) >= 0 && key.compareTo(range[1]) < 0;
        };
    }

    private record Op(int kind, String from, String to, List<Op> success, List<Op> failure) {}

    private static Op puts(final String key) {
        return new Op(Fields.Op.PUT, key, "", List.of(), List.of());
    }

    private static Op deletes(final String from, final String to) {
        return new Op(Fields.Op.DELETE_RANGE, from, to, List.of(), List.of());
    }

    private static Op deletes(final String key) {
        return deletes(key, "");
    }

    private static Op deletesFrom(final String key) {
        return deletes(key, "\0");
    }

    private static Op nested(final Op... success) {
        return nested(List.of(success), List.of());
    }

    private static Op nested(final List<Op> success, final List<Op> failure) {
        return new Op(Fields.Op.TXN, "", "", success, failure);
    }

    private static int print(
            final ExpandableArrayBuffer target,
            final int at,
            final int branch,
            final List<Op> ops) {
        int to = at;
        for (final Op op : ops) {
            final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
            int length = 0;
            switch (op.kind) {
                case Fields.Op.PUT -> length = text(body, 0, Fields.Put.KEY, op.from);
                case Fields.Op.DELETE_RANGE -> {
                    length = text(body, 0, Fields.DeleteRange.KEY, op.from);
                    length = text(body, length, Fields.DeleteRange.RANGE_END, op.to);
                }
                default -> {
                    length = print(body, 0, Fields.Txn.SUCCESS, op.success);
                    length = print(body, length, Fields.Txn.FAILURE, op.failure);
                }
            }
            final ExpandableArrayBuffer element = new ExpandableArrayBuffer();
            final int end = ProtoWriter.element(element, 0, op.kind, body, 0, length);
            to = ProtoWriter.element(target, to, branch, element, 0, end);
        }
        return to;
    }

    private static Stream<Arguments> shouldAnswerAsEtcd() {
        final Op a = puts("a");
        final Op b = puts("b");
        return Stream.of(
                // Two puts.
                arguments(true, List.of(a, a)),
                arguments(false, List.of(a, b)),
                arguments(true, List.of(a, nested(a))),
                arguments(true, List.of(a, nested(List.of(), List.of(a)))),
                arguments(false, List.of(nested(List.of(a), List.of(a)))),
                arguments(true, List.of(nested(a), nested(a))),
                arguments(true, List.of(nested(a), nested(List.of(), List.of(a)))),
                arguments(true, List.of(nested(List.of(a), List.of(b)), b)),
                // A put and a delete of it.
                arguments(true, List.of(a, deletes("a"))),
                arguments(true, List.of(deletes("a"), a)),
                arguments(true, List.of(b, deletes("a", "c"))),
                arguments(false, List.of(puts("c"), deletes("a", "c"))),
                arguments(false, List.of(b, deletes("c", "a"))),
                arguments(false, List.of(b, deletes("b", "b"))),
                arguments(true, List.of(b, deletes("b", "b\0"))),
                arguments(false, List.of(b, deletes("b", "\0\0"))),
                // Nested, the delete after the put is not seen, but within one level it is.
                arguments(true, List.of(a, nested(deletes("a")))),
                arguments(true, List.of(a, nested(List.of(), List.of(deletes("a"))))),
                arguments(true, List.of(deletes("a"), nested(a))),
                arguments(true, List.of(nested(a), deletes("a"))),
                arguments(false, List.of(nested(a), nested(deletes("a")))),
                arguments(true, List.of(nested(deletes("a")), nested(a))),
                arguments(false, List.of(nested(List.of(a), List.of(deletes("a"))))),
                arguments(true, List.of(b, nested(deletes("a", "c")))),
                arguments(true, List.of(deletes("a", "c"), nested(b))),
                // A delete of all keys from one on stands beside any put.
                arguments(false, List.of(b, deletesFrom("a"))),
                arguments(false, List.of(deletesFrom("a"), b)),
                arguments(false, List.of(a, deletesFrom("a"))),
                arguments(false, List.of(a, deletesFrom("b"))),
                arguments(false, List.of(a, deletesFrom("\0"))),
                arguments(false, List.of(puts("\0"), deletesFrom("\0"))),
                arguments(false, List.of(b, nested(deletesFrom("a")))),
                arguments(false, List.of(deletesFrom("a"), nested(b))),
                arguments(false, List.of(nested(b), deletesFrom("a"))),
                arguments(false, List.of(nested(deletesFrom("a")), nested(b))),
                arguments(false, List.of(nested(deletesFrom("a"), b))),
                arguments(false, List.of(nested(nested(b)), deletesFrom("a"))),
                // But hides no other delete.
                arguments(true, List.of(b, deletesFrom("b"), deletes("b"))),
                arguments(true, List.of(deletesFrom("a"), deletes("a"), a)),
                arguments(true, List.of(deletes("a"), deletesFrom("a"), a)),
                arguments(true, List.of(b, deletes("a", "c"), deletesFrom("a"))),
                arguments(false, List.of(puts("d"), deletes("a", "c"), deletesFrom("a"))),
                arguments(true, List.of(deletes("a", "e"), deletesFrom("c"), puts("d"))),
                arguments(true, List.of(deletes("a", "c"), nested(deletesFrom("a")), b)),
                arguments(true, List.of(nested(a), deletesFrom("a"), a)));
    }

    /** What etcd 3.4.23 says to each, in either branch. */
    @ParameterizedTest
    @MethodSource
    void shouldAnswerAsEtcd(final boolean areDuplicate, final List<Op> operations) {
        for (final int branch : new int[] {Fields.Txn.SUCCESS, Fields.Txn.FAILURE}) {
            final int length = print(txn, 0, branch, operations);
            assertEquals(areDuplicate, DuplicateKeys.areIn(txn, 0, length, branch));
        }
    }
}
