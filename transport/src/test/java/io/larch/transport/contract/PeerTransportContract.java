package io.larch.transport.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every transport keeps, whatever it goes over. */
public abstract class PeerTransportContract {
    @TempDir Path directory;
    protected Cluster cluster;

    @BeforeEach
    void start() {
        cluster = newCluster(directory);
    }

    protected abstract Cluster newCluster(Path where);

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldCarryMessagesBothWays() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        assertTrue(one.send(two, MessageType.VOTE, 7));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");
        assertTrue(two.send(one, MessageType.VOTE_REPLY, 8));
        cluster.run(() -> one.received.size() == 1, "the answer arrives");

        assertEquals(MessageType.VOTE, two.received.get(0).type());
        assertEquals(1, two.received.get(0).from());
        assertEquals(7, two.received.get(0).index());
        assertTrue(two.received.get(0).sendNanos() != 0);
        assertEquals(8, one.received.get(0).index());
    }

    @Test
    void shouldKeepTheOrderOfEachStreamAmongThreeMembers() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final TestMember three = cluster.add(3);
        cluster.connectAll();

        final int count = 5_000;
        final Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            final byte[] body = new byte[random.nextInt(3_000)];
            for (final TestMember to : List.of(two, three)) {
                assertTrue(one.send(to.id, MessageType.APPEND, i, body));
                assertTrue(one.send(to, MessageType.HEARTBEAT, i));
            }
            if (i % 50 == 0) {
                one.turn();
                two.turn();
                three.turn();
            }
        }
        cluster.run(
                () -> two.received.size() == 2 * count && three.received.size() == 2 * count,
                "all arrive");

        final long[] expected = LongStream.range(0, count).toArray();
        for (final TestMember to : List.of(two, three)) {
            assertArrayEquals(expected, to.receivedIndexes(MessageType.APPEND));
            assertArrayEquals(expected, to.receivedIndexes(MessageType.HEARTBEAT));
        }
    }

    @Test
    void shouldCarryTheLongestMessagesInOrder() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        final Random random = new Random(2);
        final int[] lengths = {100, 600 << 10, 12 << 20, 3, 1 << 20, 10 << 20, 511 << 10};
        final byte[][] bodies = new byte[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            bodies[i] = new byte[lengths[i]];
            random.nextBytes(bodies[i]);
            assertTrue(one.send(two.id, MessageType.APPEND, i, bodies[i]));
        }
        cluster.run(() -> two.received.size() == lengths.length, "all arrive");

        for (int i = 0; i < lengths.length; i++) {
            assertEquals(i, two.received.get(i).index());
            assertArrayEquals(bodies[i], two.received.get(i).body());
        }
    }

    @Test
    void shouldRefuseToSendToNobody() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);

        assertFalse(one.send(two, MessageType.VOTE, 1));
        cluster.connectAll();
        assertFalse(one.send(99, MessageType.VOTE, 1, new byte[0]));
        assertEquals(2, one.count(TransportCounter.REFUSED_NOT_CONNECTED));
    }

    @Test
    void shouldHandOverNoMoreThanAskedForAndKeepTheRest() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        final int count = 50;
        for (int i = 0; i < count; i++) {
            assertTrue(one.send(two, MessageType.HEARTBEAT, i));
        }
        one.transport.flush();

        while (two.received.size() < count) {
            final int before = two.received.size();
            final int told = two.transport.poll(two, 7);
            if (told == 0) {
                cluster.selector().await(TimeUnit.MILLISECONDS.toNanos(1));
            }
            assertEquals(two.received.size() - before, told);
            assertTrue(told <= 7);
            assertTrue(two.received.size() == count || told < 7 || isDueNow(two));
        }
    }

    private boolean isDueNow(final TestMember member) {
        return member.transport.nextDeadlineNanos(cluster.nanoTime()) - cluster.nanoTime() <= 0;
    }

    @Test
    void shouldDropWhatIsForOthersAndCountIt() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        one.transport.send(one.message(5, 2, 0, MessageType.VOTE, 1, new byte[0]));
        one.transport.send(one.message(TestMember.CLUSTER, 2, 9, MessageType.VOTE, 2, new byte[0]));
        one.transport.send(one.message(TestMember.CLUSTER, 2, 1, MessageType.VOTE, 3, new byte[0]));
        cluster.run(() -> !two.received.isEmpty(), "the right one arrives");

        assertArrayEquals(new long[] {3}, two.receivedIndexes(MessageType.VOTE));
        assertEquals(1, two.count(TransportCounter.DROPPED_FOREIGN));
        assertEquals(1, two.count(TransportCounter.DROPPED_STALE));
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneIsSilent() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final TestMember silent = cluster.add(3);
        cluster.connectAll();
        final List<TestMember> awake = List.of(one, two);

        // Its silence must not be noticed before there is no room for more.
        cluster.slowDown(20);
        final byte[] body = new byte[1 << 20];
        boolean isTaken = true;
        int count = 0;
        while (isTaken) {
            isTaken = one.send(silent.id, MessageType.APPEND, count, body);
            assertTrue(one.send(two.id, MessageType.APPEND, count, body));
            count++;
            final int expected = count;
            cluster.run(awake, () -> two.received.size() == expected, "the other one hears");
        }
        assertEquals(1, one.count(TransportCounter.REFUSED_BACK_PRESSURED));

        cluster.slowDown(1);
        cluster.run(awake, () -> one.unreachable.contains(3L), "the silence is noticed");
        assertEquals(List.of(3L), one.unreachable);
        cluster.run(
                awake,
                () -> !one.send(silent, MessageType.HEARTBEAT, 1),
                "each of its streams is gone");
        assertTrue(one.count(TransportCounter.LOST_WITH_CONNECTION) > 0);
        assertTrue(one.send(two, MessageType.HEARTBEAT, 1));
        silent.received.clear();
        cluster.run(
                () ->
                        one.send(silent, MessageType.HEARTBEAT, 2)
                                && silent.receivedIndexes(MessageType.HEARTBEAT).length > 0,
                "it wakes up and hears");
    }

    @Test
    void shouldTalkAgainWithAPeerThatRestarted() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        assertTrue(one.send(two, MessageType.VOTE, 1));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");

        for (int life = 2; life < 4; life++) {
            final TestMember again = cluster.restart(cluster.member(2), life);
            again.transport.connect(1, List.of(one.url()));
            one.received.clear();
            cluster.run(
                    () -> again.send(one, MessageType.HEARTBEAT, 5) && !one.received.isEmpty(),
                    "it is heard");
            cluster.run(
                    () -> one.send(again, MessageType.HEARTBEAT, 6) && !again.received.isEmpty(),
                    "it hears");
        }
    }

    @Test
    void shouldTryTheNextUrlWhenOneIsUnreachable() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final int nobody = FreePort.next();
        one.transport.connect(
                2,
                List.of(
                        cluster.scheme() + "://127.0.0.1:" + nobody,
                        cluster.scheme() + "://no-such-host.invalid:2380",
                        cluster.scheme() + "://localhost:" + two.port));
        two.transport.connect(1, List.of(one.url()));
        cluster.run(() -> cluster.isConnected(one) && cluster.isConnected(two), "they meet");

        assertTrue(one.send(two, MessageType.VOTE, 1));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");
    }

    @Test
    void shouldFollowAPeerToAnotherUrl() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        cluster.remove(two);
        final TestMember moved = cluster.add(2);
        moved.transport.connect(1, List.of(one.url()));
        one.transport.connect(2, List.of(moved.url()));
        cluster.run(
                () -> one.send(moved, MessageType.VOTE, 1) && !moved.received.isEmpty(),
                "the vote arrives");

        assertEquals(1, one.count(TransportCounter.ADDRESSES_CHANGED));
    }

    @Test
    void shouldLetMessagesLeaveBeforeADisconnectedPeerIsForgotten() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        final byte[] body = new byte[6 << 20];

        assertTrue(one.send(2, MessageType.APPEND, 1, body));
        assertTrue(one.send(two, MessageType.REMOVED, 2));
        one.transport.disconnect(2);
        assertFalse(one.send(two, MessageType.HEARTBEAT, 3));
        cluster.run(() -> two.received.size() == 2, "what was handed over arrives");
    }

    @Test
    void shouldTalkOverIpv6() {
        final TestMember one = cluster.add(1, "[::1]", FreePort.next(), 1);
        final TestMember two = cluster.add(2, "[::1]", FreePort.next(), 1);
        cluster.connectAll();

        assertTrue(one.send(2, MessageType.APPEND, 1, new byte[100_000]));
        cluster.run(() -> two.received.size() == 1, "the append arrives");
    }

    @Test
    void shouldHearOnAllAddressesAndOnSeveral() {
        final int port = FreePort.next();
        final TestMember all = cluster.add(1, "0.0.0.0", port, 1);
        final int second = FreePort.next();
        final TestMember several =
                cluster.addHearing(
                        2,
                        "[::1]",
                        second,
                        (List.of(
                                cluster.scheme() + "://127.0.0.1:" + second,
                                cluster.scheme() + "://[::1]:" + second)));
        final TestMember third = cluster.add(3);
        all.transport.connect(2, List.of(cluster.scheme() + "://127.0.0.1:" + second));
        several.transport.connect(1, List.of(cluster.scheme() + "://127.0.0.1:" + port));
        third.transport.connect(2, List.of(several.url()));
        several.transport.connect(3, List.of(third.url()));
        cluster.run(
                () ->
                        all.send(several, MessageType.VOTE, 1)
                                && third.send(several, MessageType.VOTE, 3)
                                && several.received.stream().anyMatch(each -> each.from() == 1)
                                && several.received.stream().anyMatch(each -> each.from() == 3),
                "both are heard");
    }

    @Test
    void shouldHearEverythingOnceThoughAnAddressIsNamedTwice() {
        final int port = FreePort.next();
        final TestMember one = cluster.add(1);
        final TestMember two =
                cluster.addHearing(
                        2,
                        "127.0.0.1",
                        port,
                        (List.of(
                                cluster.scheme() + "://localhost:" + port,
                                cluster.scheme() + "://127.0.0.1:" + port)));
        cluster.connectAll();
        for (int i = 0; i < 3; i++) {
            assertTrue(one.send(two, MessageType.VOTE, i));
        }
        cluster.run(() -> two.received.size() >= 3, "the votes arrive");

        assertArrayEquals(new long[] {0, 1, 2}, two.receivedIndexes(MessageType.VOTE));
    }

    @Test
    @Timeout(60)
    void shouldEndTheWaitWhenAMessageArrives() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        assertTrue(one.send(two, MessageType.VOTE, 1));
        one.transport.flush();
        while (two.received.isEmpty()) {
            cluster.selector().await(TimeUnit.HOURS.toNanos(1));
            two.transport.poll(two, 10);
        }
        assertTrue(two.send(one, MessageType.VOTE_REPLY, 1));
        two.transport.flush();
        while (one.received.isEmpty()) {
            cluster.selector().await(TimeUnit.HOURS.toNanos(1));
            one.transport.poll(one, 10);
        }
    }

    @Test
    void shouldTellAPeerThatDoesNotKnowItWhereItIs() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        two.transport.start();
        one.transport.connect(2, List.of(two.url()));
        cluster.run(() -> one.send(two, MessageType.HEARTBEAT, 1), "it is connected");
        cluster.run(() -> two.received.size() == 1, "what a stranger says arrives");
        assertFalse(two.send(one, MessageType.HEARTBEAT_REPLY, 1));

        cluster.run(() -> two.strangers.containsKey(1L), "it is told of");
        assertEquals(List.of(one.url()), two.strangers.get(1L));
        two.transport.connect(1, two.strangers.get(1L));
        cluster.run(() -> two.send(one, MessageType.HEARTBEAT_REPLY, 2), "it is answered");
        cluster.run(() -> one.received.size() == 1, "the answer arrives");

        assertEquals(2, one.received.get(0).index());
        assertTrue(one.strangers.isEmpty(), () -> "" + one.strangers);
    }

    @Test
    void shouldSayWhereItIsToBeFoundSinceItMoved() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        two.transport.start();
        one.transport.moved(List.of(cluster.scheme() + "://moved.invalid:1"));
        one.transport.connect(2, List.of(two.url()));
        cluster.run(() -> two.strangers.containsKey(1L), "it is told of");

        assertEquals(List.of(cluster.scheme() + "://moved.invalid:1"), two.strangers.get(1L));
    }

    @Test
    void shouldSayWhereItIsUntilItIsAnswered() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        two.transport.start();
        one.transport.connect(2, List.of(two.url()));
        for (int round = 0; round < 3; round++) {
            cluster.run(() -> !two.strangers.isEmpty(), "it is told of again");
            two.strangers.clear();
        }

        two.transport.connect(1, List.of(one.url()));
        cluster.run(() -> two.send(one, MessageType.HEARTBEAT, 0), "both are connected");
        cluster.run(() -> one.received.size() == 1, "something is heard");
        final long hellos = one.count(TransportCounter.HELLOS_SENT);
        for (int i = 1; i < 20; i++) {
            final int count = i + 1;
            cluster.skip(TimeUnit.MILLISECONDS.toNanos(200));
            assertTrue(two.send(one, MessageType.HEARTBEAT, i));
            cluster.run(() -> one.received.size() == count, "the next is heard");
        }

        assertEquals(hellos, one.count(TransportCounter.HELLOS_SENT));
        assertTrue(two.strangers.isEmpty(), () -> "" + two.strangers);
    }

    @Test
    void shouldBeFoundAtOtherUrlsThanThoseThatAPeerKnows() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final String wrong = cluster.scheme() + "://127.0.0.1:" + FreePort.next();
        two.transport.connect(1, List.of(wrong));
        one.transport.connect(2, List.of(two.url()));

        cluster.run(() -> two.strangers.containsKey(1L), "it says that it is elsewhere");
        assertEquals(List.of(one.url()), two.strangers.get(1L));
        two.transport.connect(1, two.strangers.get(1L));

        cluster.run(() -> two.send(one, MessageType.VOTE_REPLY, 1), "it is found");
        cluster.run(() -> one.received.size() == 1, "the answer arrives");
    }
}
