package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    @Test
    void shouldBringANewVoterUpToDate() {
        final SimCluster cluster = SimCluster.of(1);
        cluster.elect(1);
        cluster.propose(1, "a");
        cluster.change(1, ConfChange.Op.ADD_LEARNER, 2);
        cluster.propose(1, "b");
        assertEquals(List.of("a", "b"), cluster.names(1), "a learner does not stop writes");
        cluster.add(2, ConfState.ofVoters(1));
        cluster.tick(10);
        assertEquals(List.of("a", "b"), cluster.names(2));
        cluster.change(1, ConfChange.Op.ADD_VOTER, 2);
        assertEquals(ConfState.ofVoters(1, 2), cluster.core(2).conf());
        cluster.propose(2, "c");
        assertEquals(List.of("a", "b", "c"), cluster.names(1));
    }

    @Test
    void shouldPromoteALearnerThatCaughtUp() {
        final SimCluster cluster = SimCluster.with(c -> c.autoPromote(true), 1);
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.ADD_LEARNER, 2);
        cluster.tick(20);
        assertTrue(cluster.core(1).conf().isLearner(2));
        cluster.add(2, ConfState.ofVoters(1));
        cluster.tick(20);
        assertEquals(ConfState.ofVoters(1, 2), cluster.core(1).conf());
        assertEquals(ConfState.ofVoters(1, 2), cluster.core(2).conf());
    }

    @Test
    void shouldRefuseASecondChangeWhileOneIsPending() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(1);
        assertTrue(cluster.change(1, ConfChange.Op.ADD_VOTER, 4) > 0);
        assertEquals(
                ProposalResult.CONF_CHANGE_PENDING, cluster.change(1, ConfChange.Op.ADD_VOTER, 5));
    }

    @Test
    void shouldRefuseAChangeBeforeAnEntryOfTheTermIsCommitted() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.lose(p -> p.type() == MessageType.APPEND);
        cluster.elect(1);
        assertTrue(cluster.core(1).isLeader());
        assertEquals(
                ProposalResult.CONF_CHANGE_PENDING, cluster.change(1, ConfChange.Op.ADD_VOTER, 4));
    }

    @Test
    void shouldRefuseToRemoveTheLastVoter() {
        final SimCluster cluster = SimCluster.of(1);
        cluster.elect(1);
        assertEquals(
                ProposalResult.CONF_CHANGE_INVALID, cluster.change(1, ConfChange.Op.REMOVE, 1));
    }

    @Test
    void shouldHandOverWhenTheLeaderOfTwoIsRemoved() {
        final SimCluster cluster = SimCluster.of(1, 2);
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.REMOVE, 1);
        assertFalse(cluster.core(1).isLeader());
        assertTrue(cluster.core(2).isLeader());
        assertEquals(ConfState.ofVoters(2), cluster.core(2).conf());
        cluster.propose(2, "a");
        assertEquals(List.of("a"), cluster.names(2));
    }

    @Test
    void shouldTellARemovedMemberThatItWasRemoved() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.change(1, ConfChange.Op.REMOVE, 3);
        cluster.heal();
        cluster.tick(60);
        assertTrue(cluster.node(3).wasRemoved());
        assertTrue(cluster.core(1).isLeader());
    }

    @Test
    void shouldCommitWhatWaitsWhenTheGroupShrinks() {
        final SimCluster cluster = SimCluster.of(1, 2);
        cluster.elect(1);
        cluster.node(1).proposeConfChange(ConfChange.of(ConfChange.Op.REMOVE, 2));
        cluster.node(1).propose(new byte[] {'a'});
        cluster.deliver();
        assertEquals(List.of("a"), cluster.names(1));
    }

    @Test
    void shouldReplaceSeveralMembersThroughAJointPhase() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.add(4, ConfState.ofVoters(1, 2, 3));
        cluster.add(5, ConfState.ofVoters(1, 2, 3));
        cluster.node(1)
                .proposeConfChange(
                        new ConfChange(
                                ConfChange.Transition.AUTO,
                                List.of(
                                        new ConfChange.Step(ConfChange.Op.REMOVE, 2),
                                        new ConfChange.Step(ConfChange.Op.REMOVE, 3),
                                        new ConfChange.Step(ConfChange.Op.ADD_VOTER, 4),
                                        new ConfChange.Step(ConfChange.Op.ADD_VOTER, 5)),
                                new byte[0]));
        cluster.deliver();
        cluster.tick(20);
        assertEquals(ConfState.ofVoters(1, 4, 5), cluster.core(1).conf());
        assertEquals(ConfState.ofVoters(1, 4, 5), cluster.core(5).conf());
        cluster.isolate(2, 3);
        cluster.propose(1, "a");
        assertEquals(List.of("a"), cluster.names(4));
    }

    @Test
    void shouldNotCampaignWithAnUnappliedChange() {
        final SimCluster cluster = SimCluster.with(c -> c.electionTimer(false), 1, 2, 3);
        cluster.elect(1);
        cluster.node(2).holdApply(true);
        cluster.change(1, ConfChange.Op.ADD_VOTER, 4);
        cluster.isolate(1);
        cluster.tick(25);
        cluster.elect(2);
        assertEquals(RaftRole.FOLLOWER, cluster.core(2).role());
        cluster.node(2).holdApply(false);
        cluster.node(2).campaign();
        assertEquals(RaftRole.PRE_CANDIDATE, cluster.core(2).role());
    }

    @Test
    void shouldRememberTheChangeBeforeTheNextOneAcrossACrash() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.ADD_VOTER, 4);
        final long first = cluster.core(1).appliedIndex();
        cluster.change(1, ConfChange.Op.ADD_VOTER, 5);
        cluster.node(2).crash();
        assertTrue(cluster.node(2).core().lastIndex() > first);
        assertTrue(cluster.node(2).conf().isVoter(4));
    }
}
