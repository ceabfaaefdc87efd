package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.kv.KvFixture.Told;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A sentence of the specification each. */
class KvLeaseTest {
    private static final long SECOND = KvFixture.SECOND;

    private final KvFixture larch = new KvFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    private byte[] grant(final long id, final long ttl) {
        return larch.write(KvCommand.LEASE_GRANT, message().number(1, ttl).number(2, id));
    }

    private byte[] revoke(final long id) {
        return larch.write(KvCommand.LEASE_REVOKE, message().number(1, id));
    }

    private long keepAlive(final long id) {
        final byte[] ids =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(id).array();
        final ByteBuffer answer =
                ByteBuffer.wrap(larch.write(KvCommand.LEASE_KEEP_ALIVE, ids))
                        .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(id, answer.getLong());
        return answer.getLong();
    }

    private void put(final String key, final long lease) {
        larch.write(KvCommand.PUT, message().text(1, key).text(2, "v").number(3, lease));
    }

    private boolean has(final String key) {
        return larch.read(KvCommand.RANGE, message().text(1, key)).length > 0;
    }

    private long timeToLive(final long id) {
        return ProtoMessage.number(
                larch.read(KvCommand.LEASE_TIME_TO_LIVE, message().number(1, id)), 3);
    }

    @Test
    void shouldListManyLeasesInSlicesInTheOrderOfTheirEnds() {
        final int many = 3 * LeaseReads.MAX_IN_ONE_GO;
        final ProtoMessage expected = message();
        for (int i = 1; i <= many; i++) {
            grant(i, 100 + many - i);
        }
        for (int i = many; i >= 1; i--) {
            expected.element(2, message().number(1, i));
        }
        final SlicedRead read = larch.open(KvCommand.LEASE_LIST, message());
        assertEquals(0, read.write(new ExpandableArrayBuffer(), 0, 1 << 16, many - 1));
        assertFalse(read.isDone());
        grant(many + 1, 1);

        assertArrayEquals(expected.bytes(), larch.finish(read));
        final byte[] all = larch.read(KvCommand.LEASE_LIST, new byte[0], Integer.MAX_VALUE);
        assertEquals(many + 1, ProtoMessage.count(all, 2));
        assertEquals(0, larch.application.heldBytes());
    }

    @Test
    void shouldTellManyKeysOfALeaseInSlicesInTheirOrder() {
        final int many = 2 * LeaseReads.MAX_IN_ONE_GO;
        grant(7, 100);
        final ProtoMessage expected = message().number(2, 7).number(3, 100).number(4, 100);
        for (int i = 0; i < many; i++) {
            put("k" + (99_999 - i), 7);
        }
        for (int i = many - 1; i >= 0; i--) {
            expected.text(5, "k" + (99_999 - i));
        }
        final ProtoMessage request = message().number(1, 7).flag(2, true);
        final SlicedRead read = larch.open(KvCommand.LEASE_TIME_TO_LIVE, request);
        assertEquals(0, read.write(new ExpandableArrayBuffer(), 0, 1 << 16, many - 1));
        assertFalse(read.isDone());
        put("other", 7);

        assertArrayEquals(expected.bytes(), larch.finish(read));
        final byte[] all = larch.read(KvCommand.LEASE_TIME_TO_LIVE, request);
        assertEquals(many + 1, ProtoMessage.count(all, 5));
        assertEquals(
                100,
                ProtoMessage.number(
                        larch.read(KvCommand.LEASE_TIME_TO_LIVE, message().number(1, 7)), 4));
    }

    @Test
    void shouldGrantWithoutMovingTheRevision() {
        assertArrayEquals(message().number(2, 7).number(3, 10).bytes(), grant(7, 10));
        assertEquals(1, larch.revision);
        assertNull(grant(7, 10));
        assertEquals(KvError.LEASE_EXISTS, larch.error);
        assertNull(grant(8, 9_000_000_001L));
        assertEquals(KvError.LEASE_TTL_TOO_LARGE, larch.error);
        assertNotNull(grant(8, 9_000_000_000L));
        assertNotNull(grant(-9, 1));
        assertNull(grant(0, 1));
    }

    @Test
    void shouldTellWholeSecondsRoundedDownAndMinusOneForWhatIsNotThere() {
        grant(7, 10);
        assertEquals(10, timeToLive(7));
        larch.nowNanos += 1;
        assertEquals(9, timeToLive(7));
        assertEquals(-1, timeToLive(8));
    }

    @Test
    void shouldDeleteAllKeysInOneRevisionSortedAndNoneWithoutKeys() {
        grant(7, 10);
        put("b", 7);
        put("a", 7);
        put("c", 7);
        put("c", 0);
        final Told watch = larch.watch(1, message().text(1, "\0").text(2, "\0"));
        assertNotNull(revoke(7));
        assertEquals(6, larch.revision);
        final List<String> keys = new ArrayList<>();
        for (final byte[] event : watch.events) {
            final byte[] kv = ProtoMessage.bytes(event, 2, 0);
            assertEquals(6, ProtoMessage.number(kv, 3));
            keys.add(ProtoMessage.text(ProtoMessage.bytes(kv, 1, 0)));
        }
        assertEquals(List.of("a", "b"), keys);
        assertTrue(has("c"));
        assertNull(revoke(7));
        assertEquals(KvError.LEASE_NOT_FOUND, larch.error);
        grant(8, 10);
        revoke(8);
        assertEquals(6, larch.revision);
    }

    @Test
    void shouldHangAKeyOnOneLeaseAndOnNoneOnceItIsDeleted() {
        grant(7, 10);
        grant(8, 10);
        put("a", 7);
        put("a", 8);
        put("b", 7);
        larch.write(KvCommand.DELETE_RANGE, message().text(1, "b"));
        put("b", 0);
        revoke(7);
        assertTrue(has("a") && has("b"));
        revoke(8);
        assertTrue(!has("a") && has("b"));
    }

    @Test
    void shouldEndEachLeaseAtItsTimeInARevisionOfItsOwn() {
        grant(7, 10);
        grant(8, 10);
        grant(9, 20);
        put("a", 7);
        put("b", 8);
        put("c", 9);
        assertEquals(larch.nowNanos + 10 * SECOND, larch.application.nextExpiryNanos());
        larch.sync(10 * SECOND - 1);
        assertTrue(has("a"));
        larch.sync(1);
        assertTrue(!has("a") && !has("b") && has("c"));
        assertEquals(6, larch.revision);
        assertEquals(-1, timeToLive(7));
        assertEquals(larch.nowNanos + 10 * SECOND, larch.application.nextExpiryNanos());
    }

    @Test
    void shouldGiveALeaseAllItsTimeAgain() {
        grant(7, 10);
        put("a", 7);
        larch.sync(9 * SECOND);
        assertEquals(10, keepAlive(7));
        assertEquals(0, keepAlive(8));
        larch.sync(9 * SECOND);
        assertTrue(has("a"));
        larch.sync(SECOND);
        assertTrue(!has("a"));
    }

    /** One that is over and still there because nobody has taken it away. */
    @Test
    void shouldNotReviveWhatIsOver() {
        grant(7, 10);
        put("a", 7);
        larch.nowNanos += 10 * SECOND;
        put("b", 7);
        assertEquals(KvError.LEASE_NOT_FOUND, larch.error);
        assertEquals(0, keepAlive(7));
        assertTrue(!has("a"));
        grant(8, 10);
        put("a", 8);
        larch.nowNanos += 10 * SECOND;
        assertNotNull(grant(8, 10));
        assertTrue(!has("a"));
    }

    /** The clock of leases stands still while nobody leads. */
    @Test
    void shouldKeepWhatALeaseHasLeftOverAChangeOfLeaders() {
        grant(7, 10);
        put("a", 7);
        larch.sync(6 * SECOND);
        larch.term++;
        larch.sync(60 * SECOND);
        assertTrue(has("a"));
        assertEquals(4, timeToLive(7));
        larch.sync(3 * SECOND);
        assertTrue(has("a"));
        larch.sync(SECOND);
        assertTrue(!has("a"));
    }

    /** What nobody says for long is not taken for time that has passed. */
    @Test
    void shouldShowWhatIsLeftWhileNobodyLeads() {
        grant(7, 100);
        larch.nowNanos += 90 * SECOND;
        assertEquals(99, timeToLive(7));
    }

    @Test
    @Tag("slow")
    void shouldEndManyAtOnceInSlices() {
        for (int i = 1; i <= 100_000; i++) {
            larch.writeQuietly(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, i).bytes());
            if (i % 10 == 0) {
                put("k" + i, i);
            }
        }
        larch.nowNanos += 10 * SECOND;
        larch.application.passing(1, larch.nowNanos);
        int slices = 0;
        do {
            larch.application.expire(larch.nowNanos, Integer.MAX_VALUE);
            slices++;
        } while (larch.application.isBehind());
        assertTrue(slices > 20, slices + " slices");
        assertEquals(0, larch.application.leaseCount());
        assertTrue(!has("k10"));
        assertEquals(20_001, larch.application.index());
    }

    @Test
    void shouldComeBackFromASnapshot() {
        grant(7, 10);
        grant(8, 30);
        put("a", 7);
        put("b", 8);
        larch.sync(4 * SECOND);
        larch.replace(larch.restored(larch.snapshot()));
        assertEquals(6, timeToLive(7));
        larch.term++;
        larch.sync(20 * SECOND);
        assertEquals(6, timeToLive(7));
        larch.sync(6 * SECOND);
        assertTrue(!has("a") && has("b"));
        revoke(8);
        assertTrue(!has("b"));
    }
}
