package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.address.FakeNames;
import io.larch.transport.address.PeerRoute;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers behind a port that is led elsewhere, and behind names that mean other addresses. */
@Tag("slow")
class MovingPeerTest {
    @TempDir Path directory;
    private final List<RememberingNat> nats = new ArrayList<>();
    private final FakeNames names = new FakeNames();
    private AeronCluster cluster;
    private TestMember one;

    @BeforeEach
    void start() {
        cluster = new AeronCluster(directory);
        one =
                cluster.add(
                        1, "127.0.0.1", FreePort.next(), 1, context -> context.hostResolver(names));
    }

    @AfterEach
    void stop() {
        names.close();
        cluster.close();
        nats.forEach(RememberingNat::close);
    }

    private RememberingNat nat(final int port) throws IOException {
        final RememberingNat nat = new RememberingNat(cluster.selector(), port);
        nats.add(nat);
        cluster.onTurn(nat::turn);
        return nat;
    }

    private void awaitHeardBy(final TestMember peer) {
        peer.received.clear();
        cluster.run(
                () -> one.send(peer, MessageType.VOTE, 1) && !peer.received.isEmpty(),
                "member " + peer.id + " hears");
    }

    /** A member that one has no way to but its NAT, and that says nothing by itself. */
    private TestMember silent(final long id) {
        final TestMember member = cluster.add(id);
        member.transport.start();
        return member;
    }

    @Test
    void shouldFollowAPeerThatARememberingNatLeadsToAnotherPort() throws IOException {
        final TestMember two = silent(2);
        final RememberingNat nat = nat(two.port);
        one.transport.connect(2, List.of(nat.url()));
        awaitHeardBy(two);

        cluster.remove(two);
        cluster.run(() -> one.count(TransportCounter.CONNECTIONS_LOST) == 1, "it is lost");
        final TestMember moved = silent(2);
        nat.leadTo(moved.port);
        awaitHeardBy(moved);
    }

    @Test
    void shouldReachAPeerThatIsPublishedAfterItWasFirstSentTo() throws IOException {
        final RememberingNat nat = nat(FreePort.next());
        one.transport.connect(2, List.of(nat.url()));
        cluster.run(() -> nat.flows() > 0, "one begins");
        final TestMember two = silent(2);
        nat.leadTo(two.port);
        awaitHeardBy(two);
    }

    /** Two containers that were restarted may get each other's addresses, for example. */
    @Test
    void shouldNoticeThatAnotherMemberHears() throws IOException {
        final TestMember two = silent(2);
        final TestMember three = silent(3);
        final RememberingNat toTwo = nat(three.port);
        final RememberingNat toThree = nat(two.port);
        one.transport.connect(2, List.of(toTwo.url()));
        one.transport.connect(3, List.of(toThree.url()));
        cluster.run(
                () ->
                        two.count(TransportCounter.STREAMS_REFUSED) > 0
                                && three.count(TransportCounter.STREAMS_REFUSED) > 0
                                && one.unreachable.containsAll(List.of(2L, 3L)),
                "they refuse what is not for them");
        toTwo.leadTo(two.port);
        toThree.leadTo(three.port);
        awaitHeardBy(two);
        awaitHeardBy(three);
        assertTrue(two.received.stream().allMatch(each -> each.index() == 1));
    }

    @Test
    void shouldTryTheNextUrlWhenAnotherMemberIsAtTheFirst() {
        final TestMember two = silent(2);
        final TestMember three = silent(3);
        one.transport.connect(2, List.of(three.url(), two.url()));
        awaitHeardBy(two);
    }

    /** Its call comes with the first connection; nobody waits for the next attempt. */
    @Test
    void shouldTryAtOnceWhenThePeerCalls() throws IOException {
        final RememberingNat nat = nat(FreePort.next());
        one.transport.connect(2, List.of(nat.url()));
        cluster.run(() -> nat.flows() > 2, "one tries");
        final int before = nat.flows();
        final TestMember two = cluster.add(2);
        nat.leadTo(two.port);
        cluster.skip(PeerRoute.MIN_ATTEMPT_NANOS);
        two.transport.connect(1, List.of(one.url()));
        cluster.run(() -> nat.flows() > before, "one tries again");
        awaitHeardBy(two);
    }

    @Test
    void shouldKeepItsPortWhileThePeerAnswers() throws IOException {
        final TestMember two = silent(2);
        final RememberingNat nat = nat(two.port);
        one.transport.connect(2, List.of(nat.url()));
        awaitHeardBy(two);
        final int before = nat.flows();
        for (int i = 0; i < 100; i++) {
            cluster.skip(TimeUnit.MILLISECONDS.toNanos(30));
            awaitHeardBy(two);
        }
        assertEquals(before, nat.flows(), () -> "" + one.counters());
    }

    @Test
    void shouldFindAPeerAtAnyOfTheAddressesOfItsName() {
        final TestMember two = silent(2);
        names.set("two", "127.0.0.77", "127.0.0.78", "127.0.0.1");
        one.transport.connect(2, List.of("http://two:" + two.port));
        awaitHeardBy(two);
    }

    @Test
    void shouldFollowAPeerWhoseNameMeansAnotherAddress() {
        final int port = FreePort.next();
        final TestMember two = cluster.add(2, "127.0.0.1", port, 1, context -> context);
        two.transport.start();
        names.set("two", "127.0.0.1");
        one.transport.connect(2, List.of("http://two:" + port));
        awaitHeardBy(two);

        cluster.remove(two);
        final TestMember moved = cluster.add(2, "127.0.0.2", port, 2, context -> context);
        moved.transport.start();
        names.set("two", "127.0.0.2");
        awaitHeardBy(moved);
    }

    @Test
    void shouldNotWaitForAServerOfNamesThatDoesNotAnswer() {
        final TestMember two = silent(2);
        names.silence("gone");
        names.set("two", "127.0.0.1");
        one.transport.connect(2, List.of("http://gone:1", "http://two:" + two.port));
        awaitHeardBy(two);

        names.silence("two");
        cluster.remove(two);
        cluster.run(() -> one.count(TransportCounter.CONNECTIONS_LOST) > 0, "it is lost");
        final TestMember again = cluster.add(2, "127.0.0.1", two.port, 2, context -> context);
        again.transport.start();
        awaitHeardBy(again);
    }
}
