package io.larch.engine.lease;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class LeaseTableTest {
    private static final long SECOND = 1_000_000_000L;

    private final LeaseTable table = new LeaseTable(7);

    private static UnsafeBuffer key(final String key) {
        return new UnsafeBuffer(key.getBytes(StandardCharsets.US_ASCII));
    }

    private void attach(final Lease lease, final String key) {
        table.attach(lease, key(key), 0, key.length());
    }

    private Lease leaseOf(final String key) {
        return table.leaseOf(key(key), 0, key.length());
    }

    private static List<String> keysOf(final Lease lease) {
        return Arrays.stream(LeaseTable.keysOf(lease))
                .map(key -> new String(key, StandardCharsets.US_ASCII))
                .toList();
    }

    private static long[] ids(final LeaseTable table) {
        return Arrays.stream(table.sorted()).mapToLong(Lease::id).toArray();
    }

    @Test
    void shouldPassWhatIsThereAllTheTimeOnceWhileOthersComeAndGo() {
        final SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 300; round++) {
            final LeaseTable leases = new LeaseTable(1);
            final TreeSet<Long> staying = new TreeSet<>();
            for (long id = 1; id <= 20; id++) {
                leases.grant(id, 10, 0);
                staying.add(id);
            }
            final List<Long> passed = new ArrayList<>();
            try (LeaseWalk walk = leases.walk()) {
                for (Lease next = walk.next(); next != null; next = walk.next()) {
                    passed.add(next.id());
                    final long id = 1 + random.nextLong(20);
                    if (leases.get(id) != null && random.nextBoolean()) {
                        leases.remove(leases.get(id));
                        staying.remove(id);
                    }
                    leases.grant(100 + passed.size(), 10, 0);
                }
            }
            assertEquals(passed.size(), new TreeSet<>(passed).size(), "once each");
            assertTrue(passed.containsAll(staying));
            assertTrue(passed.stream().allMatch(id -> id <= 20), "none that came later");
        }
    }

    @Test
    void shouldPassTheKeysOfALeaseOnceWhileTheyComeAndGo() {
        final SplittableRandom random = new SplittableRandom(6);
        for (int round = 0; round < 300; round++) {
            final LeaseTable leases = new LeaseTable(1);
            final Lease one = leases.grant(1, 10, 0);
            final Lease other = leases.grant(2, 10, 0);
            final TreeSet<String> staying = new TreeSet<>();
            for (int i = 10; i < 30; i++) {
                leases.attach(one, key("k" + i), 0, 3);
                leases.attach(other, key("o" + i), 0, 3);
                staying.add("k" + i);
            }
            final List<String> passed = new ArrayList<>();
            try (LeaseWalk walk = leases.walkKeys(one)) {
                for (byte[] next = walk.nextKey(); next != null; next = walk.nextKey()) {
                    passed.add(new String(next, StandardCharsets.US_ASCII));
                    final String key = "k" + (10 + random.nextInt(20));
                    switch (random.nextInt(4)) {
                        case 0 -> leases.detach(key(key), 0, 3);
                        case 1 -> leases.attach(other, key(key), 0, 3);
                        default -> leases.attach(one, key("n" + passed.size()), 0, 2);
                    }
                    if (leases.leaseOf(key(key), 0, 3) != one) {
                        staying.remove(key);
                    }
                    if (passed.size() == 15 && round % 3 == 0) {
                        leases.remove(one);
                        staying.clear();
                    }
                }
            }
            assertEquals(passed.size(), new TreeSet<>(passed).size(), "once each");
            assertTrue(passed.containsAll(staying));
            assertTrue(passed.stream().allMatch(key -> key.startsWith("k")));
        }
    }

    @Test
    void shouldEndInOrder() {
        table.grant(1, 30, 0);
        table.grant(2, 10, 0);
        table.grant(4, 20, 0);
        table.grant(3, 20, 0);
        assertArrayEquals(new long[] {2, 3, 4, 1}, ids(table));
        assertEquals(2, table.next().id());
        table.renew(table.get(2), 25 * SECOND);
        assertArrayEquals(new long[] {3, 4, 1, 2}, ids(table));
        table.remove(table.get(3));
        assertEquals(4, table.next().id());
        assertEquals(3, table.size());
    }

    @Test
    void shouldBeOverAtTheDeadlineAndNotBefore() {
        final Lease lease = table.grant(1, 10, 5);
        assertTrue(table.isLive(1, 10 * SECOND + 4));
        assertFalse(table.isLive(1, 10 * SECOND + 5));
        assertFalse(table.isLive(2, 0));
        assertEquals(10, LeaseTable.secondsLeft(lease, 5));
        assertEquals(9, LeaseTable.secondsLeft(lease, 6));
        assertEquals(0, LeaseTable.secondsLeft(lease, 99 * SECOND));
    }

    @Test
    void shouldTakeTheLongestOfAll() {
        assertTrue(table.grant(1, 9_000_000_000L, 1_800_000_000L * SECOND).deadlineNanos() > 0);
        assertEquals(9_000_000_000L, table.get(1).ttlSeconds());
    }

    @Test
    void shouldHaveEachIdOnce() {
        table.grant(1, 10, 0);
        assertThrows(IllegalStateException.class, () -> table.grant(1, 10, 0));
    }

    @Test
    void shouldHangAKeyOnOneLease() {
        final Lease one = table.grant(1, 10, 0);
        final Lease two = table.grant(2, 10, 0);
        attach(one, "b");
        attach(one, "a");
        attach(one, "a");
        assertEquals(List.of("a", "b"), keysOf(one));
        attach(two, "a");
        assertEquals(List.of("b"), keysOf(one));
        assertEquals(List.of("a"), keysOf(two));
        assertSame(two, leaseOf("a"));
        table.detach(key("a"), 0, 1);
        table.detach(key("c"), 0, 1);
        assertNull(leaseOf("a"));
        assertEquals(0, two.keyCount());
        table.remove(one);
        assertNull(leaseOf("b"));
        assertEquals(0, table.keyCount());
    }

    @Test
    void shouldSortKeysAsUnsignedBytes() {
        final Lease lease = table.grant(1, 10, 0);
        for (final byte each : new byte[] {(byte) 0xff, 0, 0x7f, (byte) 0x80}) {
            table.attach(lease, new UnsafeBuffer(new byte[] {each}), 0, 1);
        }
        final byte[][] keys = LeaseTable.keysOf(lease);
        assertArrayEquals(new byte[][] {{0}, {0x7f}, {(byte) 0x80}, {(byte) 0xff}}, keys);
    }

    @Test
    void shouldDetachManyAsOneByOne() {
        final Lease one = table.grant(1, 10, 0);
        final Lease two = table.grant(2, 10, 0);
        for (int i = 0; i < 200; i++) {
            final byte[] key = {'k', (byte) i};
            table.attach(i % 3 == 0 ? two : one, new UnsafeBuffer(key), 0, key.length);
        }
        for (int i = 0; i < 200; i += 2) {
            table.detachSoon(new UnsafeBuffer(new byte[] {'k', (byte) i}), 0, 2);
            table.detachSoon(new UnsafeBuffer(new byte[] {'x', (byte) i}), 0, 2);
        }
        table.detachNoted();
        assertEquals(100, table.keyCount());
        assertEquals(67, one.keyCount());
        assertEquals(33, two.keyCount());
        for (final Lease each : new Lease[] {one, two}) {
            for (final byte[] key : LeaseTable.keysOf(each)) {
                assertEquals(1, key[1] & 1);
                assertEquals(each == two, (key[1] & 0xff) % 3 == 0);
            }
        }
        table.detachNoted();
        assertEquals(100, table.keyCount());
    }

    /** Against leases and keys in plain maps. */
    @Test
    void shouldBeWhatItsModelIs() {
        final SplittableRandom random = new SplittableRandom(7);
        final Map<Long, Long> deadlines = new HashMap<>();
        final Map<String, Long> leases = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 50_000; i++) {
            now += random.nextLong(SECOND);
            final long id = 1 + random.nextInt(50);
            final String key = "k" + random.nextInt(300);
            final Lease lease = table.get(id);
            assertEquals(deadlines.containsKey(id), lease != null);
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (lease == null) {
                        final long ttl = 1 + random.nextInt(100);
                        table.grant(id, ttl, now);
                        deadlines.put(id, now + ttl * SECOND);
                    }
                }
                case 1 -> {
                    if (lease != null) {
                        table.renew(lease, now);
                        deadlines.put(id, now + lease.ttlSeconds() * SECOND);
                    }
                }
                case 2 -> {
                    if (lease != null && random.nextInt(4) == 0) {
                        table.remove(lease);
                        deadlines.remove(id);
                        leases.values().removeIf(each -> each == id);
                    }
                }
                case 3 -> {
                    table.detach(key(key), 0, key.length());
                    leases.remove(key);
                }
                default -> {
                    if (lease != null) {
                        attach(lease, key);
                        leases.put(key, id);
                    }
                }
            }
            assertEquals(leases.get(key), leaseOf(key) == null ? null : (Long) leaseOf(key).id());
            if (i % 500 == 0) {
                compare(deadlines, leases);
            }
        }
    }

    private void compare(final Map<Long, Long> deadlines, final Map<String, Long> leases) {
        final List<Long> order = new ArrayList<>(deadlines.keySet());
        order.sort(Comparator.<Long>comparingLong(deadlines::get).thenComparing(id -> id));
        assertEquals(order, Arrays.stream(ids(table)).boxed().toList());
        assertEquals(leases.size(), table.keyCount());
        for (final long id : order) {
            final TreeSet<String> keys = new TreeSet<>();
            leases.forEach(
                    (key, lease) -> {
                        if (lease == id) {
                            keys.add(key);
                        }
                    });
            assertEquals(List.copyOf(keys), keysOf(table.get(id)));
            assertEquals(deadlines.get(id), table.get(id).deadlineNanos());
        }
    }

    /** Whoever chooses keys cannot choose their hashes. */
    @Test
    void shouldFindKeysWhateverTheyAre() {
        final int blocks = 17;
        final Lease lease = table.grant(1, 10, 0);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    for (int i = 0; i < 1 << blocks; i++) {
                        final StringBuilder text = new StringBuilder();
                        for (int bit = 0; bit < blocks; bit++) {
                            text.append((i >>> bit & 1) == 0 ? "Aa" : "BB");
                        }
                        attach(lease, text.toString());
                    }
                });
        assertEquals(1 << blocks, table.keyCount());
    }

    @Test
    void shouldHashIdsBySomethingThatClientsDoNotKnow() {
        final LeaseTable other = new LeaseTable(8);
        for (long id = 1; id < 100; id++) {
            assertNotEquals(id, table.hashed(id));
            assertNotEquals(other.hashed(id), table.hashed(id));
        }
    }
}
