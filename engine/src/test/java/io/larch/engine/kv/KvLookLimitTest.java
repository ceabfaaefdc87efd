package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A transaction may look at so many keys, and nobody waits longer for it. */
class KvLookLimitTest {
    private static final int KEYS = 1000;
    private static final int MANY = LookLimit.OF_WRITES / KEYS + 100;
    private static final int SOME = LookLimit.OF_WRITES / KEYS - 100;

    private final KvFixture larch = withKeys();

    @AfterEach
    void close() {
        larch.close();
    }

    private static KvFixture withKeys() {
        final KvFixture larch = new KvFixture();
        for (int i = 0; i < KEYS; i++) {
            larch.write(KvCommand.PUT, message().text(1, "k" + i).text(2, "v"));
        }
        return larch;
    }

    private static ProtoMessage range() {
        return message().text(1, "k").text(2, "l");
    }

    /** That of all keys the version is 1. */
    private static ProtoMessage compare() {
        return message().text(3, "k").number(4, 1).text(64, "l");
    }

    private static ProtoMessage repeated(
            final int count, final int field, final ProtoMessage element) {
        final ProtoMessage txn = message();
        for (int i = 0; i < count; i++) {
            txn.element(field, element);
        }
        return txn;
    }

    private void assertLimited(final ProtoMessage operation) {
        assertNotNull(larch.write(KvCommand.TXN, repeated(SOME, 2, operation)));
        assertTooLarge(KvCommand.TXN, repeated(MANY, 2, operation));
    }

    private void assertTooLarge(final byte type, final ProtoMessage txn) {
        final long before = larch.application.index();
        if (type == KvCommand.TXN) {
            larch.write(type, txn);
        } else {
            larch.read(type, txn);
        }
        assertEquals(KvError.REQUEST_TOO_LARGE, larch.error);
        assertEquals(before, larch.application.index());
    }

    @Test
    @Tag("slow")
    void shouldLimitWhatIsCompared() {
        assertNotNull(larch.write(KvCommand.TXN, repeated(SOME, 1, compare())));
        assertTooLarge(KvCommand.TXN, repeated(MANY, 1, compare()));
        final ProtoMessage nested = message().element(4, repeated(MANY / 10, 1, compare()));
        assertTooLarge(KvCommand.TXN, repeated(10, 3, nested).all(repeated(10, 2, nested)));
    }

    @Test
    void shouldLimitWhatAReadCompares() {
        final int some = LookLimit.OF_READS / KEYS - 1;
        assertNotNull(larch.read(KvCommand.TXN_READ, repeated(some, 1, compare())));
        assertTooLarge(KvCommand.TXN_READ, repeated(some + 2, 1, compare()));
    }

    @Test
    void shouldLimitWhatIsCountedInThePast() {
        assertLimited(message().element(1, range().flag(9, true).number(4, KEYS)));
        final ProtoMessage now = message().element(1, range().flag(9, true));
        assertNotNull(larch.write(KvCommand.TXN, repeated(MANY, 2, now)));
    }

    @Test
    @Tag("slow")
    void shouldLimitWhatIsFiltered() {
        assertLimited(message().element(1, range().number(3, 1).number(10, KEYS * 2)));
    }

    @Test
    void shouldLimitWhatIsDeletedAgainAndAgain() {
        assertTooLarge(KvCommand.TXN, repeated(MANY, 2, message().element(3, range())));
        assertLimited(message().element(3, range()));
    }

    /** What is deleted has to be passed, too, until it is compacted; whether it is swept or not. */
    @Test
    void shouldCountWhatIsDeletedUntilItIsCompacted() {
        final ProtoMessage isEmpty = message().text(3, "k").text(64, "l");
        try (KvFixture other = withKeys()) {
            for (final KvFixture each : new KvFixture[] {larch, other}) {
                each.write(KvCommand.DELETE_RANGE, range());
                each.write(KvCommand.TXN, repeated(MANY, 1, isEmpty));
                assertEquals(KvError.REQUEST_TOO_LARGE, each.error);
                each.write(KvCommand.COMPACT, message().number(1, each.revision));
            }
            other.settle();
            for (final KvFixture each : new KvFixture[] {larch, other}) {
                assertNotNull(each.write(KvCommand.TXN, repeated(MANY, 1, isEmpty)));
            }
        }
    }

    @Test
    void shouldReadManyRangesInSlicesOfSoManyKeys() {
        final int count = 100;
        final ProtoMessage past = message().element(1, range().flag(9, true).number(4, KEYS));
        final SlicedRead read = larch.open(KvCommand.TXN_READ, repeated(count, 2, past));
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        int slices = 0;
        int end = 0;
        while (!read.isDone()) {
            end = read.write(target, end, 1 << 16, 2 * KEYS);
            slices++;
        }
        read.close();
        assertTrue(slices >= count / 2, "slices: " + slices);
    }
}
