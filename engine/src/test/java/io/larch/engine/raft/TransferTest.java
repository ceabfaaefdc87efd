package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TransferTest {
    @Test
    void shouldHandOver() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        assertEquals(ProposalResult.ACCEPTED, cluster.node(1).transfer(3));
        cluster.deliver();
        assertTrue(cluster.core(3).isLeader());
        assertEquals(2, cluster.core(3).term());
    }

    @Test
    void shouldHandOverWhenAFollowerAsks() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        assertEquals(ProposalResult.FORWARDED, cluster.node(2).transfer(2));
        cluster.deliver();
        assertTrue(cluster.core(2).isLeader());
    }

    @Test
    void shouldRefuseItselfStrangersAndLearners() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.ADD_LEARNER, 4);
        assertEquals(ProposalResult.BAD_TARGET, cluster.node(1).transfer(1));
        assertEquals(ProposalResult.BAD_TARGET, cluster.node(1).transfer(9));
        assertEquals(ProposalResult.BAD_TARGET, cluster.node(1).transfer(4));
    }

    @Test
    void shouldRefuseProposalsMeanwhileAndTakeThemAgainAfterATimeout() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.node(1).transfer(3);
        assertEquals(ProposalResult.REFUSED_TRANSFER, cluster.propose(1, "a"));
        cluster.tick(10);
        assertFalse(cluster.core(1).isTransferring());
        assertEquals(2, cluster.propose(1, "a"));
    }

    @Test
    void shouldAbortWhenTheTargetIsRemoved() {
        final SimCluster cluster = SimCluster.of(1, 2, 3);
        cluster.elect(1);
        cluster.node(1).proposeConfChange(ConfChange.of(ConfChange.Op.REMOVE, 3));
        cluster.lose(p -> p.to() == 3 || p.from() == 3);
        cluster.node(1).transfer(3);
        cluster.deliver();
        assertFalse(cluster.core(1).isTransferring());
    }
}
