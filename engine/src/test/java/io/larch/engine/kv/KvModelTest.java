package io.larch.engine.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.kv.KvRequest.Delete;
import io.larch.engine.kv.KvRequest.Put;
import io.larch.engine.kv.KvRequest.Range;
import io.larch.engine.kv.KvRequest.Txn;
import io.larch.engine.kv.ReferenceKv.Watch;
import io.larch.engine.kv.watch.WatchLimits;
import io.larch.engine.sim.GitId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
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
    private static final String[] ENDS = {"\0", "a0"};
    private static final int LEASES = 6;

    /** So little that most transactions are told in parts. */
    private static final WatchLimits PARTS = new WatchLimits(1, 1000, 2, 100);

    private KvFixture larch;
    private final ReferenceKv reference = new ReferenceKv();
    private final Map<Long, Watch> watches = new TreeMap<>();
    private SplittableRandom random;
    private KvDraw draw;
    private Object request = "";
    private int operation;
    private long seed;
    private boolean isInParts;
    private long nextWatch = 1;
    private int refusals;
    private int told;

    @ParameterizedTest
    @ValueSource(longs = {2})
    void shouldAnswerAsTheReferenceDoes(final long seed) {
        run(seed, OPERATIONS);
        assertTrue(refusals > OPERATIONS / 50, "refusals: " + refusals);
        assertTrue(told > OPERATIONS / 2, "events told: " + told);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4})
    @Tag("slow")
    void shouldAnswerAsTheReferenceDoesWithMoreSeeds(final long seed) {
        shouldAnswerAsTheReferenceDoes(seed);
    }

    @Test
    void shouldAnswerAsTheReferenceDoesWithASeedOfTheCommit() {
        final long seed = GitId.seed();
        System.out.println("model of v3: seed " + seed);
        run(seed, OPERATIONS / 5);
    }

    private void run(final long seed, final int operations) {
        this.seed = seed;
        isInParts = seed % 2 == 0;
        larch = new KvFixture(new KvContext().watchLimits(isInParts ? PARTS : WatchLimits.DEFAULT));
        random = new SplittableRandom(seed);
        draw = new KvDraw(random, KEYS, ENDS, LEASES, reference::revision);
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
            final Put put = draw.put(draw.key());
            request = put;
            compare(write(KvCommand.PUT, put.encode()), reference.put(put));
        } else if (dice < 40) {
            final Delete delete = draw.delete();
            request = delete;
            compare(write(KvCommand.DELETE_RANGE, delete.encode()), reference.delete(delete));
        } else if (dice < 58) {
            final Range range = draw.range(true);
            request = range;
            final int maxBytes = random.nextInt(3) == 0 ? random.nextInt(100) : 1 << 20;
            if (draw.flip()) {
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

    private void txn() {
        final boolean isRead = random.nextInt(3) == 0;
        final Txn txn = draw.txn(isRead);
        request = txn;
        if (isRead) {
            final int maxBytes = draw.flip() ? random.nextInt(200) : 1 << 20;
            compare(
                    larch.read(KvCommand.TXN_READ, txn.encode().bytes(), maxBytes),
                    reference.txn(txn));
        } else {
            compare(write(KvCommand.TXN, txn.encode()), reference.txn(txn));
        }
    }

    private void lease() {
        final long id = draw.leaseId() == 0 ? 7 : draw.leaseId();
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
                final boolean hasKeys = draw.flip();
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
        if (draw.flip()) {
            final int most = draw.flip() ? Integer.MAX_VALUE : 1 + random.nextInt(3);
            larch.sync(0, most);
            reference.expire(Integer.MAX_VALUE);
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
                        draw.key(),
                        draw.end(),
                        from == 0 ? reference.revision() + 1 : from,
                        random.nextInt(5) == 0,
                        random.nextInt(5) == 0,
                        draw.flip());
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

    /** No message ends within a revision, but where all are told in parts. */
    private void checkWhole(final Watch watch, final KvFixture.Told actual) {
        if (isInParts) {
            return;
        }
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
        if (draw.flip()) {
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
