package io.larch.engine.raft;

import static io.larch.engine.raft.RaftPaper.made;
import static io.larch.engine.raft.RaftPaper.message;
import static io.larch.engine.raft.RaftPaper.plain;
import static io.larch.engine.raft.RaftPaper.taken;
import static io.larch.engine.raft.RaftPaper.terms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the paper says ("In Search of an Understandable Consensus Algorithm", extended version) of
 * logs, membership, snapshots and clients, a test a statement. Terms and elections: {@link
 * RaftPaperElectionTest}.
 */
class RaftPaperTest {
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
