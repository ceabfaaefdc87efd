package io.larch.engine.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class ClusterClockTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final long HOUR = 3_600 * SECOND;
    private static final long EPOCH = 1_700_000_000L * SECOND;

    private record Entry(long term, long time) {}

    private final AtomicLong nanoTime = new AtomicLong(77 * SECOND);
    private final AtomicLong wall = new AtomicLong(EPOCH);
    private final List<Entry> log = new ArrayList<>();
    private ClusterClock clock = newClock();

    private ClusterClock newClock() {
        return new ClusterClock(nanoTime::get, wall::get);
    }

    @Test
    void shouldBeginWithTheWallClockOfTheFirstLeader() {
        elect(1);

        assertEquals(EPOCH, stamp());
    }

    @Test
    void shouldGoOnEvenlyWhenTheWallClockOfTheLeaderJumps() {
        elect(1);
        pass(SECOND);
        wall.addAndGet(HOUR);
        assertEquals(EPOCH + SECOND, stamp());
        wall.addAndGet(-2 * HOUR);
        pass(SECOND);
        assertEquals(EPOCH + 2 * SECOND, stamp());
    }

    @Test
    void shouldGoOnFromTheLastLeadersTimeWithAnotherWallClock() {
        wall.addAndGet(-HOUR);
        applied(1, EPOCH);
        pass(2 * SECOND);
        clock.follows();

        elect(2);

        assertBetween(EPOCH + 2 * SECOND - 2 * MS, EPOCH + 2 * SECOND, stamp());
    }

    @Test
    void shouldKeepTheBestOfItsBounds() {
        applied(1, EPOCH);
        pass(SECOND);
        // Long under way.
        applied(1, EPOCH + 400 * MS);
        assertBetween(EPOCH + SECOND - MS, EPOCH + SECOND, clock.now());
        applied(1, EPOCH + SECOND);
        assertEquals(EPOCH + SECOND, clock.now());
    }

    @Test
    void shouldTakeTheTimeOfANewLeaderThatIsBehindItsOwn() {
        elect(1);
        applied(1, stamp());
        pass(10 * SECOND);

        applied(2, EPOCH + 9 * SECOND);

        assertEquals(EPOCH + 9 * SECOND, clock.now());
        pass(SECOND);
        clock.follows();
        elect(3);
        assertBetween(EPOCH + 10 * SECOND - MS, EPOCH + 10 * SECOND, stamp());
    }

    @Test
    void shouldGoOnWithItsOwnTimeWhenNobodyElseHasStampedSince() {
        elect(1);
        pass(HOUR);
        clock.rest();
        pass(SECOND);

        elect(3);

        assertBetween(EPOCH + HOUR + SECOND - MS, EPOCH + HOUR + SECOND, stamp());
    }

    @Test
    void shouldNotBeBehindWhatStandsInItsLog() {
        applied(1, EPOCH);
        log.add(new Entry(1, EPOCH + 3 * SECOND));
        elect(2);
        assertEquals(EPOCH + 3 * SECOND, stamp());
    }

    @Test
    void shouldNotAddTimeToStampsOfALeaderItHasAppliedNothingOf() {
        applied(1, EPOCH);
        pass(10 * SECOND);
        log.add(new Entry(2, EPOCH + SECOND));

        elect(3);

        assertEquals(EPOCH + SECOND, stamp());
    }

    @Test
    void shouldGoOnFromASnapshot() {
        elect(1);
        pass(HOUR);
        applied(1, stamp());
        final ExpandableArrayBuffer encoded = new ExpandableArrayBuffer();
        final int length = clock.encode(encoded, 0);

        clock = newClock();
        clock.decode(encoded, 0, length, 1);
        wall.addAndGet(-5 * HOUR);
        elect(2);

        assertEquals(EPOCH + HOUR, stamp());
    }

    @Test
    void shouldLookAtNoStampOfAClientsCommandFromBeforeThereWasAClock() {
        clock.applying(1, command(CommandType.SYNC, EPOCH));
        clock.applying(1, command(CommandType.SET, EPOCH + HOUR));

        assertEquals(EPOCH, clock.now());
    }

    @Test
    void shouldShowTheWallClockInTextsAtOnceWhenAllWereDown() {
        applied(1, EPOCH);
        wall.addAndGet(HOUR);
        elect(2);

        assertTrue(clock.isToCatchUp());
        assertEquals(HOUR, clock.nextWallOffset());
        sync(2);
        assertEquals(HOUR, clock.wallOffset());
        assertFalse(clock.isToCatchUp());
        // From now on it follows slowly.
        wall.addAndGet(HOUR);
        pass(SECOND);
        assertEquals(HOUR + 100 * MS, clock.nextWallOffset());
    }

    @Test
    void shouldFollowTheWallClockInTextsByATenthOfTheTime() {
        elect(1);
        sync(1);
        wall.addAndGet(-HOUR);
        for (int i = 1; i <= 10; i++) {
            pass(SECOND);
            sync(1);
            assertEquals(-i * 100 * MS, clock.wallOffset());
        }
        wall.addAndGet(HOUR);
        for (int i = 0; i < 12; i++) {
            pass(SECOND);
            sync(1);
        }
        assertEquals(0, clock.wallOffset());
        assertEquals(EPOCH + 22 * SECOND, clock.now());
    }

    @Test
    void shouldNotFollowWhatIsHardlyADifference() {
        elect(1);
        wall.addAndGet(50 * MS);
        pass(SECOND);

        assertEquals(0, clock.nextWallOffset());
    }

    @Test
    void shouldKeepTheTtlWhenItStamps() {
        elect(1);
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        for (final long ttl : new long[] {0, SECOND, HOUR, Long.MAX_VALUE - 5 * HOUR}) {
            encode(buffer, CommandType.SET, 5 * HOUR, 5 * HOUR + ttl);
            clock.stamp(buffer, 0, KeysCommand.HEADER_LENGTH);
            final CommandEnvelope command = new CommandEnvelope().wrap(buffer, 0);
            assertEquals(EPOCH, command.timestampNanos());
            final long moved = EPOCH + ttl < EPOCH ? Long.MAX_VALUE : EPOCH + ttl;
            assertEquals(moved, command.expirationNanos());
            assertTrue(command.has(CommandEnvelope.CLUSTER_TIME));
        }
        encode(buffer, CommandType.SET, 5 * HOUR, CommandEnvelope.PERMANENT);
        clock.stamp(buffer, 0, KeysCommand.HEADER_LENGTH);
        assertEquals(
                CommandEnvelope.PERMANENT, new CommandEnvelope().wrap(buffer, 0).expirationNanos());
    }

    private static void assertBetween(final long low, final long high, final long value) {
        assertTrue(
                low <= value && value <= high,
                () -> (value - low) + " ns above " + low + ", " + (high - value) + " below");
    }

    private void pass(final long nanos) {
        nanoTime.addAndGet(nanos);
        wall.addAndGet(nanos);
    }

    /** Elected with a log whose entries are not applied. */
    private void elect(final long term) {
        final LogStorage storage =
                (LogStorage)
                        Proxy.newProxyInstance(
                                LogStorage.class.getClassLoader(),
                                new Class<?>[] {LogStorage.class},
                                (proxy, method, arguments) ->
                                        switch (method.getName()) {
                                            case "lastIndex" -> (long) log.size();
                                            case "read" ->
                                                    read((LogStorage.EntryConsumer) arguments[3]);
                                            default ->
                                                    throw new UnsupportedOperationException(
                                                            method.getName());
                                        });
        clock.elected(term, storage, 0);
    }

    private int read(final LogStorage.EntryConsumer consumer) {
        for (int i = 0; i < log.size(); i++) {
            final Entry entry = log.get(i);
            final CommandEnvelope command = command(CommandType.SYNC, entry.time);
            consumer.onEntry(
                    i + 1,
                    entry.term,
                    EntryKind.COMMAND,
                    command.buffer(),
                    0,
                    KeysCommand.HEADER_LENGTH);
        }
        return log.size();
    }

    private long stamp() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        encode(buffer, CommandType.SET, 0, CommandEnvelope.PERMANENT);
        clock.stamp(buffer, 0, KeysCommand.HEADER_LENGTH);
        return CommandEnvelope.timestampNanos(buffer, 0);
    }

    private void applied(final long term, final long time) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        encode(buffer, CommandType.SET, 0, CommandEnvelope.PERMANENT);
        CommandEnvelope.encodeClusterTime(buffer, 0, time);
        clock.applying(term, new CommandEnvelope().wrap(buffer, 0));
    }

    /** The leader's regular SYNC, applied at once. */
    private void sync(final long term) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        KeysCommand.encodeHeader(
                buffer,
                0,
                CommandType.SYNC,
                0,
                0,
                0,
                CommandEnvelope.PERMANENT,
                clock.nextWallOffset(),
                0,
                0,
                0);
        clock.stamp(buffer, 0, KeysCommand.HEADER_LENGTH);
        clock.applying(term, new CommandEnvelope().wrap(buffer, 0));
    }

    private static CommandEnvelope command(final CommandType type, final long time) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        encode(buffer, type, time, CommandEnvelope.PERMANENT);
        return new CommandEnvelope().wrap(buffer, 0);
    }

    private static void encode(
            final ExpandableArrayBuffer buffer,
            final CommandType type,
            final long time,
            final long expiration) {
        KeysCommand.encodeHeader(buffer, 0, type, 0, 0, time, expiration, 0, 0, 0, 0);
    }
}
