package io.larch.engine.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class MemberRulesTest {
    @Test
    void shouldTellWhatIsWrongInEtcdsOrder() {
        final Membership two = members(2, 2).without(7);

        assertEquals(ChangeOutcome.ID_REMOVED, MemberRules.check(two, Op.ADD, 7, url(1)));
        assertEquals(ChangeOutcome.ID_EXISTS, MemberRules.check(two, Op.ADD, 1, url(9)));
        assertEquals(ChangeOutcome.PEER_URL_EXISTS, MemberRules.check(two, Op.ADD, 9, url(1)));
        assertEquals(ChangeOutcome.DONE, MemberRules.check(two, Op.ADD, 9, url(9)));

        assertEquals(ChangeOutcome.ID_REMOVED, MemberRules.check(two, Op.REMOVE, 7, List.of()));
        assertEquals(ChangeOutcome.ID_NOT_FOUND, MemberRules.check(two, Op.REMOVE, 9, List.of()));
        assertEquals(ChangeOutcome.DONE, MemberRules.check(two, Op.REMOVE, 1, List.of()));

        assertEquals(ChangeOutcome.ID_REMOVED, MemberRules.check(two, Op.UPDATE, 7, url(9)));
        assertEquals(ChangeOutcome.ID_NOT_FOUND, MemberRules.check(two, Op.UPDATE, 9, url(1)));
        assertEquals(ChangeOutcome.PEER_URL_EXISTS, MemberRules.check(two, Op.UPDATE, 1, url(2)));
        assertEquals(ChangeOutcome.DONE, MemberRules.check(two, Op.UPDATE, 1, url(1)));
    }

    @Test
    void shouldLetAClusterGrowOnlyIfThoseWhoRunWouldBeAQuorum() {
        assertTrue(MemberRules.mayAdd(members(1, 1)));
        assertFalse(MemberRules.mayAdd(members(2, 1)));
        assertTrue(MemberRules.mayAdd(members(2, 2)));
        assertTrue(MemberRules.mayAdd(members(3, 3)));
        assertFalse(MemberRules.mayAdd(members(3, 2)));
        assertFalse(MemberRules.mayAdd(members(1, 0)));
    }

    @Test
    void shouldLetAClusterShrinkOnlyIfThoseWhoRunAndStayAreAQuorum() {
        assertFalse(MemberRules.mayRemove(members(1, 1), 1));
        assertTrue(MemberRules.mayRemove(members(2, 1), 2));
        assertFalse(MemberRules.mayRemove(members(2, 1), 1));
        assertTrue(MemberRules.mayRemove(members(3, 2), 3));
        assertFalse(MemberRules.mayRemove(members(3, 2), 1));
        assertTrue(MemberRules.mayRemove(members(3, 3), 1));
    }

    @Test
    void shouldPromoteOnlyIfThoseWhoRunWouldBeAQuorumWithTheLearner() {
        assertTrue(MemberRules.mayPromote(members(1, 1)));
        assertTrue(MemberRules.mayPromote(members(2, 1)));
        assertFalse(MemberRules.mayPromote(members(2, 0)));
        assertTrue(MemberRules.mayPromote(members(3, 2)));
        assertFalse(MemberRules.mayPromote(members(3, 1)));
    }

    @Test
    void shouldTellWhatIsWrongWithALearnerThatStaysOne() {
        final ClusterState cluster = new ClusterState(0xC1);
        apply(cluster, ConfChange.Op.ADD_VOTER, 1, url(1));
        apply(cluster, ConfChange.Op.ADD_HELD_LEARNER, 2, url(2));
        apply(cluster, ConfChange.Op.ADD_LEARNER, 3, url(3));
        final ConfState conf =
                new ConfState(
                        new long[] {1},
                        new long[0],
                        new long[] {2, 3},
                        new long[0],
                        new long[] {2},
                        false);

        assertEquals(ChangeOutcome.DONE, cluster.check(Op.PROMOTE, 2, List.of(), conf));
        assertEquals(ChangeOutcome.NOT_A_LEARNER, cluster.check(Op.PROMOTE, 1, List.of(), conf));
        assertEquals(ChangeOutcome.NOT_A_LEARNER, cluster.check(Op.PROMOTE, 3, List.of(), conf));
        assertEquals(ChangeOutcome.ID_NOT_FOUND, cluster.check(Op.PROMOTE, 4, List.of(), conf));
        assertEquals(
                ChangeOutcome.TOO_MANY_LEARNERS, cluster.check(Op.ADD_LEARNER, 4, url(4), conf));
        assertEquals(ChangeOutcome.PEER_URL_EXISTS, cluster.check(Op.ADD_LEARNER, 4, url(2), conf));
        assertEquals(ChangeOutcome.ID_EXISTS, cluster.check(Op.ADD_LEARNER, 2, url(4), conf));
        assertEquals(ChangeOutcome.DONE, cluster.check(Op.ADD, 4, url(4), conf));
        assertEquals(List.of(1L, 3L), ids(cluster.voting(conf)));
        assertTrue(cluster.view(2, conf).isLearner());
        assertFalse(cluster.view(3, conf).isLearner());
    }

    private static List<Long> ids(final Membership membership) {
        return membership.members().stream().map(Member::id).toList();
    }

    @Test
    void shouldTakeANewMemberForOneThatUnderstandsWhatAllOthersDo() {
        final ClusterState cluster = new ClusterState(0xC1);
        apply(cluster, ConfChange.Op.ADD_VOTER, 1, url(1));
        apply(cluster, ConfChange.Op.ADD_VOTER, 2, url(2));
        assertEquals(0, cluster.featureLevel());
        publish(cluster, 1, FeatureLevel.HELD_LEARNERS);
        assertEquals(0, cluster.featureLevel());
        publish(cluster, 2, FeatureLevel.HELD_LEARNERS + 1);
        assertEquals(FeatureLevel.HELD_LEARNERS, cluster.featureLevel());
        apply(cluster, ConfChange.Op.ADD_LEARNER, 3, url(3));
        apply(cluster, ConfChange.Op.ADD_HELD_LEARNER, 4, url(4));
        assertEquals(FeatureLevel.HELD_LEARNERS, cluster.featureLevel());
        publish(cluster, 4, FeatureLevel.SECTIONS);
        assertEquals(FeatureLevel.SECTIONS, cluster.featureLevel());
    }

    private static void publish(final ClusterState cluster, final long id, final int level) {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        final int length =
                ClusterState.encodePublication(value, "m" + id, List.of("http://c" + id), level);
        cluster.publish(id, value, 0, length);
    }

    @Test
    void shouldApplyOfTwoChangesThatExcludeEachOtherOnlyTheFirst() {
        final ClusterState cluster = new ClusterState(0xC1);
        assertEquals(1, apply(cluster, ConfChange.Op.ADD_VOTER, 1, url(1)));
        assertEquals(1, apply(cluster, ConfChange.Op.ADD_LEARNER, 2, url(2)));

        assertEquals(
                ChangeOutcome.PEER_URL_EXISTS,
                cluster.check(change(ConfChange.Op.ADD_LEARNER, 3, url(2)), ConfState.EMPTY));
        assertEquals(
                ChangeOutcome.ID_EXISTS,
                cluster.check(change(ConfChange.Op.ADD_LEARNER, 2, url(2)), ConfState.EMPTY));
        assertEquals(
                ChangeOutcome.PEER_URL_EXISTS,
                cluster.check(change(ConfChange.Op.UPDATE, 1, url(2)), ConfState.EMPTY));
    }

    @Test
    void shouldTakeAsManyStoreIndexesAsEtcd() {
        final ClusterState cluster = new ClusterState(0xC1);
        apply(cluster, ConfChange.Op.ADD_VOTER, 1, url(1));
        apply(cluster, ConfChange.Op.ADD_LEARNER, 2, url(2));

        assertEquals(0, apply(cluster, ConfChange.Op.ADD_VOTER, 2, List.of()));
        assertEquals(1, apply(cluster, ConfChange.Op.UPDATE, 2, url(3)));
        assertEquals(2, apply(cluster, ConfChange.Op.REMOVE, 2, List.of()));
        assertEquals(
                ChangeOutcome.ID_REMOVED,
                cluster.check(change(ConfChange.Op.REMOVE, 2, List.of()), ConfState.EMPTY));
        assertEquals(1, cluster.membership().members().size());
    }

    @Test
    void shouldKnowAChangeAgainByItsTag() {
        final ChangeTag tag = new ChangeTag(0xA1, 77);
        final byte[] context = ClusterState.encodeUrls(url(1));

        assertEquals(tag, ChangeTag.of(tag.appendTo(context)));
        assertNull(ChangeTag.of(context));
        assertNull(ChangeTag.of(new byte[0]));
        assertNull(ChangeTag.of(new byte[24]));
    }

    private static int apply(
            final ClusterState cluster,
            final ConfChange.Op op,
            final long id,
            final List<String> urls) {
        final ConfChange change = change(op, id, urls);
        assertEquals(ChangeOutcome.DONE, cluster.check(change, ConfState.EMPTY));
        return cluster.apply(change);
    }

    private static ConfChange change(
            final ConfChange.Op op, final long id, final List<String> urls) {
        return ConfChange.of(op, id, new ChangeTag(1, 2).appendTo(ClusterState.encodeUrls(urls)));
    }

    private static Membership members(final int size, final int started) {
        final List<Member> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            members.add(new Member(i, i <= started ? "m" + i : "", url(i), List.of()));
        }
        return new Membership(0xC1, members, Set.of());
    }

    private static List<String> url(final int number) {
        return List.of("http://10.0.0." + number + ":2380");
    }
}
