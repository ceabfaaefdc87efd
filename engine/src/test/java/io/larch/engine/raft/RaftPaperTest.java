package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the paper says ("In Search of an Understandable Consensus Algorithm", extended version), a
 * test a statement. Pre-vote and check-quorum, which the paper does not have, are off.
 */
class RaftPaperTest {
    private static SimCluster plain(final long... voters) {
        return SimCluster.with(
                c -> c.preVote(false).checkQuorum(false).electionTimer(false), voters);
    }

    private static List<SimNode.Packet> taken(final SimNode node, final MessageType type) {
        final List<SimNode.Packet> packets = new ArrayList<>();
        for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
            if (p.type() == type) {
                packets.add(p);
            }
        }
        return packets;
    }

    private static RaftMessage message(final SimNode.Packet packet) {
        final byte[] bytes = packet.bytes();
        return new RaftMessage().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private static SimNode.Packet made(final String words) {
        return StoryMessages.parse(List.of(words.split(" ")));
    }

    private static List<Long> terms(final SimCluster cluster, final long id) {
        return cluster.node(id).log().current().entries().stream()
                .map(SimLogStorage.Entry::term)
                .toList();
    }

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

    /** 5.3: "The leader appends the command to its log ..., then issues AppendEntries." */
    @Test
    void shouldAppendAndReplicateACommand() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.node(1).propose(new byte[] {'a'});
        assertEquals(2, cluster.core(1).lastIndex());
        final List<SimNode.Packet> appends = taken(cluster.node(1), MessageType.APPEND);
        assertEquals(2, appends.size());
        assertEquals(1, message(appends.get(0)).index(), "with what is before it");
        assertEquals(1, message(appends.get(0)).logTerm());
    }

    /** 5.3: "When the entry has been safely replicated ..., the leader applies the entry." */
    @ParameterizedTest
    @CsvSource({"1,0", "2,1", "3,1", "4,2", "5,2", "7,3"})
    void shouldCommitWhatAMajorityHolds(final int size, final int neededFromOthers) {
        final long[] ids = java.util.stream.LongStream.rangeClosed(1, size).toArray();
        final SimCluster cluster = plain(ids);
        cluster.elect(1);
        cluster.node(1).propose(new byte[] {'a'});
        for (int i = 0; i < neededFromOthers; i++) {
            assertEquals(1, cluster.core(1).commitIndex());
            cluster.node(1).step(made("append-reply " + (i + 2) + "->1 term=1 prev=2/0"));
        }
        assertEquals(2, cluster.core(1).commitIndex());
        assertEquals(List.of("a"), cluster.names(1));
    }

    /** 5.3: "If followers crash ... the leader retries AppendEntries RPCs indefinitely." */
    @Test
    void shouldRetryForEver() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.propose(1, "a");
        cluster.tick(200);
        cluster.heal();
        cluster.tick(4);
        assertEquals(List.of("a"), cluster.names(3));
    }

    /** 5.3: committing an entry "also commits all preceding entries in the leader's log". */
    @Test
    void shouldCommitAllThatPrecedes() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(1);
        cluster.node(1).propose(new byte[] {'a'});
        cluster.node(1).propose(new byte[] {'b'});
        cluster.node(1).step(made("append-reply 2->1 term=1 prev=3/0"));
        assertEquals(List.of("a", "b"), cluster.names(1));
    }

    /** 5.3: "Once a follower learns that a log entry is committed, it applies the entry." */
    @Test
    void shouldApplyInLogOrderOnFollowers() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(2).step(made("append 1->2 term=1 terms=1,1,1 commit=0"));
        assertEquals(0, cluster.core(2).appliedIndex());
        cluster.node(2).step(made("append 1->2 term=1 prev=3/1 commit=2"));
        assertEquals(2, cluster.core(2).appliedIndex());
    }

    /** 5.3: "If the follower does not find an entry ..., then it refuses the new entries." */
    @ParameterizedTest
    @CsvSource({"0/0,true", "1/1,true", "2/2,true", "1/2,false", "2/1,false", "3/3,false"})
    void shouldCheckThatTheLogsAgree(final String previous, final boolean isTaken) {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(2, 0, 0), null, SimCluster.entries(1, 2));
        cluster.node(1).step(made("append 2->1 term=2 prev=" + previous));
        final RaftMessage reply = message(taken(cluster.node(1), MessageType.APPEND_REPLY).get(0));
        assertEquals(!isTaken, reply.isReject());
    }

    /** 5.3: "conflicting entries in follower logs will be overwritten". */
    @ParameterizedTest
    @CsvSource({
        "2/2,'3',1-2-3",
        "1/1,'3-4',1-3-4",
        "0/0,'1',1-2",
        "0/0,'3',3",
        "2/2,'',1-2",
    })
    void shouldOverwriteConflictingEntriesOnly(
            final String previous, final String terms, final String expected) {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(4, 0, 0), null, SimCluster.entries(1, 2));
        final SimNode.Packet append =
                made("append 2->1 term=4 prev=" + previous + " terms=" + terms.replace('-', ','));
        cluster.node(1).step(append);
        final String log =
                terms(cluster, 1).stream()
                        .map(Object::toString)
                        .collect(java.util.stream.Collectors.joining("-"));
        assertEquals(expected, log);
    }

    /** 5.3: "A leader never overwrites or deletes entries in its log." */
    @Test
    void shouldNeverCutItsOwnLogAsLeader() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(2, 0, 0), null, SimCluster.entries(1, 2));
        cluster.elect(1);
        cluster.propose(1, "a");
        assertEquals(0, cluster.node(1).log().cuts());
        assertEquals(List.of(1L, 2L, 3L, 3L), terms(cluster, 2));
    }

    /** 5.4.1: a candidate's log must be "at least as up-to-date" as the voter's. */
    @ParameterizedTest
    @CsvSource({
        "1,1,true",
        "1,2,true",
        "2,1,true",
        "2,2,true",
        "1,0,false",
        "3,2,true",
        "0,0,false"
    })
    void shouldVoteOnlyForAnUpToDateLog(
            final long lastTerm, final long lastIndex, final boolean isGranted) {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(3, 0, 0), null, SimCluster.entries(1));
        cluster.node(1).step(made("vote 2->1 term=4 prev=" + lastIndex + "/" + lastTerm));
        final RaftMessage vote = message(taken(cluster.node(1), MessageType.VOTE_REPLY).get(0));
        assertEquals(!isGranted, vote.isReject());
    }

    /** 5.4.1: "the log with the later term is more up-to-date", however short. */
    @Test
    void shouldPreferTheLaterTermToTheLongerLog() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(3, 0, 0), null, SimCluster.entries(1, 1, 1, 1));
        cluster.node(1).step(made("vote 2->1 term=4 prev=1/2"));
        assertEquals(2, cluster.core(1).votedFor());
        cluster.node(3).load(new HardState(3, 0, 0), null, SimCluster.entries(1, 2));
        cluster.node(3).step(made("vote 2->3 term=4 prev=5/1"));
        assertEquals(0, cluster.core(3).votedFor());
    }

    /** 5.4.2: "Only log entries from the leader's current term are committed by counting." */
    @Test
    void shouldCommitByCountingInItsOwnTermOnly() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(1).load(new HardState(2, 0, 0), null, SimCluster.entries(1, 2));
        cluster.lose(p -> p.type() == MessageType.APPEND);
        cluster.elect(1);
        cluster.node(1).step(made("append-reply 2->1 term=3 prev=2/0"));
        assertEquals(0, cluster.core(1).commitIndex());
        cluster.node(1).step(made("append-reply 2->1 term=3 prev=3/0"));
        assertEquals(3, cluster.core(1).commitIndex(), "and with it those before");
    }

    /** 5.5: "Raft RPCs are idempotent." */
    @Test
    void shouldTakeARepeatedRequestOnce() {
        final SimCluster cluster = plain(1, 2, 3);
        final SimNode.Packet append = made("append 1->2 term=1 terms=1,1 commit=1");
        cluster.node(2).step(append);
        cluster.node(2).step(append);
        assertEquals(List.of(1L, 1L), terms(cluster, 2));
        assertEquals(1, cluster.core(2).commitIndex());
    }

    /**
     * 6: "If a server receives a RequestVote within the minimum election timeout ..., it does not."
     */
    @Test
    void shouldNotBeDisruptedByAServerThatHearsNobody() {
        final SimCluster cluster =
                SimCluster.with(c -> c.preVote(false).electionTimer(false), 1, 2, 3);
        cluster.elect(1);
        cluster.node(2).step(made("vote 3->2 term=9 prev=9/9"));
        assertEquals(1, cluster.core(2).term());
        assertEquals(1, cluster.core(2).leaderId());
    }

    /** 6: joint consensus: "Agreement requires separate majorities from both configurations." */
    @Test
    void shouldNeedBothMajoritiesInAJointPhase() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.add(4, ConfState.ofVoters(1, 2, 3));
        cluster.node(1)
                .proposeConfChange(
                        new ConfChange(
                                ConfChange.Transition.EXPLICIT,
                                List.of(
                                        new ConfChange.Step(ConfChange.Op.REMOVE, 3),
                                        new ConfChange.Step(ConfChange.Op.ADD_VOTER, 4)),
                                new byte[0]));
        cluster.deliver();
        cluster.lose(p -> p.from() == 2 || p.from() == 3);
        assertEquals(3, cluster.propose(1, "a"));
        assertEquals(2, cluster.core(1).commitIndex(), "1 and 4 of the new, but 1 of the old");
        cluster.heal();
        cluster.tick(4);
        assertEquals(3, cluster.core(1).commitIndex());
    }

    /** 6: new servers "join the cluster as non-voting members", which no majority counts. */
    @Test
    void shouldNotCountNonVotingMembers() {
        final SimCluster cluster = plain(1, 2);
        cluster.elect(1);
        cluster.add(3, ConfState.ofVoters(1, 2));
        cluster.change(1, ConfChange.Op.ADD_LEARNER, 3);
        cluster.isolate(2);
        cluster.propose(1, "a");
        assertEquals(3, cluster.core(3).lastIndex());
        assertEquals(2, cluster.core(1).commitIndex());
    }

    /** 6: a leader that is not in the new configuration "steps down". */
    @Test
    void shouldStepDownWhenItIsRemoved() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.REMOVE, 1);
        assertFalse(cluster.core(1).isLeader());
        assertNotEquals(1, cluster.awaitLeader());
    }

    /** 7: a leader sends a snapshot "when [it] has already discarded the next log entry". */
    @Test
    void shouldSendASnapshotWhenTheNextEntryIsGone() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.propose(1, "a");
        cluster.propose(1, "b");
        cluster.node(1).compact(3);
        cluster.heal();
        cluster.tick(4);
        assertEquals(List.of("a", "b"), cluster.names(3));
        assertEquals(4, cluster.node(3).log().firstIndex());
    }

    /**
     * 7: if the snapshot "describes a prefix of its log, ... entries following are still valid".
     */
    @Test
    void shouldKeepWhatFollowsAKnownSnapshot() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.node(2).load(new HardState(1, 0, 0), null, SimCluster.entries(1, 1, 1));
        cluster.node(2).step(made("snapshot 1->2 term=1 prev=2/1"));
        assertEquals(List.of(1L, 1L, 1L), terms(cluster, 2));
        assertEquals(2, cluster.core(2).commitIndex());
    }

    /** 8: "each leader ... commit[s] a blank no-op entry into the log at the start of its term." */
    @Test
    void shouldCommitABlankEntryAtTheStartOfItsTerm() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        assertEquals(1, cluster.core(1).commitIndex());
        assertEquals(EntryKind.NOOP, cluster.node(1).log().current().entry(1).kind());
    }

    /**
     * 8: "a leader must check whether it has been deposed before processing a read-only request."
     */
    @Test
    void shouldExchangeHeartbeatsBeforeARead() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.node(1).readIndex(1);
        assertTrue(cluster.node(1).answers().isEmpty());
        cluster.deliver();
        assertEquals(List.of(new SimNode.Answer(1, 1)), cluster.node(1).answers());
    }

    /** 8: a command that a client sends twice is not executed twice. */
    @Test
    void shouldTakeARepeatedCommandOnce() {
        final SimCluster cluster = plain(1, 2, 3);
        cluster.elect(1);
        cluster.node(2).propose(new byte[] {'a'});
        final SimNode.Packet command = cluster.node(2).out().peek();
        cluster.deliver();
        cluster.node(1).step(command);
        cluster.deliver();
        assertEquals(List.of("a"), cluster.names(3));
    }
}
