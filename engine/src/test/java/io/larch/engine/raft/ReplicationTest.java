package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationTest {
    @Test
    void shouldApplyInOrderOnAllMembers() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        assertEquals(2, cluster.propose(1, "a"));
        assertEquals(3, cluster.propose(1, "b"));
        for (long id = 1; id <= 3; id++) {
            assertEquals(List.of("a", "b"), cluster.names(id));
        }
    }

    @Test
    void shouldForwardToTheLeader() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        assertEquals(ProposalResult.NO_LEADER, cluster.propose(2, "x"));
        cluster.elect(1);
        assertEquals(ProposalResult.FORWARDED, cluster.propose(2, "a"));
        assertEquals(List.of("a"), cluster.names(2));
    }

    @Test
    void shouldTakeAForwardedProposalOnce() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.node(2).propose(new byte[] {'a'});
        final SimNode.Packet forward = cluster.node(2).out().peek();
        cluster.node(1).step(forward);
        cluster.deliver();
        cluster.node(1).step(forward);
        cluster.deliver();
        assertEquals(List.of("a"), cluster.names(3));
    }

    @Test
    void shouldTellWhenAForwardedProposalIsRefused() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.node(2).propose(new byte[] {'a'});
        final SimNode.Packet forward = cluster.node(2).out().poll();
        cluster.node(1).transfer(3);
        cluster.node(1).step(forward);
        cluster.deliver();
        assertEquals(List.of(new SimNode.Refusal(1, 0)), cluster.node(2).refused());
    }

    @Test
    void shouldNotCommitBeforeAQuorumIsDurable() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        for (long id = 1; id <= 3; id++) {
            cluster.node(id).diskManual(true);
        }
        cluster.propose(1, "a");
        assertEquals(1, cluster.core(1).commitIndex());
        cluster.node(2).sync();
        cluster.deliver();
        assertEquals(1, cluster.core(1).commitIndex(), "own copy is not durable");
        cluster.node(3).sync();
        cluster.deliver();
        assertEquals(2, cluster.core(1).commitIndex(), "both followers are");
        assertEquals(1, cluster.core(1).appliedIndex(), "but nothing is applied before it is here");
        cluster.node(1).sync();
        cluster.deliver();
        assertEquals(2, cluster.core(1).appliedIndex());
    }

    @Test
    void shouldNotBelieveALateCompletionForOverwrittenEntries() {
        final SimCluster cluster = SimCluster.with(c -> c.electionTimer(false), 1, 2, 3);
        cluster.elect(1);
        cluster.node(1).diskManual(true);
        cluster.isolate(1);
        cluster.node(1).propose(new byte[] {'x'});
        final long old = cluster.node(1).log().position();
        cluster.tick(25);
        cluster.lose(p -> p.from() == 1);
        cluster.elect(2);
        cluster.heal();
        assertEquals(2, cluster.core(2).term());
        assertEquals(2, cluster.node(1).log().term(2));
        cluster.node(1).syncTo(old);
        assertEquals(1, cluster.core(1).durableIndex());
        cluster.node(1).sync();
        assertEquals(2, cluster.core(1).durableIndex());
    }

    /** Figure 7 of the paper: whatever the followers' logs, they become the leader's. */
    @Test
    void shouldMakeAllLogsEqualToTheLeaders() {
        final long[][] logs = {
            {1, 1, 1, 4, 4, 5, 5, 6, 6, 6},
            {1, 1, 1, 4, 4, 5, 5, 6, 6},
            {1, 1, 1, 4},
            {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
            {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
            {1, 1, 1, 4, 4, 4, 4},
            {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}
        };
        final SimCluster cluster = SimCluster.of(1, 2, 3, 4, 5, 6, 7);
        for (int i = 0; i < logs.length; i++) {
            cluster.node(i + 1).load(new HardState(7, 0, 3), null, SimCluster.entries(logs[i]));
        }
        cluster.elect(1);
        assertTrue(cluster.core(1).isLeader());
        assertEquals(8, cluster.core(1).term());
        cluster.propose(1, "a");
        for (long id = 2; id <= 7; id++) {
            assertEquals(12, cluster.core(id).commitIndex());
            assertEquals(
                    cluster.node(1).log().current().entries().stream()
                            .map(SimLogStorage.Entry::term)
                            .toList(),
                    cluster.node(id).log().current().entries().stream()
                            .map(SimLogStorage.Entry::term)
                            .toList());
            assertEquals(cluster.names(1), cluster.names(id));
        }
    }

    /**
     * Figure 8 of the paper: a majority that holds an entry of an older term does not commit it.
     */
    @Test
    void shouldNotCommitEntriesOfOlderTermsByCounting() {
        final SimCluster cluster =
                SimCluster.with(c -> c.electionTimer(false).maxAppendEntries(1), 1, 2, 3, 4, 5);
        for (long id = 1; id <= 5; id++) {
            final long[] terms = id <= 2 ? new long[] {1, 2} : new long[] {1};
            cluster.node(id)
                    .load(new HardState(id == 5 ? 3 : 2, 0, 1), null, SimCluster.entries(terms));
        }
        cluster.node(5).load(new HardState(3, 0, 1), null, SimCluster.entries(1, 3));
        cluster.node(1).load(new HardState(3, 0, 1), null, SimCluster.entries(1, 2));
        cluster.lose(
                p ->
                        p.to() == 5
                                || p.from() == 5
                                || p.type() == MessageType.APPEND
                                        && cluster.core(p.to()).lastIndex() >= 2
                                        && carriesTerm(p, 4));
        cluster.elect(1);
        assertTrue(cluster.core(1).isLeader());
        assertEquals(4, cluster.core(1).term());
        cluster.tick(6);
        assertEquals(2, cluster.core(3).lastIndex());
        assertEquals(1, cluster.core(1).commitIndex());
    }

    /** Whether an append ends with an entry of a term; cuts nothing itself. */
    private static boolean carriesTerm(final SimNode.Packet packet, final long term) {
        final RaftMessage message =
                new RaftMessage()
                        .wrap(
                                new org.agrona.concurrent.UnsafeBuffer(packet.bytes()),
                                0,
                                packet.bytes().length);
        int at = RaftMessage.HEADER_LENGTH;
        while (at < message.length()) {
            if (message.buffer().getLong(at) == term) {
                return true;
            }
            at +=
                    (int)
                            RaftMessage.entryFrameLength(
                                    message.buffer().getInt(at + RaftMessage.ENTRY_LENGTH_OFFSET));
        }
        return false;
    }

    @Test
    void shouldBoundWhatWaitsForAQuorum() {
        final SimCluster cluster = SimCluster.with(c -> c.maxUncommittedBytes(10), 1, 2, 3);
        cluster.elect(1);
        cluster.isolate(1);
        assertEquals(2, cluster.node(1).propose(new byte[20]), "one is always admitted");
        assertEquals(ProposalResult.TOO_MUCH_UNCOMMITTED, cluster.node(1).propose(new byte[1]));
        cluster.heal();
        cluster.tick(6);
        assertEquals(3, cluster.node(1).propose(new byte[1]));
    }

    @Test
    void shouldSendASnapshotWhenTheLogIsGone() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        for (int i = 0; i < 5; i++) {
            cluster.propose(1, "n" + i);
        }
        cluster.node(1).compact(5);
        cluster.heal();
        cluster.tick(30);
        assertEquals(cluster.names(1), cluster.names(3));
        assertEquals(cluster.core(1).commitIndex(), cluster.core(3).commitIndex());
        cluster.propose(1, "z");
        assertEquals(cluster.names(1), cluster.names(3));
    }

    @Test
    void shouldSendASnapshotAgainWhenItWasLost() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.propose(1, "a");
        cluster.propose(1, "b");
        cluster.node(1).compact(3);
        cluster.lose(p -> p.type() == MessageType.SNAPSHOT);
        cluster.tick(5);
        cluster.heal();
        cluster.tick(30);
        assertEquals(List.of("a", "b"), cluster.names(3));
    }

    @Test
    void shouldRecoverFromLostAppendsByHeartbeat() {
        final SimCluster cluster = SimCluster.with(c -> c.maxInflightMessages(1), 1, 2, 3);
        cluster.elect(1);
        cluster.lose(p -> p.type() == MessageType.APPEND);
        cluster.propose(1, "a");
        cluster.propose(1, "b");
        cluster.heal();
        cluster.tick(8);
        assertEquals(List.of("a", "b"), cluster.names(2));
        assertEquals(List.of("a", "b"), cluster.names(3));
    }

    @Test
    void shouldReachAllWithTheSmallestWindowAndBatch() {
        final SimCluster cluster =
                SimCluster.with(c -> c.maxInflightMessages(1).maxAppendEntries(1), 1, 2, 3);
        cluster.elect(1);
        for (int i = 0; i < 50; i++) {
            cluster.node(1).propose(new byte[] {(byte) ('a' + i % 26)});
        }
        cluster.deliver();
        assertEquals(50, cluster.names(3).size());
        assertEquals(cluster.names(1), cluster.names(3));
    }
}
