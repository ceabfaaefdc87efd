package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElectionTest {
    @Test
    void shouldLeadAtOnceWhenItIsTheOnlyVoter() {
        final SimCluster cluster = SimCluster.of(1);
        cluster.node(1).campaign();
        assertTrue(cluster.core(1).isLeader());
        assertEquals(1, cluster.core(1).term());
        assertEquals(1, cluster.core(1).appliedIndex());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void shouldElectOneLeaderWhenTimePasses(final int size) {
        final long[] ids = java.util.stream.LongStream.rangeClosed(1, size).toArray();
        final SimCluster cluster = SimCluster.of(ids);
        final long leader = cluster.awaitLeader();
        cluster.tick(50);
        for (final long id : ids) {
            assertEquals(leader, cluster.core(id).leaderId());
            assertEquals(cluster.core(leader).lastIndex(), cluster.core(id).appliedIndex());
        }
    }

    @Test
    void shouldNotGrowTheTermOfAnIsolatedMember() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.tick(200);
        assertEquals(1, cluster.core(3).term());
        cluster.heal();
        cluster.tick(30);
        assertTrue(cluster.core(1).isLeader());
        assertEquals(1, cluster.core(1).term());
    }

    @Test
    void shouldStepDownWhenNoQuorumIsHeard() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(1);
        cluster.tick(25);
        assertFalse(cluster.core(1).isLeader());
        assertEquals(1, cluster.node(1).stepDowns());
        cluster.heal();
        cluster.lose(p -> p.from() == 1 || p.to() == 1);
        assertNotEquals(1, cluster.core(2).leaderId() == 0 ? 2 : cluster.awaitLeader());
    }

    @Test
    void shouldNotVoteAgainstALivingLeader() {
        final SimCluster cluster =
                SimCluster.with(config -> config.preVote(false).electionTimer(false), 1, 2, 3);
        cluster.elect(1);
        cluster.lose(p -> p.from() == 1 && p.to() == 3);
        cluster.node(3).campaign();
        cluster.deliver();
        assertTrue(cluster.core(2).leaderId() == 1);
        assertEquals(1, cluster.core(2).term());
    }

    @Test
    void shouldUnstickAMemberWhoseTermIsAhead() {
        final SimCluster cluster = SimCluster.with(config -> config.preVote(false), 1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.node(3).campaign();
        cluster.heal();
        cluster.tick(40);
        final long leader = cluster.awaitLeader();
        assertEquals(cluster.core(leader).term(), cluster.core(3).term());
        assertEquals(leader, cluster.core(3).leaderId());
    }

    @Test
    void shouldNotElectAMemberThatLacksACommittedEntry() {
        final SimCluster cluster = SimCluster.with(c -> c.electionTimer(false), 1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.propose(1, "a");
        cluster.isolate(1);
        cluster.tick(20);
        cluster.elect(3);
        assertFalse(cluster.core(3).isLeader());
        cluster.elect(2);
        assertTrue(cluster.core(2).isLeader());
        assertEquals(java.util.List.of("a"), cluster.names(3));
    }

    @Test
    void shouldKeepVoteAcrossACrash() {
        final SimCluster cluster = SimCluster.with(c -> c.preVote(false), 1, 2, 3);
        cluster.isolate(3);
        cluster.lose(p -> p.to() == 3 || p.type() == MessageType.VOTE_REPLY);
        cluster.elect(1);
        assertEquals(1, cluster.core(2).votedFor());
        cluster.node(2).crash();
        assertEquals(1, cluster.core(2).votedFor());
        assertEquals(1, cluster.core(2).term());
    }

    @Test
    void shouldHoldAVoteBackUntilItIsDurable() {
        final SimCluster cluster = SimCluster.with(c -> c.preVote(false), 1, 2);
        cluster.node(2).diskManual(true);
        cluster.node(1).diskManual(true);
        cluster.elect(1);
        assertEquals(0, cluster.core(2).term(), "the request must wait for the candidate's disk");
        cluster.node(1).sync();
        cluster.deliver();
        assertEquals(1, cluster.core(2).votedFor());
        assertFalse(cluster.core(1).isLeader());
        cluster.node(2).sync();
        cluster.deliver();
        assertTrue(cluster.core(1).isLeader());
    }

    @Test
    void shouldNotLeadOnlyFromStaleLog() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.node(1).load(new HardState(2, 0, 0), null, SimCluster.entries(1, 2));
        cluster.node(2).load(new HardState(3, 0, 0), null, SimCluster.entries(1, 1, 1));
        cluster.node(3).load(new HardState(3, 0, 0), null, SimCluster.entries(1));
        cluster.elect(2);
        assertTrue(cluster.core(2).isLeader() == false || cluster.core(1).term() >= 3);
        cluster.tick(100);
        assertEquals(
                cluster.core(cluster.awaitLeader()).lastIndex(), cluster.core(3).appliedIndex());
    }
}
