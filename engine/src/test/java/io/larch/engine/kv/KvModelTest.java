package io.larch.engine.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.kv.ReferenceKv.Compare;
import io.larch.engine.kv.ReferenceKv.Delete;
import io.larch.engine.kv.ReferenceKv.Put;
import io.larch.engine.kv.ReferenceKv.Range;
import io.larch.engine.kv.ReferenceKv.Txn;
import io.larch.engine.kv.ReferenceKv.Watch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests of all kinds, asked of the application and of {@link ReferenceKv}: every answer,
 * all that watches are told, and what a snapshot brings back must be the same.
 */
class KvModelTest {
    private static final int OPERATIONS = 25_000;
    private static final String[] KEYS = {
        "\0",
        "a",
        "a/",
        "a/1",
        "a/1/x",
        "a/2",
        "a/\u00ff",
        "a0",
        "b",
        "b\0",
        "c",
        "\u00fe",
        "\u00ff",
        "\u00ff\u00ff"
    };
    private static final int LEASES = 6;

    private final KvFixture larch = new KvFixture();
    private final ReferenceKv reference = new ReferenceKv();
    private final Map<Long, Watch> watches = new TreeMap<>();
    private SplittableRandom random;
    private Object request = "";
    private int operation;
    private long seed;
    private long nextWatch = 1;
    private int refusals;
    private int told;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldAnswerAsTheReferenceDoes(final long seed) {
        run(seed, OPERATIONS);
        assertTrue(refusals > OPERATIONS / 50, "refusals: " + refusals);
        assertTrue(told > OPERATIONS / 2, "events told: " + told);
    }

    @Test
    void shouldAnswerAsTheReferenceDoesOnANewDay() {
        final long seed = System.nanoTime();
        System.out.println("model of v3: seed " + seed);
        run(seed, OPERATIONS / 5);
    }

    private void run(final long seed, final int operations) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        larch.write(KvCommand.LEASE_REVOKE, new byte[0]);
        reference.passing(larch.term, larch.nowNanos);
        for (int i = 0; i < operations; i++) {
            operation = i;
            step();
            if (random.nextInt(100) == 0) {
                compareWatches();
            }
            if (random.nextInt(1500) == 0) {
                restore();
            }
        }
        compareWatches();
        larch.close();
    }

    private String what() {
        return "seed " + seed + " operation " + operation + ": " + request;
    }

    private void step() {
        final int dice = random.nextInt(100);
        if (dice < 30) {
            final Put put = put(key());
            request = put;
            compare(write(KvCommand.PUT, put.encode()), reference.put(put));
        } else if (dice < 40) {
            final Delete delete = new Delete(key(), end(), flip());
            request = delete;
            compare(write(KvCommand.DELETE_RANGE, delete.encode()), reference.delete(delete));
        } else if (dice < 58) {
            final Range range = range(true);
            request = range;
            final int maxBytes = random.nextInt(3) == 0 ? random.nextInt(100) : 1 << 20;
            if (flip()) {
                larch.stepwise();
            }
            compare(
                    larch.read(KvCommand.RANGE, range.encode().bytes(), maxBytes),
                    reference.range(range));
        } else if (dice < 75) {
            txn();
        } else if (dice < 77) {
            final long at = reference.revision() + 2 - random.nextInt(40);
            request = "compact " + at;
            // What is told later than it could be may lack what was before.
            compareWatches();
            compare(
                    write(KvCommand.COMPACT, ProtoMessage.message().number(1, at)),
                    reference.compact(at));
        } else if (dice < 84) {
            lease();
        } else if (dice < 90) {
            time();
        } else if (dice < 96) {
            watch();
        } else {
            wait(random.nextInt(3));
        }
    }

    private void wait(final int kind) {
        if (kind == 0) {
            larch.behind.clear();
        } else if (kind == 1) {
            larch.behind.add((long) random.nextInt(3));
        } else {
            larch.application.work(1 + random.nextInt(5));
        }
    }

    private byte[] write(final byte type, final ProtoMessage body) {
        return larch.write(type, body);
    }

    private void compare(final byte[] actual, final byte[] expected) {
        assertEquals(reference.error, larch.error, this::what);
        refusals += reference.error == null ? 0 : 1;
        if (expected != null) {
            assertArrayEquals(
                    expected,
                    actual,
                    () ->
                            what()
                                    + "\nexpected "
                                    + ProtoMessage.show(expected)
                                    + "\n but was "
                                    + ProtoMessage.show(actual));
        }
        assertEquals(reference.revision(), larch.revision, this::what);
    }

    private boolean flip() {
        return random.nextBoolean();
    }

    private String key() {
        return KEYS[random.nextInt(KEYS.length)];
    }

    private String end() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> "";
            case 2 -> "\0";
            case 3 -> "a0";
            default -> key();
        };
    }

    private Put put(final String key) {
        final boolean ignoresValue = random.nextInt(8) == 0;
        final boolean ignoresLease = random.nextInt(8) == 0;
        return new Put(
                key,
                ignoresValue ? "" : "v" + random.nextInt(8) + ".".repeat(random.nextInt(30)),
                ignoresLease || random.nextInt(3) > 0 ? 0 : leaseId(),
                flip(),
                ignoresValue,
                ignoresLease);
    }

    private long leaseId() {
        return random.nextInt(LEASES) - 2;
    }

    private Range range(final boolean mayAskTheFuture) {
        final boolean isOld = random.nextInt(4) == 0;
        final boolean isFiltered = random.nextInt(5) == 0;
        final boolean isSorted = random.nextInt(4) == 0;
        return new Range(
                key(),
                end(),
                random.nextInt(3) == 0 ? random.nextInt(5) : 0,
                isOld ? reference.revision() - random.nextInt(30) + (mayAskTheFuture ? 1 : 0) : 0,
                isSorted ? random.nextInt(3) : 0,
                isSorted ? random.nextInt(5) : 0,
                random.nextInt(4) == 0,
                random.nextInt(6) == 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0);
    }

    private long bound() {
        return random.nextInt(3) == 0 ? Math.max(0, reference.revision() - random.nextInt(50)) : 0;
    }

    private void txn() {
        final Set<String> put = new HashSet<>();
        final List<Delete> deletes = new ArrayList<>();
        final boolean isRead = random.nextInt(3) == 0;
        final Txn txn = txn(0, put, deletes, isRead);
        request = txn;
        if (isRead) {
            final int maxBytes = flip() ? random.nextInt(200) : 1 << 20;
            compare(
                    larch.read(KvCommand.TXN_READ, txn.encode().bytes(), maxBytes),
                    reference.txn(txn));
        } else {
            compare(write(KvCommand.TXN, txn.encode()), reference.txn(txn));
        }
    }

    private Txn txn(
            final int depth,
            final Set<String> put,
            final List<Delete> deletes,
            final boolean isRead) {
        final List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            compares.add(compare());
        }
        return new Txn(
                compares, branch(depth, put, deletes, isRead), branch(depth, put, deletes, isRead));
    }

    private List<Object> branch(
            final int depth,
            final Set<String> put,
            final List<Delete> deletes,
            final boolean isRead) {
        final List<Object> branch = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            final int kind = random.nextInt(isRead ? 2 : 5);
            if (kind == 1 && depth < 3) {
                branch.add(txn(depth + 1, put, deletes, isRead));
            } else if (kind <= 1) {
                branch.add(range(random.nextInt(4) == 0));
            } else if (kind == 2) {
                final Delete delete = new Delete(key(), end(), flip());
                if (put.stream().noneMatch(key -> covers(delete, key))) {
                    deletes.add(delete);
                    branch.add(delete);
                }
            } else {
                final Put each = put(key());
                if (deletes.stream().noneMatch(delete -> covers(delete, each.key()))
                        && put.add(each.key())) {
                    branch.add(each);
                }
            }
        }
        return branch;
    }

    private static boolean covers(final Delete delete, final String key) {
        return delete.end().isEmpty()
                ? delete.key().equals(key)
                : key.compareTo(delete.key()) >= 0
                        && (delete.end().equals("\0") || key.compareTo(delete.end()) < 0);
    }

    private Compare compare() {
        final int target = random.nextInt(5);
        final long number =
                switch (target) {
                    case 0 -> random.nextInt(3);
                    case 4 -> leaseId();
                    default -> Math.max(0, reference.revision() - random.nextInt(20));
                };
        return new Compare(
                key(),
                random.nextInt(4) == 0 ? end() : "",
                random.nextInt(4),
                target,
                target == 3 ? 0 : number,
                target == 3 ? "v" + random.nextInt(8) : "");
    }

    private void lease() {
        final long id = leaseId() == 0 ? 7 : leaseId();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                final long ttl = 1 + random.nextInt(20);
                if (id != 0) {
                    request = "grant " + id;
                    compare(
                            write(
                                    KvCommand.LEASE_GRANT,
                                    ProtoMessage.message().number(1, ttl).number(2, id)),
                            reference.grant(id, ttl));
                }
            }
            case 3 -> {
                request = "revoke " + id;
                compare(
                        write(KvCommand.LEASE_REVOKE, ProtoMessage.message().number(1, id)),
                        reference.revoke(id));
            }
            case 4, 5 -> keepAlive(id);
            case 6 -> {
                request = "list";
                reference.error = null;
                compare(
                        larch.read(KvCommand.LEASE_LIST, new byte[0], 1 + random.nextInt(100)),
                        reference.list());
            }
            default -> {
                request = "time to live of " + id;
                reference.error = null;
                final boolean hasKeys = flip();
                compare(
                        larch.read(
                                KvCommand.LEASE_TIME_TO_LIVE,
                                ProtoMessage.message().number(1, id).flag(2, hasKeys)),
                        reference.timeToLive(id, hasKeys));
            }
        }
    }

    private void keepAlive(final long id) {
        request = "keep " + id + " and 3 alive";
        final ByteBuffer ids = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        ids.putLong(id).putLong(3);
        final ByteBuffer expected = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        final byte[] answer = larch.write(KvCommand.LEASE_KEEP_ALIVE, ids.array());
        expected.putLong(id).putLong(reference.keepAlive(id));
        expected.putLong(3).putLong(reference.keepAlive(3));
        compare(answer, expected.array());
    }

    private void time() {
        final long nanos = random.nextLong(4 * KvFixture.SECOND);
        if (random.nextInt(6) == 0) {
            larch.term++;
        }
        request = "time passes: " + nanos;
        larch.nowNanos += nanos;
        reference.passing(larch.term, larch.nowNanos);
        if (flip()) {
            larch.sync(0);
            reference.expire();
        } else {
            // A command shows the time, too.
            final byte[] nobody = ProtoMessage.message().number(1, 99).bytes();
            compare(larch.write(KvCommand.LEASE_REVOKE, nobody), reference.revoke(99));
        }
    }

    private void watch() {
        if (watches.size() > 15 || !watches.isEmpty() && random.nextInt(4) == 0) {
            final List<Long> ids = new ArrayList<>(watches.keySet());
            final long id = ids.get(random.nextInt(ids.size()));
            watches.remove(id);
            larch.cancel(id);
            return;
        }
        final long id = (long) random.nextInt(3) << KvFixture.WAY_SHIFT | nextWatch++;
        final long oldest = Math.max(1, reference.compacted());
        final long from =
                switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> reference.revision() + 1 + random.nextInt(10);
                    default ->
                            oldest
                                    + random.nextLong(
                                            Math.min(300, reference.revision() + 1 - oldest) + 1);
                };
        final Watch watch =
                new Watch(
                        key(),
                        end(),
                        from == 0 ? reference.revision() + 1 : from,
                        random.nextInt(5) == 0,
                        random.nextInt(5) == 0,
                        flip());
        final ProtoMessage body =
                ProtoMessage.message().text(1, watch.key).text(2, watch.end).number(3, from);
        if (watch.noPut) {
            body.element(5, new byte[] {0});
        }
        if (watch.noDelete) {
            body.number(5, 1);
        }
        watches.put(id, watch);
        larch.watch(id, body.flag(6, watch.prevKv));
        assertEquals(reference.revision(), larch.told.get(id).startRevision);
    }

    private void compareWatches() {
        larch.behind.clear();
        larch.settle();
        watches.forEach(
                (id, watch) -> {
                    reference.tell(watch);
                    final KvFixture.Told actual = larch.told.get(id);
                    assertTrue(
                            KvFixture.isSame(watch.expected, actual.events),
                            () ->
                                    what()
                                            + "\nwatch "
                                            + watch.key
                                            + " to "
                                            + watch.end
                                            + "\nexpected"
                                            + KvFixture.show(watch.expected)
                                            + "\nbut was"
                                            + KvFixture.show(actual.events));
                    checkWhole(watch, actual);
                    told += watch.expected.size();
                    watch.expected.clear();
                    watch.revisions.clear();
                    actual.events.clear();
                    actual.messageSizes.clear();
                });
        final ByteBuffer ids =
                ByteBuffer.allocate(Long.BYTES * watches.size()).order(ByteOrder.LITTLE_ENDIAN);
        boolean isInFuture = false;
        for (final Map.Entry<Long, Watch> each : watches.entrySet()) {
            ids.putLong(each.getKey());
            isInFuture |= each.getValue().next > reference.revision() + 1;
        }
        final byte[] progress = larch.read(KvCommand.PROGRESS, ids.array(), 1 << 20);
        if (isInFuture) {
            assertEquals(0, progress[0]);
        }
    }

    /** No message ends within a revision. */
    private void checkWhole(final Watch watch, final KvFixture.Told actual) {
        int at = 0;
        for (final int size : actual.messageSizes) {
            at += size;
            if (at < watch.revisions.size()) {
                assertTrue(watch.revisions.get(at - 1) < watch.revisions.get(at), this::what);
            }
        }
    }

    private void restore() {
        compareWatches();
        final byte[] hash = larch.read(KvCommand.HASH_KV, ProtoMessage.message());
        final List<byte[]> records = larch.snapshot();
        final KvApplication restored = larch.restored(records);
        watches.clear();
        if (flip()) {
            larch.replace(restored);
        } else {
            larch.application.take(restored);
        }
        larch.told.clear();
        assertArrayEquals(hash, larch.read(KvCommand.HASH_KV, ProtoMessage.message()));
        final List<byte[]> again = larch.snapshot();
        assertEquals(records.size(), again.size());
        for (int i = 0; i < records.size(); i++) {
            assertArrayEquals(records.get(i), again.get(i), "record " + i);
        }
    }
}
