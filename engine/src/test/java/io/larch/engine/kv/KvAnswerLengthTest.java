package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A write is answered in one go: what would be told too much is refused before it is done, by all
 * members alike.
 */
class KvAnswerLengthTest {
    private static final int MANY = (int) (ResponseLimit.MAX_BYTES >> 20) + 1;
    private static final String LONG = "v".repeat(1 << 20);

    private final KvFixture larch = new KvFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    private static ProtoMessage range(final String key, final String end) {
        return message().text(1, key).text(2, end);
    }

    private static ProtoMessage rangeOp(final ProtoMessage range) {
        return message().element(1, range);
    }

    private static ProtoMessage putOp(final ProtoMessage put) {
        return message().element(2, put);
    }

    private static ProtoMessage deleteOp(final ProtoMessage delete) {
        return message().element(3, delete);
    }

    /** A transaction of one operation, and of many of another. */
    private static ProtoMessage txn(final ProtoMessage first, final ProtoMessage rest) {
        final ProtoMessage txn = message().element(2, first);
        for (int i = 0; i < MANY; i++) {
            txn.element(2, rest);
        }
        return txn;
    }

    private void put(final String key, final String value) {
        larch.write(KvCommand.PUT, range(key, value));
    }

    private void assertTooLarge(final ProtoMessage txn) {
        final long before = larch.application.index();
        larch.write(KvCommand.TXN, txn);
        assertEquals(KvError.REQUEST_TOO_LARGE, larch.error);
        assertEquals(before, larch.revision);
    }

    @Test
    void shouldCountSingleKeysHoweverNested() {
        put("k", LONG);
        final ProtoMessage one = rangeOp(message().text(1, "k"));
        final ProtoMessage inner = message();
        for (int i = 0; i < 10; i++) {
            inner.element(2, one);
        }
        final ProtoMessage nested = message().element(4, inner);
        final ProtoMessage txn = message().element(2, putOp(range("x", "1")));
        for (int i = 0; i < MANY; i += 10) {
            txn.element(2, nested);
        }
        assertTooLarge(txn);
        final ProtoMessage some = message().element(2, nested).element(2, nested);
        assertNotNull(larch.write(KvCommand.TXN, some));
    }

    @Test
    void shouldCountWhatATransactionHasPutItself() {
        final ProtoMessage put = putOp(range("k", LONG));
        assertTooLarge(txn(put, rangeOp(message().text(1, "k"))));
        assertTooLarge(txn(put, rangeOp(range("k", "l"))));
        assertTooLarge(txn(put, rangeOp(range("a", "z").number(3, 1))));
        assertNotNull(larch.write(KvCommand.TXN, txn(put, rangeOp(range("k", "l").flag(9, true)))));
    }

    @Test
    void shouldCountWhatPutsAndDeletionsTellOfBefore() {
        final ProtoMessage puts = message();
        final ProtoMessage deletes = message();
        for (int i = 0; i < MANY; i++) {
            put("k" + i, LONG);
            puts.element(2, putOp(range("k" + i, "1").flag(4, true)));
            deletes.element(2, deleteOp(message().text(1, "k" + i).flag(3, true)));
        }
        assertTooLarge(puts);
        assertTooLarge(deletes);
        final ProtoMessage all = deleteOp(range("k", "l"));
        assertTooLarge(message().element(2, all.all(deleteOp(range("k", "l").flag(3, true)))));
        assertNotNull(larch.write(KvCommand.TXN, message().element(2, deleteOp(range("k", "l")))));
    }

    @Test
    void shouldCountWhatComesWithinALimitByDeletions() {
        put("a", "1");
        put("b", LONG);
        final ProtoMessage first = rangeOp(range("a", "z").number(3, 1));
        assertTooLarge(txn(deleteOp(message().text(1, "a")), first));
        assertNotNull(larch.write(KvCommand.TXN, txn(rangeOp(message().text(1, "b")), first)));
    }

    @Test
    void shouldCountWhatIsToldAgainstTheOrderOfKeys() {
        put("a", "1");
        put("b", LONG);
        final ProtoMessage last = rangeOp(range("a", "z").number(3, 1).number(5, 2));
        assertTooLarge(txn(last, last));
    }

    @Test
    void shouldCountWhatPassesFiltersOnlyWhenItIsPut() {
        put("a", LONG);
        put("b", "1");
        final ProtoMessage young = rangeOp(range("a", "z").number(10, 3));
        assertNotNull(larch.write(KvCommand.TXN, txn(young, young)));
        assertTooLarge(txn(putOp(message().text(1, "a").flag(5, true)), young));
    }

    @Test
    void shouldCountNoValuesOfKeysAlone() {
        put("a", LONG);
        final ProtoMessage keys = rangeOp(range("a", "z").flag(8, true));
        assertNotNull(larch.write(KvCommand.TXN, txn(keys, keys)));
    }

    /** A member that has got behind with giving back what was compacted says the same. */
    @Test
    void shouldSayTheSameWhateverIsSwept() {
        final String value = "v".repeat(900 << 10);
        try (KvFixture other = new KvFixture()) {
            for (final KvFixture each : new KvFixture[] {larch, other}) {
                each.write(KvCommand.PUT, range("k", value));
                each.write(KvCommand.PUT, range("k", value));
                each.write(KvCommand.COMPACT, message().number(1, 3));
            }
            other.settle();
            final ProtoMessage txn = message().element(2, putOp(range("x", "1")));
            for (int i = 0; i < 300; i++) {
                txn.element(2, rangeOp(range("k", "l")));
            }
            larch.write(KvCommand.TXN, txn);
            other.write(KvCommand.TXN, txn);
            assertEquals(KvError.REQUEST_TOO_LARGE, larch.error);
            assertEquals(KvError.REQUEST_TOO_LARGE, other.error);
            assertEquals(larch.application.digest(), other.application.digest());
        }
    }
}
