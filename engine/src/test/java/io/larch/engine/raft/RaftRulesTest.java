package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of the tests: when a rule is broken, the simulation or a story must come out otherwise. */
class RaftRulesTest {
    private static final int SEEDS = 400;
    private static final int STEPS = 6000;

    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {
                "ACK_WAITS_FOR_DISK",
                "APPEND_CHECKS_PREVIOUS",
                "GRANT_WAITS_FOR_DISK",
                "HEARTBEAT_COMMIT_IS_MATCHED",
                "HEARTBEAT_REPLY_RESUMES",
                "LEADER_COUNTS_ITSELF_WHEN_DURABLE",
                "LOWER_TERM_IS_ANSWERED",
                "NOOP_OF_NEW_LEADER",
                "ONE_VOTE_PER_TERM",
                "OVERWRITTEN_IS_NOT_DURABLE",
                "PRE_VOTE_CHANGES_NOTHING",
                "READ_AFTER_OWN_COMMIT",
                "READ_NEEDS_ROUND",
                "READ_ROUND_IS_NEW",
                "SNAPSHOT_TIMES_OUT",
                "TRUNCATE_ONLY_AT_CONFLICT",
                "VOTE_IS_SAVED",
                "VOTE_ONLY_FOR_UP_TO_DATE"
            })
    void shouldNoticeInTheSimulation(final Rule rule) {
        boolean isNoticed = false;
        for (long seed = 1; seed <= SEEDS && !isNoticed; seed++) {
            try {
                new RaftSimulation(seed, rule).run(STEPS);
            } catch (final AssertionError error) {
                isNoticed = true;
            }
        }
        assertTrue(isNoticed, rule + " is not noticed");
    }

    @Test
    void shouldBeDeposedWithoutStickiness() {
        final SimCluster cluster =
                SimCluster.with(config -> config.preVote(false).electionTimer(false), 1, 2, 3)
                        .breaking(Rule.STICKY_TO_LEADER);
        cluster.elect(1);
        cluster.lose(p -> p.from() == 1 && p.to() == 3);
        cluster.node(3).campaign();
        cluster.deliver();
        assertEquals(2, cluster.core(2).term());
    }

    @Test
    void shouldLeadForEverWithoutCheckOfTheQuorum() {
        final SimCluster cluster =
                SimCluster.of(1, 2, 3).breaking(Rule.LEADER_NEEDS_QUORUM_CONTACT);
        cluster.elect(1);
        cluster.isolate(1);
        cluster.tick(25);
        assertTrue(cluster.core(1).isLeader());
    }

    @Test
    void shouldTakeAnythingWithoutTheBound() {
        final SimCluster cluster =
                SimCluster.with(c -> c.maxUncommittedBytes(10), 1, 2, 3)
                        .breaking(Rule.UNCOMMITTED_IS_BOUNDED);
        cluster.elect(1);
        cluster.isolate(1);
        cluster.node(1).propose(new byte[20]);
        assertEquals(3, cluster.node(1).propose(new byte[1]));
    }

    @Test
    void shouldTakeProposalsWhileHandingOverWithoutTheRule() {
        final SimCluster cluster = SimCluster.of(1, 2, 3).breaking(Rule.TRANSFER_STOPS_PROPOSALS);
        cluster.elect(1);
        cluster.isolate(3);
        cluster.node(1).transfer(3);
        assertEquals(2, cluster.propose(1, "a"));
    }

    @Test
    void shouldApplyTwiceWithoutTheWindow() {
        final SimCluster cluster = SimCluster.of(1, 2, 3).breaking(Rule.FORWARD_ONCE);
        cluster.elect(1);
        cluster.node(2).propose(new byte[] {'a'});
        cluster.node(1).step(cluster.node(2).out().peek());
        cluster.deliver();
        assertEquals(List.of("a", "a"), cluster.names(3));
    }

    @Test
    void shouldCampaignWithAnUnappliedChangeWithoutTheRule() {
        final SimCluster cluster =
                SimCluster.with(c -> c.electionTimer(false), 1, 2, 3)
                        .breaking(Rule.NO_CAMPAIGN_WITH_UNAPPLIED_CONF);
        cluster.elect(1);
        cluster.node(2).holdApply(true);
        cluster.change(1, ConfChange.Op.ADD_VOTER, 4);
        cluster.isolate(1);
        cluster.tick(25);
        cluster.node(2).campaign();
        assertEquals(RaftRole.PRE_CANDIDATE, cluster.core(2).role());
    }
}
