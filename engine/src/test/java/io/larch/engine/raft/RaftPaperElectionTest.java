package io.larch.engine.raft;

import static io.larch.engine.raft.RaftPaper.made;
import static io.larch.engine.raft.RaftPaper.message;
import static io.larch.engine.raft.RaftPaper.plain;
import static io.larch.engine.raft.RaftPaper.taken;
import static io.larch.engine.raft.RaftPaper.terms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the paper says ("In Search of an Understandable Consensus Algorithm", extended version) of
 * terms and elections, a test a statement.
 */
class RaftPaperElectionTest {
    /** 5.1: "if one server's current term is smaller than the other's, it updates its term." */
    @Test
    void shouldTakeOverTheLargerTerm() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(2).step(made("vote 1->2 term=7"));
        assertEquals(7, cluster.core(2).term());
    }

    /** 5.1: "If a candidate or leader discovers that its term is out of date, it ..." */
    @Test
    void shouldBecomeFollowerWhenItsTermIsOutOfDate() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.node(1).step(made("append-reply 2->1 term=5"));
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
        cluster.node(1).campaign();
        assertEquals(RaftRole.CANDIDATE, cluster.core(1).role());
        cluster.node(1).step(made("vote-reply 2->1 term=9"));
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
        assertEquals(9, cluster.core(1).term());
    }

    /** 5.1: "If a server receives a request with a stale term number, it rejects the request." */
    @Test
    void shouldRefuseRequestsOfAStaleTerm() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.elect(2);
        cluster.node(3).step(made("append 1->3 term=1 prev=1/1 terms=1"));
        assertEquals(List.of(1L, 2L), terms(cluster, 3));
        assertEquals(2, cluster.core(3).leaderId());
    }

    /** 5.2: "When servers start up, they begin as followers." */
    @Test
    void shouldStartAsFollowerWhateverItWas() {
        final SimCluster cluster = plain(1, 2, 3);
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
        cluster.elect(1);
        cluster.node(1).crash();
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
    }

    /** 5.2: "Leaders send periodic heartbeats ... to all followers." */
    @Test
    void shouldSendHeartbeatsPeriodically() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        for (int period = 0; period < 3; period++) {
            cluster.node(1).tick();
            cluster.node(1).tick();
            assertEquals(2, taken(cluster.node(1), MessageType.HEARTBEAT).size());
        }
    }

    /** 5.2: "If a follower receives no communication ... it begins an election." */
    @Test
    void shouldCampaignWhenItHearsNobody() {
        final SimCluster cluster =
                SimCluster.with(c -> c.preVote(false).checkQuorum(false), 1, 2, 3);
        for (int i = 0; i < 9; i++) {
            cluster.node(1).tick();
        }
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
        for (int i = 0; i < 11; i++) {
            cluster.node(1).tick();
        }
        assertEquals(RaftRole.CANDIDATE, cluster.core(1).role());
    }

    /**
     * 5.2: "a follower increments its current term ... votes for itself and issues RequestVote."
     */
    @Test
    void shouldVoteForItselfAndAskAllOthers() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).campaign();
        assertEquals(1, cluster.core(1).term());
        assertEquals(1, cluster.core(1).votedFor());
        assertEquals(2, taken(cluster.node(1), MessageType.VOTE).size());
    }

    /** 5.2: "A candidate wins an election if it receives votes from a majority." */
    @ParameterizedTest
    @CsvSource({"1,0", "2,1", "3,1", "4,2", "5,2", "6,3", "7,3", "9,4"})
    void shouldWinWithAMajority(final int size, final int neededFromOthers) {
        final long[] ids = java.util.stream.LongStream.rangeClosed(1, size).toArray();
        final SimCluster cluster = plain(ids);
        cluster.node(1).campaign();
        for (int i = 0; i < neededFromOthers; i++) {
            assertFalse(cluster.core(1).isLeader());
            cluster.node(1).step(made("vote-reply " + (i + 2) + "->1 term=1"));
        }
        assertTrue(cluster.core(1).isLeader());
    }

    /** 5.2: the same vote does not count twice. */
    @Test
    void shouldCountEachVoteOnce() {
        final SimCluster cluster = plain(1, 2, 3, 4, 5);
        cluster.node(1).campaign();
        cluster.node(1).step(made("vote-reply 2->1 term=1"));
        cluster.node(1).step(made("vote-reply 2->1 term=1"));
        assertFalse(cluster.core(1).isLeader());
    }

    /** 5.2: "Each server will vote for at most one candidate ... on a first-come-first-served." */
    @Test
    void shouldVoteForTheFirstWhoAsks() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(3).step(made("vote 1->3 term=1"));
        cluster.node(3).step(made("vote 2->3 term=1"));
        final List<SimNode.Packet> votes = taken(cluster.node(3), MessageType.VOTE_REPLY);
        assertFalse(message(votes.get(0)).isReject());
        assertTrue(message(votes.get(1)).isReject());
        cluster.node(3).step(made("vote 1->3 term=1"));
        final List<SimNode.Packet> again = taken(cluster.node(3), MessageType.VOTE_REPLY);
        assertFalse(message(again.get(0)).isReject(), "the same one is told the same");
    }

    /** 5.2: a candidate that hears from a leader "as large as the candidate's current term". */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void shouldFollowALegitimateLeaderWhileCampaigning(final long term) {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).campaign();
        cluster.node(1).step(made("append 2->1 term=" + term));
        assertEquals(RaftRole.FOLLOWER, cluster.core(1).role());
        assertEquals(2, cluster.core(1).leaderId());
    }

    /** 5.2: "If the term in the RPC is smaller ..., the candidate ... continues in its state." */
    @Test
    void shouldGoOnCampaigningWhenTheLeaderIsOld() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).campaign();
        cluster.node(1).campaign();
        cluster.node(1).step(made("append 2->1 term=1"));
        assertEquals(RaftRole.CANDIDATE, cluster.core(1).role());
    }

    /** 5.2: after a split vote "each candidate will time out and start a new election". */
    @Test
    void shouldCampaignAgainAfterASplitVote() {
        final SimCluster cluster = plain(1, 2, 3, 4);
        cluster.node(1).campaign();
        cluster.node(4).campaign();
        cluster.node(2).step(made("vote 1->2 term=1"));
        cluster.node(3).step(made("vote 4->3 term=1"));
        cluster.lose(p -> p.type() == MessageType.VOTE);
        cluster.deliver();
        assertEquals(RaftRole.CANDIDATE, cluster.core(1).role());
        assertEquals(RaftRole.CANDIDATE, cluster.core(4).role());
        cluster.heal();
        cluster.elect(1);
        assertEquals(2, cluster.core(1).term());
        assertTrue(cluster.core(1).isLeader());
    }

    /** 5.2: "election timeouts are chosen randomly from a fixed interval". */
    @Test
    void shouldDrawTimeoutsFromAnInterval() {
        final List<Integer> timeouts = new ArrayList<>();
        for (long id = 1; id <= 40; id++) {
            final SimCluster cluster =
                    SimCluster.with(c -> c.preVote(false).checkQuorum(false), id, 100, 101);
            int ticks = 0;
            while (cluster.core(id).role() == RaftRole.FOLLOWER) {
                cluster.node(id).tick();
                ticks++;
            }
            timeouts.add(ticks);
        }
        assertTrue(timeouts.stream().allMatch(ticks -> ticks >= 10 && ticks < 20));
        assertTrue(timeouts.stream().distinct().count() >= 8, timeouts.toString());
    }
}
