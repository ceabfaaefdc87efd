package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Learners that stay so until somebody promotes them. */
class HeldLearnerTest {
    private static final ConfState HELD =
            new ConfState(
                    new long[] {1},
                    new long[0],
                    new long[] {2},
                    new long[0],
                    new long[] {2},
                    false);

    private final SimCluster cluster = SimCluster.with(c -> c.autoPromote(true), 1);

    private void addHeld() {
        cluster.elect(1);
        cluster.change(1, ConfChange.Op.ADD_HELD_LEARNER, 2);
    }

    @Test
    void shouldStayALearnerThoughItHasCaughtUp() {
        addHeld();
        cluster.add(2, ConfState.ofVoters(1));
        cluster.tick(50);

        assertEquals(HELD, cluster.core(1).conf());
        assertEquals(HELD, cluster.core(2).conf());
    }

    @Test
    void shouldBePromotedOnceItHasCaughtUpAndIsHeardFrom() {
        addHeld();
        assertEquals(ProposalResult.LEARNER_NOT_READY, cluster.change(1, ConfChange.Op.PROMOTE, 2));
        cluster.add(2, ConfState.ofVoters(1));
        cluster.tick(20);
        cluster.isolate(2);
        cluster.tick(40);
        assertEquals(ProposalResult.LEARNER_NOT_READY, cluster.change(1, ConfChange.Op.PROMOTE, 2));
        cluster.heal();
        cluster.tick(5);

        assertTrue(cluster.change(1, ConfChange.Op.PROMOTE, 2) > 0);
        assertEquals(ConfState.ofVoters(1, 2), cluster.core(1).conf());
        assertEquals(ConfState.ofVoters(1, 2), cluster.core(2).conf());
        cluster.propose(2, "c");
        assertEquals(List.of("c"), cluster.names(1));
    }

    /** Right after a check of the quorum nobody has been heard from since. */
    @Test
    void shouldBePromotedAtWhateverMomentItIsAskedFor() {
        for (int moment = 0; moment < 25; moment++) {
            final SimCluster each = SimCluster.with(c -> c.autoPromote(true), 1);
            each.elect(1);
            each.change(1, ConfChange.Op.ADD_HELD_LEARNER, 2);
            each.add(2, ConfState.ofVoters(1));
            each.tick(20 + moment);
            each.isolate(2);
            each.tick(1);
            assertTrue(each.change(1, ConfChange.Op.PROMOTE, 2) > 0, "after " + moment);
        }
    }

    @Test
    void shouldPromoteNobodyElse() {
        addHeld();
        assertEquals(
                ProposalResult.CONF_CHANGE_INVALID, cluster.change(1, ConfChange.Op.PROMOTE, 1));
        assertEquals(
                ProposalResult.CONF_CHANGE_INVALID, cluster.change(1, ConfChange.Op.PROMOTE, 3));
        cluster.change(1, ConfChange.Op.ADD_LEARNER, 4);
        assertEquals(
                ProposalResult.CONF_CHANGE_INVALID, cluster.change(1, ConfChange.Op.PROMOTE, 4));
    }

    @Test
    void shouldTellWhoForwardedAPromotionThatTheLearnerIsNotReady() {
        addHeld();
        assertEquals(
                ProposalResult.LEARNER_NOT_READY,
                ProposalResult.toldReason(ProposalResult.LEARNER_NOT_READY));
        assertEquals(7, ProposalResult.toldReason(ProposalResult.notAdmitted(7)));
        assertEquals(0, ProposalResult.toldReason(ProposalResult.CONF_CHANGE_PENDING));
    }

    @Test
    void shouldForgetWhoWasHeldWhenItIsRemovedOrVotes() {
        for (final ConfChange.Op op :
                List.of(
                        ConfChange.Op.REMOVE,
                        ConfChange.Op.ADD_VOTER,
                        ConfChange.Op.ADD_LEARNER,
                        ConfChange.Op.PROMOTE)) {
            assertFalse(SimRaft.changed(HELD, ConfChange.of(op, 2)).isHeld(2), op::name);
        }
    }

    @Test
    void shouldWriteThoseWhoAreHeldOnlyWhereThereAreAny() {
        for (final ConfState conf : List.of(HELD, ConfState.ofVoters(1, 2))) {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[conf.encodedLength()]);
            conf.encode(bytes, 0);
            assertTrue(ConfState.isWellFormed(bytes, 0, bytes.capacity()));
            assertEquals(conf, ConfState.decode(bytes, 0));
        }
        // Without any it is what it was before there were such learners.
        assertEquals(24 + 2 * Long.BYTES, ConfState.ofVoters(1, 2).encodedLength());
        assertEquals(24 + 3 * Long.BYTES, HELD.encodedLength());
    }
}
