package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.kv.KvContext.CompactionMode;
import java.util.Arrays;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** What there is room for, and what is compacted by itself. */
class KvSpaceTest {
    private static final long QUOTA = 200_000;
    private static final long SECOND = KvFixture.SECOND;
    private static final long HOUR = 3600 * SECOND;
    private static final String VALUE = "v".repeat(5000);

    private static byte[] put(final int n) {
        return message().text(1, "k" + n).text(2, VALUE).bytes();
    }

    /** Applies what a leader would propose by itself; returns whether there was something. */
    private static boolean propose(final KvFixture larch) {
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        final int length = larch.application.propose(larch.nowNanos, target);
        if (length == 0) {
            return false;
        }
        assertTrue(larch.application.isWellFormed(target, 0, length));
        final CommandEnvelope command = new CommandEnvelope().wrap(target, 0);
        assertEquals(0, command.originId());
        larch.application.passing(larch.term, larch.nowNanos);
        larch.application.apply(command, new io.larch.engine.application.Result());
        return true;
    }

    private static KvFixture full() {
        final KvFixture larch =
                new KvFixture(new KvContext().quotaBackendBytes(QUOTA).memberId(() -> 77));
        int n = 0;
        while (larch.admit(KvCommand.PUT, put(n)) == 0) {
            larch.write(KvCommand.PUT, put(n++));
        }
        assertTrue(n > 30 && n < 40, "puts: " + n);
        return larch;
    }

    @Test
    void shouldRefuseWhatThereIsNoRoomForAndGoOnWithTheRest() {
        try (KvFixture larch = full()) {
            final int full = ErrorCode.STORE_FULL.code();
            final byte[] putOp =
                    message().element(3, message().element(2, message().all(put(1)))).bytes();
            assertEquals(full, larch.admit(KvCommand.TXN, putOp));
            final byte[] grant = message().number(1, 5).number(2, 5).bytes();
            assertTrue(propose(larch));
            assertEquals(full, larch.admit(KvCommand.LEASE_GRANT, grant));
            // As etcd says it, before it looks at what was asked for.
            final byte[] tooLong = message().number(1, 9_000_000_001L).number(2, 5).bytes();
            assertEquals(full, larch.admit(KvCommand.LEASE_GRANT, tooLong));
            final byte[] key = message().text(1, "k1").bytes();
            final byte[] readOp = message().element(2, message().element(1, key)).bytes();
            assertEquals(0, larch.admit(KvCommand.TXN, readOp));
            assertEquals(0, larch.admit(KvCommand.DELETE_RANGE, key));
            assertEquals(0, larch.admit(KvCommand.COMPACT, message().number(1, 3).bytes()));
            assertEquals(0, larch.admit(KvCommand.LEASE_REVOKE, message().number(1, 3).bytes()));
            assertEquals(0, larch.admit(KvCommand.LEASE_KEEP_ALIVE, new byte[8]));
        }
    }

    @Test
    void shouldRaiseTheAlarmAndEndItByItselfWhenThereIsRoomAgain() {
        try (KvFixture larch = full()) {
            final byte[] alarm = message().element(2, message().number(1, 77).number(2, 1)).bytes();
            assertArrayEquals(alarm, larch.read(KvCommand.ALARM_LIST, message()));
            assertTrue(propose(larch));
            assertArrayEquals(alarm, larch.read(KvCommand.ALARM_LIST, message()));
            assertTrue(!propose(larch));
            assertTrue(larch.application.isNearlyFull());
            larch.write(KvCommand.DELETE_RANGE, message().text(1, "k").text(2, "l"));
            larch.write(KvCommand.COMPACT, message().number(1, larch.revision));
            larch.settle();
            assertEquals(ErrorCode.STORE_FULL.code(), larch.admit(KvCommand.PUT, put(1)));
            assertTrue(propose(larch));
            assertArrayEquals(new byte[0], larch.read(KvCommand.ALARM_LIST, message()));
            assertEquals(0, larch.admit(KvCommand.PUT, put(1)));
            assertTrue(!propose(larch));
        }
    }

    @Test
    void shouldKeepAnAlarmThatAnOperatorHasRaised() {
        try (KvFixture larch = new KvFixture()) {
            larch.write(KvCommand.ALARM, message().number(1, 1).number(2, 5).number(3, 1));
            assertTrue(!propose(larch));
            assertEquals(ErrorCode.STORE_FULL.code(), larch.admit(KvCommand.PUT, put(1)));
            larch.write(KvCommand.ALARM, message().number(1, 2).number(2, 5).number(3, 1));
            assertEquals(0, larch.admit(KvCommand.PUT, put(1)));
        }
    }

    @Test
    void shouldCountTheValueThatAPutKeeps() {
        try (KvFixture larch = full()) {
            larch.write(KvCommand.COMPACT, message().number(1, larch.revision));
            final ProtoMessage keep = message().text(1, "k1").flag(5, true);
            assertEquals(ErrorCode.STORE_FULL.code(), larch.admit(KvCommand.PUT, keep.bytes()));
            final ProtoMessage txn = message().element(2, message().element(2, keep));
            assertEquals(ErrorCode.STORE_FULL.code(), larch.admit(KvCommand.TXN, txn.bytes()));
            assertEquals(0, larch.admit(KvCommand.PUT, message().text(1, "k1").bytes()));
        }
    }

    @Test
    void shouldNotRaiseAlarmsWithoutEnd() {
        try (KvFixture larch = new KvFixture()) {
            for (int i = 1; i <= AlarmTable.MAX_COUNT; i++) {
                larch.write(KvCommand.ALARM, message().number(1, 1).number(2, i).number(3, 2));
            }
            final ProtoMessage more = message().number(1, 1).number(2, 1 << 20).number(3, 2);
            assertEquals(0, larch.write(KvCommand.ALARM, more).length);
            final byte[] all = larch.read(KvCommand.ALARM_LIST, message());
            assertEquals(AlarmTable.MAX_COUNT, ProtoMessage.count(all, 2));
        }
    }

    /** A write is answered in one go: what would be told too much is refused before it is done. */
    @Test
    void shouldRefuseAWriteThatWouldHaveTooMuchToTell() {
        try (KvFixture larch = new KvFixture()) {
            final String value = "v".repeat(1 << 20);
            final int count = (int) (ResponseLimit.MAX_BYTES >> 20);
            for (int i = 0; i < count; i++) {
                larch.write(KvCommand.PUT, message().text(1, "k" + i).text(2, value));
            }
            final ProtoMessage range = message().text(1, "k").text(2, "l");
            final ProtoMessage readOp = message().element(1, range);
            assertNull(larch.write(KvCommand.TXN, message().element(2, readOp)));
            assertEquals(KvError.REQUEST_TOO_LARGE, larch.error);
            final ProtoMessage delete = message().all(range).flag(3, true);
            assertNull(larch.write(KvCommand.DELETE_RANGE, delete));
            assertEquals(KvError.REQUEST_TOO_LARGE, larch.error);
            assertNotNull(larch.write(KvCommand.DELETE_RANGE, range));
            assertEquals(count + 2, larch.revision);
        }
    }

    /** Leases are on the heap of each member, which has an end. */
    @Test
    void shouldAddNothingToLeasesThatFillTheirPart() {
        final int full = ErrorCode.STORE_FULL.code();
        try (KvFixture larch = new KvFixture(new KvContext().maxLeaseBytes(1_000))) {
            final long before = larch.application.bytes();
            int n = 0;
            while (larch.admit(KvCommand.LEASE_GRANT, lease(n + 1)) == 0) {
                larch.write(KvCommand.LEASE_GRANT, lease(++n));
            }
            assertTrue(n > 4 && n < 12, "leases: " + n);
            assertTrue(larch.application.bytes() > before + 100L * n);
            final byte[] leased = message().text(1, "k").number(3, 1).bytes();
            assertEquals(full, larch.admit(KvCommand.PUT, leased));
            assertEquals(0, larch.admit(KvCommand.PUT, put(1)));
            assertEquals(full, larch.admit(KvCommand.TXN, txnOf(leased)));
            assertEquals(0, larch.admit(KvCommand.TXN, txnOf(put(1))));

            larch.write(KvCommand.LEASE_REVOKE, message().number(1, n).bytes());
            assertEquals(0, larch.admit(KvCommand.PUT, leased));
            larch.write(KvCommand.PUT, leased);
            assertEquals(full, larch.admit(KvCommand.LEASE_GRANT, lease(99)));
            larch.write(KvCommand.DELETE_RANGE, message().text(1, "k").bytes());
            assertEquals(0, larch.admit(KvCommand.LEASE_GRANT, lease(99)));
        }
    }

    private static byte[] txnOf(final byte[] put) {
        return message().element(2, message().element(2, message().all(put))).bytes();
    }

    private static byte[] lease(final int id) {
        return message().number(1, 60).number(2, id).bytes();
    }

    @Test
    void shouldNotBeAskedForASnapshotBeforeWhatWasCompactedIsGivenBack() {
        try (KvFixture larch = new KvFixture(new KvContext())) {
            for (int i = 0; i < 20; i++) {
                larch.write(KvCommand.PUT, put(1));
            }
            assertTrue(larch.application.snapshot().isPossible());
            larch.write(KvCommand.COMPACT, message().number(1, 20).bytes());
            assertFalse(larch.application.snapshot().isPossible());
            while (larch.application.hasWork()) {
                larch.application.work(100);
            }
            assertTrue(larch.application.snapshot().isPossible());
        }
    }

    @Test
    void shouldCompactWhatIsOlderThanThePeriod() {
        final KvContext context =
                new KvContext().autoCompaction(CompactionMode.PERIODIC, 10 * HOUR);
        try (KvFixture larch = new KvFixture(context)) {
            final long[] compacted = new long[24];
            for (int hour = 0; hour < compacted.length; hour++) {
                for (int look = 0; look < 10; look++) {
                    larch.write(KvCommand.PUT, put(1));
                    larch.sync(HOUR / 10);
                    propose(larch);
                }
                compacted[hour] = larch.application.store().compactedRevision();
            }
            // A revision each six minutes: 100 of them are ten hours.
            assertEquals(-1, compacted[8], Arrays.toString(compacted));
            for (int hour = 12; hour < compacted.length; hour++) {
                final long kept = larch.application.index() - compacted[hour];
                final long now = (hour - compacted.length + 1) * 10;
                assertTrue(kept + now >= 98 && kept + now <= 112, Arrays.toString(compacted));
            }
        }
    }

    @Test
    void shouldCompactAllButSoManyRevisions() {
        final KvContext context = new KvContext().autoCompaction(CompactionMode.REVISION, 10);
        try (KvFixture larch = new KvFixture(context)) {
            larch.sync(SECOND);
            for (int i = 0; i < 30; i++) {
                larch.write(KvCommand.PUT, put(1));
            }
            larch.sync(299 * SECOND);
            assertTrue(!propose(larch));
            larch.sync(2 * SECOND);
            assertTrue(propose(larch));
            assertEquals(21, larch.application.store().compactedRevision());
            assertTrue(!propose(larch));
            larch.sync(HOUR);
            assertTrue(!propose(larch));
        }
    }

    @Test
    void shouldCompactNothingByItselfUnlessAsked() {
        try (KvFixture larch = new KvFixture()) {
            for (int i = 0; i < 30; i++) {
                larch.write(KvCommand.PUT, put(1));
                larch.sync(HOUR);
                assertTrue(!propose(larch));
            }
        }
    }
}
