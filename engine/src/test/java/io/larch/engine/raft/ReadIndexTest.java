package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadIndexTest {
    @Test
    void shouldAnswerAtOnceWhenItIsTheOnlyVoter() {
        final SimCluster cluster = SimCluster.of(1);
        cluster.elect(1);
        cluster.propose(1, "a");
        cluster.node(1).readIndex(7);
        assertEquals(List.of(new SimNode.Answer(7, 2)), cluster.node(1).answers());
    }

    @Test
    void shouldAnswerAfterARoundOfHeartbeats() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.propose(1, "a");
        cluster.node(1).readIndex(7);
        assertTrue(cluster.node(1).answers().isEmpty());
        cluster.deliver();
        assertEquals(List.of(new SimNode.Answer(7, 2)), cluster.node(1).answers());
    }

    @Test
    void shouldAnswerAFollowersRead() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.propose(1, "a");
        cluster.node(2).readIndex(7);
        cluster.deliver();
        assertEquals(List.of(new SimNode.Answer(7, 2)), cluster.node(2).answers());
    }

    @Test
    void shouldNotAnswerWithoutAQuorum() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(1);
        cluster.node(1).readIndex(7);
        cluster.tick(5);
        assertTrue(cluster.node(1).answers().isEmpty());
        cluster.tick(20);
        assertEquals(List.of(new SimNode.Answer(7, -1)), cluster.node(1).answers());
    }

    @Test
    void shouldWaitForAnEntryOfTheOwnTerm() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.lose(p -> p.type() == MessageType.APPEND);
        cluster.elect(1);
        cluster.node(1).readIndex(7);
        cluster.tick(3);
        assertTrue(cluster.node(1).answers().isEmpty());
        cluster.heal();
        cluster.tick(3);
        assertEquals(List.of(new SimNode.Answer(7, 1)), cluster.node(1).answers());
    }

    @Test
    void shouldNotBeConfirmedByAnswersToAnOlderRound() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        final java.util.List<SimNode.Packet> late = new java.util.ArrayList<>();
        cluster.lose(p -> p.type() == MessageType.HEARTBEAT_REPLY && late.add(p));
        cluster.node(1).readIndex(7);
        cluster.deliver();
        cluster.lose(p -> p.from() != 1);
        cluster.node(1).readIndex(8);
        cluster.deliver();
        late.forEach(cluster.node(1)::step);
        assertEquals(List.of(new SimNode.Answer(7, 1)), cluster.node(1).answers());
    }

    @Test
    void shouldReadByLeaseWithinTheElectionTimeout() {
        final SimCluster cluster = SimCluster.with(c -> c.leaseReads(true), 1, 2, 3);
        cluster.elect(1);
        cluster.tick(3);
        cluster.isolate(1);
        cluster.node(1).readIndex(7);
        assertEquals(1, cluster.node(1).answers().size());
        cluster.node(1).core().tick(1000);
        cluster.node(1).pump();
        cluster.node(1).readIndex(8);
        assertTrue(
                cluster.node(1).answers().stream()
                        .noneMatch(a -> a.requestId() == 8 && a.index() >= 0));
    }
}
