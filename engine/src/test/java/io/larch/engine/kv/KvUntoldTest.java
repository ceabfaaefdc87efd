package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Members hold the same whether or not somebody there waits for the answer to a write, and whatever
 * their seeds are.
 */
class KvUntoldTest {
    private static final int PUT = 2;
    private static final int DELETE_RANGE = 3;
    private static final int RANGE = 1;
    private static final int TXN = 4;

    private final Random random = new Random(5);

    private String key() {
        return "" + (char) ('a' + random.nextInt(8));
    }

    private ProtoMessage range() {
        final String[] ends = {"", "\0", key()};
        final ProtoMessage range = message().text(1, key()).text(2, ends[random.nextInt(3)]);
        if (random.nextInt(10) == 0) {
            // Of the past, which may be compacted, or of the future.
            range.number(4, 1 + random.nextInt(1_500));
        }
        return range.number(3, random.nextInt(3)).number(6, random.nextInt(2));
    }

    private ProtoMessage put() {
        return message()
                .text(1, key())
                .text(2, "value " + random.nextInt(9))
                .number(3, random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0)
                .flag(4, random.nextBoolean());
    }

    private ProtoMessage operation(final int depth) {
        return switch (random.nextInt(depth > 2 ? 5 : 6)) {
            case 0, 1 -> message().element(PUT, put());
            case 2 -> {
                final String[] ends = {"", "\0", key()};
                yield message()
                        .element(
                                DELETE_RANGE,
                                message()
                                        .text(1, key())
                                        .text(2, ends[random.nextInt(3)])
                                        .flag(3, random.nextBoolean()));
            }
            case 3, 4 -> message().element(RANGE, range());
            default -> message().element(TXN, txn(depth + 1));
        };
    }

    private ProtoMessage txn(final int depth) {
        final ProtoMessage txn = message();
        if (random.nextBoolean()) {
            txn.element(1, message().number(1, random.nextInt(3)).text(3, key()));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.element(2 + random.nextInt(2), operation(depth));
        }
        return txn;
    }

    /** etcd issue 18667: there reads of what is compacted parted the members. */
    @Test
    void shouldHoldTheSameWhetherOrNotAnAnswerIsAwaited() {
        final Set<KvErrorSeen> seen = EnumSet.noneOf(KvErrorSeen.class);
        try (KvFixture told = new KvFixture(new KvContext().seed(() -> 1));
                KvFixture untold = new KvFixture(new KvContext().seed(() -> -99))) {
            untold.awaited(false);
            final KvFixture[] members = {told, untold};
            for (final KvFixture each : members) {
                for (int lease = 1; lease <= 2; lease++) {
                    each.write(KvCommand.LEASE_GRANT, message().number(1, 60).number(2, lease));
                }
                each.watch(1, message().text(1, "a").text(2, "\0").flag(6, true).number(3, 2));
            }
            int longer = 0;
            for (int i = 0; i < 2_000; i++) {
                final byte[] txn = txn(0).bytes();
                final byte[] answer = told.write(KvCommand.TXN, txn);
                final byte[] other = untold.write(KvCommand.TXN, txn);
                assertEquals(told.error, untold.error);
                assertEquals(told.revision, untold.revision);
                seen.add(told.error == null ? KvErrorSeen.NONE : KvErrorSeen.SOME);
                longer += answer != null && answer.length > other.length ? 1 : 0;
                if (i % 100 == 99) {
                    final byte[] compact = message().number(1, told.revision - 20).bytes();
                    told.write(KvCommand.COMPACT, compact);
                    untold.write(KvCommand.COMPACT, compact);
                    told.settle();
                    untold.settle();
                    assertEquals(told.application.digest(), untold.application.digest());
                }
            }
            told.settle();
            untold.settle();
            assertTrue(longer > 500, "ranges were to be told");
            assertEquals(EnumSet.allOf(KvErrorSeen.class), seen);
            assertEquals(told.application.digest(), untold.application.digest());
            assertTrue(KvFixture.isSame(told.told.get(1L).events, untold.told.get(1L).events));
            assertTrue(told.told.get(1L).events.size() > 100);
            assertArrayEquals(records(told), records(untold));
        }
    }

    private enum KvErrorSeen {
        NONE,
        SOME
    }

    private static String[] records(final KvFixture larch) {
        return larch.snapshot().stream().map(Arrays::toString).toArray(String[]::new);
    }
}
