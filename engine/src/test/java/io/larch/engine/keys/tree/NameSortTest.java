package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.CommandEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class NameSortTest {
    private final NodeRecords nodes = new NodeRecords();
    private final NodeFlyweight node = new NodeFlyweight();
    private int lastId;

    @Test
    void putsNamesInTheOrderOfTheirBytes() {
        check(List.of("b", "a"));
        check(List.of("node-10", "node-9", "node-1", "node-100", "node-"));
        check(List.of("ab", "a\u0000", "a", "a\u0000\u0000", "abc"));
        check(List.of("service-00000012", "service-00000011x", "service-0000001", "service-"));
        check(List.of("é", "z", "\uFFFD", "a", "\u007F", "\u0080"));
        check(List.of("x".repeat(300) + "b", "x".repeat(300) + "a", "x".repeat(299)));
    }

    @Test
    void putsNamesOfAnyKindInOrder() {
        final Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            final int letters = 1 + random.nextInt(4);
            final int longest = 1 + random.nextInt(20);
            final List<String> names = new ArrayList<>();
            for (int i = random.nextInt(70); i >= 0; i--) {
                final StringBuilder name = new StringBuilder("common");
                for (int k = random.nextInt(longest + 1); k > 0; k--) {
                    name.append(
                            (char) (random.nextInt(5) == 0 ? 0x80 : 'a' + random.nextInt(letters)));
                }
                if (!names.contains(name.toString())) {
                    names.add(name.toString());
                }
            }
            check(names);
        }
    }

    @Test
    void leavesTheRestOfTheArrayAlone() {
        final long[] records = records(List.of("z", "c", "b", "a", "a2"));
        final long first = records[0];
        final long last = records[4];
        new NameSort(nodes).sort(records, 1, 4);
        assertEquals(first, records[0]);
        assertEquals(last, records[4]);
        assertEquals("a", name(records[1]));
        assertEquals("c", name(records[3]));
    }

    private void check(final List<String> names) {
        final List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(5));
        final long[] records = records(shuffled);
        new NameSort(nodes).sort(records, 0, records.length);
        final List<String> expected = new ArrayList<>(names);
        expected.sort(
                (a, b) ->
                        Arrays.compareUnsigned(
                                a.getBytes(StandardCharsets.UTF_8),
                                b.getBytes(StandardCharsets.UTF_8)));
        final List<String> sorted = new ArrayList<>();
        for (final long record : records) {
            sorted.add(name(record));
        }
        assertEquals(expected, sorted);
    }

    private long[] records(final List<String> names) {
        final long[] addresses = new long[names.size()];
        for (int i = 0; i < names.size(); i++) {
            final UnsafeBuffer name =
                    new UnsafeBuffer(names.get(i).getBytes(StandardCharsets.UTF_8));
            final UnsafeBuffer value = new UnsafeBuffer(new byte[] {'v', (byte) i});
            nodes.put(
                    ++lastId,
                    0,
                    0,
                    0,
                    name,
                    0,
                    name.capacity(),
                    value,
                    0,
                    value.capacity(),
                    1,
                    1,
                    CommandEnvelope.PERMANENT,
                    0);
            nodes.get(lastId, node);
            addresses[i] = node.address();
        }
        return addresses;
    }

    private String name(final long address) {
        nodes.view(address, node);
        final byte[] bytes = new byte[node.nameLength()];
        node.payload().getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
