package io.larch.engine.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ExpiryProposalsTest {
    private static final long MS = 1_000_000L;

    private final ExpiryProposals syncs = new ExpiryProposals(0);

    @Test
    void shouldComeTwiceASecond() {
        assertFalse(syncs.isDue(499 * MS));
        assertTrue(syncs.isDue(500 * MS));
        syncs.next(500 * MS, 0, false);
        assertEquals(1000 * MS, syncs.nextNanos());
    }

    @Test
    void shouldComeWhenSomethingExpires() {
        syncs.expiresIn(120 * MS, 100 * MS);
        assertEquals(220 * MS, syncs.nextNanos());
        syncs.expiresIn(300 * MS, 100 * MS);
        assertEquals(220 * MS, syncs.nextNanos());
        syncs.next(220 * MS, 0, false);
        assertEquals(720 * MS, syncs.nextNanos());
    }

    @Test
    void shouldLetExpireTogetherWhatExpiresAtAlmostTheSameTime() {
        syncs.next(500 * MS, 0, false);
        syncs.expiresIn(-5 * MS, 500 * MS);
        assertFalse(syncs.isDue(510 * MS));
        assertEquals(525 * MS, syncs.nextNanos());
    }

    @Test
    void shouldComeSoonWhenOneLeftSomethingToBeDone() {
        syncs.next(500 * MS, 0, false);
        syncs.hurry(4 * MS, 504 * MS);
        assertFalse(syncs.isDue(504 * MS));
        assertTrue(syncs.isDue(506 * MS));
        syncs.next(506 * MS, 0, true);
        assertFalse(syncs.isDue(600 * MS));
    }

    @Test
    void shouldSayHowMuchMayExpireToThoseWhoUnderstand() {
        final KeysCommand command = new KeysCommand();
        UnsafeBuffer sync = syncs.next(500 * MS, 7, false);
        assertTrue(KeysCommand.isWellFormed(sync, 0, sync.capacity()));
        assertEquals(CommandType.SYNC, command.wrap(sync, 0).type());
        assertEquals(0, command.valueLength());

        syncs.hurry(6 * MS, 504 * MS);
        sync = syncs.next(506 * MS, 7, true);
        assertTrue(KeysCommand.isWellFormed(sync, 0, sync.capacity()));
        assertEquals(CommandType.SYNC_SOME, command.wrap(sync, 0).type());
        assertEquals(7, command.index());
        assertEquals(4, command.valueLength());
        assertEquals(
                ExpiryPace.FIRST / 2, sync.getInt(command.valueOffset(), ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void shouldNotCareAboutWhatExpiresMuchLater() {
        syncs.expiresIn(Long.MAX_VALUE, Long.MAX_VALUE - 1);
        assertEquals(500 * MS, syncs.nextNanos());
    }
}
