package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvStatus;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sentence of the specification each. */
class KvRulesTest {
    private final KvFixture larch = new KvFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    private static ProtoMessage key(final String key) {
        return message().text(1, key);
    }

    private static ProtoMessage range(final String key, final String end) {
        return key(key).text(2, end);
    }

    private byte[] put(final String key, final String value) {
        return larch.write(KvCommand.PUT, range(key, value));
    }

    private byte[] delete(final String key) {
        return larch.write(KvCommand.DELETE_RANGE, key(key));
    }

    private byte[] get(final ProtoMessage range) {
        return larch.read(KvCommand.RANGE, range);
    }

    byte[] get(final String key) {
        final byte[] answer = get(key(key));
        return answer == null ? null : ProtoMessage.bytes(answer, 2, 0);
    }

    private static List<String> keys(final byte[] answer) {
        final List<String> keys = new ArrayList<>();
        for (int i = 0; i < ProtoMessage.count(answer, 2); i++) {
            final byte[] kv = ProtoMessage.bytes(answer, 2, i);
            keys.add(ProtoMessage.text(ProtoMessage.bytes(kv, 1, 0)));
        }
        return keys;
    }

    private static ProtoMessage txn(final ProtoMessage... operations) {
        final ProtoMessage txn = message();
        for (final ProtoMessage operation : operations) {
            txn.element(2, operation);
        }
        return txn;
    }

    private static ProtoMessage putOp(final String key, final String value) {
        return message().element(2, range(key, value));
    }

    private static ProtoMessage rangeOp(final ProtoMessage range) {
        return message().element(1, range);
    }

    // --- revisions ---

    @Test
    void shouldStartAtRevisionOneAndGiveTheFirstPutTwo() {
        get("a");
        assertEquals(1, larch.revision);
        put("a", "1");
        assertEquals(2, larch.revision);
        assertEquals(-1, status().compactRevision());
    }

    private KvStatus status() {
        final byte[] body = larch.read(KvCommand.STORE_STATUS, message());
        return KvStatus.decode(new UnsafeBuffer(body), 0);
    }

    @Test
    void shouldNotMoveByADeletionOfNothingNorByATransactionThatChangesNothing() {
        put("a", "1");
        assertArrayEquals(new byte[0], delete("b"));
        assertEquals(2, larch.revision);
        larch.write(KvCommand.TXN, txn(rangeOp(key("a"))));
        assertEquals(2, larch.revision);
        larch.write(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, 7));
        assertEquals(2, larch.revision);
    }

    @Test
    void shouldKeepCreateRevisionAndCountVersionsUntilTheKeyIsDeleted() {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        assertKeyValue(get("a"), "a", 2, 4, 2, "2");
        delete("a");
        put("a", "3");
        assertKeyValue(get("a"), "a", 6, 6, 1, "3");
    }

    private static void assertKeyValue(
            final byte[] kv,
            final String key,
            final long create,
            final long mod,
            final long version,
            final String value) {
        assertArrayEquals(
                message()
                        .text(1, key)
                        .number(2, create)
                        .number(3, mod)
                        .number(4, version)
                        .text(5, value)
                        .bytes(),
                kv);
    }

    @Test
    void shouldGiveSeveralChangesOfATransactionOneRevision() {
        larch.write(KvCommand.TXN, txn(putOp("a", "1"), putOp("b", "1")));
        assertEquals(2, larch.revision);
        assertEquals(2, ProtoMessage.number(get("a"), 3));
        assertEquals(2, ProtoMessage.number(get("b"), 3));
    }

    @Test
    void shouldTellTheRevisionOfNowForAReadOfThePast() {
        put("a", "1");
        put("a", "2");
        final byte[] old = get(key("a").number(4, 2));
        assertEquals(
                "1", ProtoMessage.text(ProtoMessage.bytes(ProtoMessage.bytes(old, 2, 0), 5, 0)));
        assertEquals(3, larch.revision);
    }

    // --- ranges ---

    @Test
    void shouldTakeRangesAsEtcdDoes() {
        for (final String each : List.of("a", "a/1", "a/2", "b", "\u00ff")) {
            put(each, "1");
        }
        assertEquals(List.of("a/1", "a/2"), keys(get(range("a/", "a0"))));
        assertEquals(List.of("b", "\u00ff"), keys(get(range("b", "\0"))));
        assertEquals(5, keys(get(range("\0", "\0"))).size());
        assertEquals(List.of(), keys(get(range("b", "a"))));
        assertNull(get(range("", "b")));
        assertEquals(KvError.KEY_NOT_PROVIDED, larch.error);
    }

    @Test
    void shouldCountWithoutLimitAndFiltersAndTellOfMoreByTheLimitAlone() {
        for (int i = 0; i < 5; i++) {
            put("k" + i, "1");
        }
        final byte[] limited = get(range("k", "l").number(3, 2));
        assertEquals(List.of("k0", "k1"), keys(limited));
        assertEquals(1, ProtoMessage.number(limited, 3));
        assertEquals(5, ProtoMessage.number(limited, 4));
        final byte[] filtered = get(range("k", "l").number(10, 5));
        assertEquals(List.of("k3", "k4"), keys(filtered));
        assertEquals(0, ProtoMessage.number(filtered, 3));
        assertEquals(5, ProtoMessage.number(filtered, 4));
        final byte[] count = get(range("k", "l").number(3, 2).flag(9, true));
        assertArrayEquals(message().number(4, 5).bytes(), count);
    }

    @Test
    void shouldLeaveOutTheValueAlone() {
        larch.write(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, 7));
        larch.write(KvCommand.PUT, range("a", "1").number(3, 7));
        assertArrayEquals(
                message().text(1, "a").number(2, 2).number(3, 2).number(4, 1).number(6, 7).bytes(),
                ProtoMessage.bytes(get(key("a").flag(8, true)), 2, 0));
    }

    /** The limit comes before sorting where no order is given, and after it where one is. */
    @Test
    void shouldApplyTheLimitBeforeSortingByDefault() {
        put("a", "3");
        put("b", "2");
        put("c", "1");
        put("d", "0");
        final ProtoMessage byValue = range("a", "z").number(3, 2).number(6, 4);
        assertEquals(List.of("c", "b"), keys(get(byValue)));
        assertEquals(List.of("d", "c"), keys(get(byValue.number(5, 1))));
        assertEquals(List.of("d", "c"), keys(get(range("a", "z").number(3, 2).number(5, 2))));
    }

    @Test
    void shouldRefuseRevisionsOfTheFutureAndCompactedOnes() {
        for (int i = 0; i < 5; i++) {
            put("a", "" + i);
        }
        assertNull(get(key("a").number(4, 7)));
        assertEquals(KvError.FUTURE_REVISION, larch.error);
        assertNotNull(larch.write(KvCommand.COMPACT, message().number(1, 4)));
        assertNull(get(key("a").number(4, 3)));
        assertEquals(KvError.COMPACTED, larch.error);
        assertNotNull(get(key("a").number(4, 4)));
        assertNotNull(get(key("a").number(4, -4)));
        assertNull(larch.write(KvCommand.COMPACT, message().number(1, 4)));
        assertEquals(KvError.COMPACTED, larch.error);
        assertNull(larch.write(KvCommand.COMPACT, message().number(1, 7)));
        assertEquals(KvError.FUTURE_REVISION, larch.error);
        assertEquals(6, larch.revision);
    }

    /** Longer than one go allows, however it is asked for. */
    @Test
    void shouldTellLongRangesInSlicesAsTheyWereAtTheBeginning() {
        for (int i = 0; i < 3000; i++) {
            put(String.format("k%04d", i), "v".repeat(i % 100));
        }
        for (final ProtoMessage each :
                List.of(
                        range("k", "l"),
                        range("k", "l").number(5, 2),
                        range("k", "l").number(6, 4).number(5, 2),
                        range("k", "l").number(6, 4).number(5, 1).number(3, 10),
                        range("k", "l").number(4, 2900),
                        range("k", "l").number(4, 2900).flag(9, true))) {
            final byte[] whole =
                    ProtoMessage.bytes(
                            ProtoMessage.bytes(
                                    larch.write(KvCommand.TXN, txn(rangeOp(each))), 3, 0),
                            1,
                            0);
            final SlicedRead read = larch.open(KvCommand.RANGE, each);
            put("k0001", "changed");
            delete("k0002");
            final byte[] sliced = larch.finish(read);
            assertArrayEquals(whole, withHeader(sliced));
            put("k0002", "v");
        }
    }

    private byte[] withHeader(final byte[] body) {
        return message().element(1, message().number(3, larch.revision)).all(body).bytes();
    }

    // --- puts ---

    @Test
    void shouldTellWhatWasBefore() {
        assertArrayEquals(new byte[0], larch.write(KvCommand.PUT, range("a", "1").flag(4, true)));
        assertKeyValue(
                ProtoMessage.bytes(larch.write(KvCommand.PUT, range("a", "2").flag(4, true)), 2, 0),
                "a",
                2,
                2,
                1,
                "1");
        final byte[] deleted = larch.write(KvCommand.DELETE_RANGE, range("a", "b").flag(3, true));
        assertEquals(1, ProtoMessage.number(deleted, 2));
        assertKeyValue(ProtoMessage.bytes(deleted, 3, 0), "a", 2, 3, 2, "2");
    }

    @Test
    void shouldIgnoreValueOrLeaseOfAKeyThatIsThere() {
        assertNull(larch.write(KvCommand.PUT, key("a").flag(5, true)));
        assertEquals(KvError.KEY_NOT_FOUND, larch.error);
        assertNull(larch.write(KvCommand.PUT, key("a").flag(6, true)));
        assertEquals(KvError.KEY_NOT_FOUND, larch.error);
        larch.write(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, 7));
        larch.write(KvCommand.PUT, range("a", "1").number(3, 7));
        larch.write(KvCommand.PUT, range("a", "2").flag(6, true));
        assertEquals(7, ProtoMessage.number(get("a"), 6));
        larch.write(KvCommand.PUT, key("a").flag(5, true));
        assertEquals("2", ProtoMessage.text(ProtoMessage.bytes(get("a"), 5, 0)));
        assertEquals(0, ProtoMessage.number(get("a"), 6));
        assertEquals(4, larch.revision);
    }

    // --- transactions ---

    private static ProtoMessage compare(final int result, final int target, final String key) {
        return message().number(1, result).number(2, target).text(3, key);
    }

    private boolean holds(final ProtoMessage compare) {
        final byte[] answer = larch.read(KvCommand.TXN_READ, message().element(1, compare));
        return ProtoMessage.number(answer, 2) != 0;
    }

    @Test
    void shouldCompareAMissingKeyAsZeroAndItsValueNever() {
        assertTrue(holds(compare(0, 0, "a").number(4, 0)));
        assertTrue(holds(compare(0, 1, "a")));
        assertTrue(holds(compare(2, 2, "a").number(6, 1)));
        assertTrue(holds(compare(0, 4, "a").number(8, 0)));
        assertTrue(!holds(compare(0, 3, "a")));
        assertTrue(!holds(compare(3, 3, "a").text(7, "x")));
    }

    @Test
    void shouldCompareAllKeysOfARange() {
        put("a/1", "x");
        put("a/2", "x");
        assertTrue(holds(compare(0, 3, "a/").text(7, "x").text(64, "a0")));
        put("a/2", "y");
        assertTrue(!holds(compare(0, 3, "a/").text(7, "x").text(64, "a0")));
        assertTrue(holds(compare(0, 0, "c/").text(64, "c0")));
        assertTrue(!holds(compare(0, 3, "c/").text(64, "c0")));
    }

    @Test
    void shouldCompareWithZeroWhatIsComparedWithSomethingElse() {
        put("a", "x");
        assertTrue(!holds(compare(0, 0, "a").number(6, 1)));
        assertTrue(holds(compare(1, 0, "a").number(6, 1)));
    }

    @Test
    void shouldJudgeOnTheStateBeforeAndSeeEarlierOperations() {
        put("a", "1");
        final ProtoMessage inner =
                message()
                        .element(1, compare(0, 3, "a").text(7, "1"))
                        .element(2, rangeOp(key("a")))
                        .element(3, rangeOp(key("z")));
        final byte[] answer =
                larch.write(KvCommand.TXN, txn(putOp("a", "2"), message().element(4, inner)));
        final byte[] innerAnswer = ProtoMessage.bytes(ProtoMessage.bytes(answer, 3, 1), 4, 0);
        assertEquals(1, ProtoMessage.number(innerAnswer, 2));
        final byte[] found = ProtoMessage.bytes(ProtoMessage.bytes(innerAnswer, 3, 0), 1, 0);
        assertKeyValue(ProtoMessage.bytes(found, 2, 0), "a", 2, 3, 2, "2");
    }

    @Test
    void shouldLookAtTheLeaseOfAPutFirstAndAtThatOfATransactionsLast() {
        final ProtoMessage wrongTwice = key("none").number(3, 99).flag(5, true);
        assertNull(larch.write(KvCommand.PUT, wrongTwice));
        assertEquals(KvError.LEASE_NOT_FOUND, larch.error);
        assertNull(larch.write(KvCommand.TXN, txn(message().element(2, wrongTwice))));
        assertEquals(KvError.KEY_NOT_FOUND, larch.error);
    }

    @Test
    void shouldFailAsAWholeBeforeAnythingIsDone() {
        put("a", "1");
        final ProtoMessage bad = message().element(2, range("b", "2").number(3, 99));
        assertNull(larch.write(KvCommand.TXN, txn(putOp("a", "2"), bad)));
        assertEquals(KvError.LEASE_NOT_FOUND, larch.error);
        assertEquals(2, larch.revision);
        final ProtoMessage future = rangeOp(key("a").number(4, 9));
        assertNull(larch.write(KvCommand.TXN, txn(putOp("a", "2"), future)));
        assertEquals(KvError.FUTURE_REVISION, larch.error);
        final ProtoMessage negative = rangeOp(key("a").number(4, -9));
        assertNull(larch.write(KvCommand.TXN, txn(putOp("a", "2"), negative)));
        assertEquals(KvError.COMPACTED, larch.error);
        assertNull(larch.write(KvCommand.TXN, txn(putOp("a", "2"), message())));
        assertEquals(KvError.KEY_NOT_FOUND, larch.error);
        assertEquals(2, ProtoMessage.number(get("a"), 3));
    }

    @Test
    void shouldRefuseWhatIsNestedWithoutEnd() {
        ProtoMessage txn = txn(putOp("a", "1"));
        for (int i = 0; i < 200; i++) {
            txn = txn(message().element(4, txn));
        }
        assertNull(larch.write(KvCommand.TXN, txn));
        assertEquals(KvError.TOO_MANY_OPERATIONS, larch.error);
        assertNull(get("a"));
    }

    @Test
    void shouldNotBreakOnBytesThatAreNoMessage() {
        final byte[] garbage = {0x0a, 0x7f, 1, 2, 3};
        for (byte type = KvCommand.PUT; type <= KvCommand.ALARM; type++) {
            larch.write(type, garbage);
        }
        for (byte type = KvCommand.RANGE; type <= KvCommand.HASH; type++) {
            larch.read(type, garbage, Integer.MAX_VALUE);
        }
        assertEquals(1, larch.revision);
    }

    // --- alarms ---

    @Test
    void shouldRaiseListAndEndAlarms() {
        final ProtoMessage alarm = message().number(2, 5).number(3, 2);
        final ProtoMessage told = message().element(2, message().number(1, 5).number(2, 2));
        assertArrayEquals(
                told.bytes(), larch.write(KvCommand.ALARM, message().number(1, 1).all(alarm)));
        assertArrayEquals(told.bytes(), larch.read(KvCommand.ALARM_LIST, message()));
        assertArrayEquals(new byte[0], larch.read(KvCommand.ALARM_LIST, message().number(3, 1)));
        assertArrayEquals(
                told.bytes(), larch.write(KvCommand.ALARM, message().number(1, 2).all(alarm)));
        assertArrayEquals(
                new byte[0], larch.write(KvCommand.ALARM, message().number(1, 2).all(alarm)));
        assertArrayEquals(new byte[0], larch.read(KvCommand.ALARM_LIST, message()));
    }
}
