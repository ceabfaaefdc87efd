package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Reply;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.request.TimedReplies;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class EngineStatsTest {
    private static final long MS = 1_000_000L;
    private static final long START = 1_000 * MS;

    private final AtomicLong nanoTime = new AtomicLong(START);
    private final AtomicLong epochNanos = new AtomicLong(1_700_000_000_000L * MS);
    private final EngineStats stats =
            new EngineStats(nanoTime::get, epochNanos::get, new EngineCounters(null));
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final RaftMessage message = new RaftMessage();

    @Test
    void shouldTakeTheTimeFromTheSendingOfAnAppendToItsAcknowledgement() {
        stats.sent(message(MessageType.APPEND, 1, 8, 0, 0), true, START);
        stats.received(message(MessageType.APPEND_REPLY, 8, 1, START, 0), true, START + 3 * MS);

        final FollowerLatency follower = followers().get(8L);
        assertEquals(3, follower.currentMs());
        assertEquals(1, follower.successes());
        assertEquals(1, stats.self().sendCount());
        assertEquals(0, stats.self().recvCount());
    }

    @Test
    void shouldCountAppendsOnly() {
        for (final MessageType type : MessageType.values()) {
            stats.sent(message(type, 1, 8, 0, 0), true, START);
            stats.received(message(type, 8, 1, START, 0), false, START);
        }

        assertEquals(1, stats.self().sendCount());
        assertEquals(1, stats.self().recvCount());
        assertEquals(0, followers().get(8L).successes());
    }

    @Test
    void shouldNotTakeTheTimeOfAnswersToSnapshotsOrToAnEarlierLife() {
        stats.received(message(MessageType.APPEND_REPLY, 8, 1, 0, 0), true, START + MS);
        stats.received(message(MessageType.APPEND_REPLY, 8, 1, START - 1, 0), true, START + MS);
        stats.received(message(MessageType.APPEND_REPLY, 8, 1, START + 2 * MS, 0), true, START);

        assertTrue(followers().isEmpty());
    }

    @Test
    void shouldCountWhatWasRefusedNotTakenOrLostAsFailed() {
        stats.unreachable(9);
        stats.sent(message(MessageType.APPEND, 1, 8, 0, 0), false, START);
        stats.received(
                message(MessageType.APPEND_REPLY, 8, 1, START, RaftMessage.REJECT), true, START);
        stats.unreachable(8);

        assertEquals(Map.of(8L, 3L), fails());
        assertEquals(0, stats.self().sendCount());
    }

    @Test
    void shouldCountLeadersSeen() {
        stats.roleChanged(0, false);
        stats.roleChanged(8, false);
        stats.roleChanged(8, false);
        stats.roleChanged(0, false);
        stats.roleChanged(9, false);

        assertEquals(2, stats.leaderChanges());
    }

    @Test
    void shouldTakeTheTimeOfAnswersThatAnotherThreadHandsOn() {
        final ReplyTimes times = stats.repliesElsewhere();
        final TimedReplies replies = new TimedReplies(reply -> {}, times, nanoTime::get);
        final CommandEnvelope command = command();
        stats.arrived();
        stats.proposed(command, command.timestampNanos(), 10);
        stats.syncing();
        stats.synced(10);
        stats.applying(10, START);
        stats.answered(command.timestampNanos(), 10, true);
        stats.applied(START, START + 2 * MS);
        stats.batchEnded();
        assertEquals(0, stats.stages().recorder(Stage.REPLY).count());

        nanoTime.set(START + 9 * MS);
        replies.onReply(result(1, Action.SET));
        replies.onReply(result(2, Action.GET));
        replies.onBatchEnd();
        replies.onBatchEnd();
        stats.batchEnded();

        assertEquals(1, stats.stages().recorder(Stage.REPLY).count());
        assertEquals(7 * MS, stats.stages().recorder(Stage.REPLY).sumNanos());
        assertEquals(2 * MS, stats.stages().recorder(Stage.APPLY).sumNanos());
    }

    @Test
    void shouldForgetTimesThatNobodyFetches() {
        final ReplyTimes times = stats.repliesElsewhere();
        for (int i = 0; i < 1_000; i++) {
            times.add(MS, 1);
        }
        stats.batchEnded();
        times.add(MS, 1);
        stats.batchEnded();

        final long count = stats.stages().recorder(Stage.REPLY).count();
        assertTrue(count > 100 && count < 1_000, () -> "counted " + count);
    }

    @Test
    void shouldCarryTheEdgesTimeInTheCommand() {
        final CommandEnvelope command = command();
        assertEquals(0, command.edgeNanos());
        CommandEnvelope.encodeEdgeTime(buffer, 0, 12_345_678);
        assertEquals(12_345_000, command.edgeNanos());
        CommandEnvelope.encodeEdgeTime(buffer, 0, Long.MAX_VALUE);
        assertEquals(65_535_000, command.edgeNanos());
        CommandEnvelope.encodeEdgeTime(buffer, 0, -1);
        assertEquals(0, command.edgeNanos());
    }

    private CommandEnvelope command() {
        KeysCommand.encodeHeader(
                buffer,
                0,
                CommandType.SET,
                0,
                1,
                epochNanos.get(),
                CommandEnvelope.PERMANENT,
                0,
                0,
                0,
                0);
        return new CommandEnvelope().wrap(buffer, 0);
    }

    private static Reply result(final long correlationId, final Action action) {
        final ExpandableArrayBuffer event = new ExpandableArrayBuffer();
        EventFlyweight.encodeHeader(event, 0, action, 0, 4);
        return new Reply()
                .begin(Reply.Kind.RESULT, correlationId)
                .indexes(4, 10, 1)
                .bytes(event, 0, 64);
    }

    private RaftMessage message(
            final MessageType type,
            final long from,
            final long to,
            final long echoNanos,
            final int flags) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        RaftMessage.encodeHeader(bytes, 0, type);
        bytes.putLong(RaftMessage.FROM_OFFSET, from, ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RaftMessage.TO_OFFSET, to, ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RaftMessage.ECHO_NANOS_OFFSET, echoNanos, ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(RaftMessage.FLAGS_OFFSET, flags, ByteOrder.LITTLE_ENDIAN);
        return message.wrap(bytes, 0, RaftMessage.HEADER_LENGTH);
    }

    private Map<Long, FollowerLatency> followers() {
        final Map<Long, FollowerLatency> followers = new TreeMap<>();
        stats.leader().forEach(followers::put);
        return followers;
    }

    private Map<Long, Long> fails() {
        final Map<Long, Long> fails = new TreeMap<>();
        stats.leader().forEach((id, f) -> fails.put(id, f.fails()));
        return fails;
    }
}
