package io.larch.engine.member;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import java.util.List;

/** Which changes of the membership etcd allows. Pure. */
final class MemberRules {
    private MemberRules() {}

    /**
     * Whether a change fits the membership. Every member decides so when the change is applied, and
     * each the same.
     */
    static ChangeOutcome check(
            final Membership membership,
            final Query.MemberChange.Op op,
            final long id,
            final List<String> peerUrls) {
        if (membership.isRemoved(id)) {
            return ChangeOutcome.ID_REMOVED;
        }
        final boolean exists = membership.member(id).isPresent();
        if (op.isAddition() == exists) {
            return exists ? ChangeOutcome.ID_EXISTS : ChangeOutcome.ID_NOT_FOUND;
        }
        return op != Query.MemberChange.Op.REMOVE && isUsedByOther(membership, id, peerUrls)
                ? ChangeOutcome.PEER_URL_EXISTS
                : ChangeOutcome.DONE;
    }

    private static boolean isUsedByOther(
            final Membership membership, final long id, final List<String> peerUrls) {
        return membership.members().stream()
                .filter(member -> member.id() != id)
                .anyMatch(member -> member.peerUrls().stream().anyMatch(peerUrls::contains));
    }

    /**
     * {@code --strict-reconfig-check}: whether the members that run would be a quorum of the larger
     * cluster. The second member of a cluster of one may always be added, or none ever could.
     */
    static boolean mayAdd(final Membership membership) {
        final int started = membership.startedCount();
        final int size = membership.members().size() + 1;
        return started == 1 && size == 2 || started >= quorum(size);
    }

    /** {@code --strict-reconfig-check}: whether those who run and stay are a quorum of those. */
    static boolean mayRemove(final Membership membership, final long id) {
        final int size = (int) others(membership, id).count();
        final int started = (int) others(membership, id).filter(Member::isStarted).count();
        return started >= quorum(size);
    }

    /**
     * {@code --strict-reconfig-check}: whether those who vote and run, and the learner, would be a
     * quorum with it.
     */
    static boolean mayPromote(final Membership voting) {
        return voting.startedCount() + 1 >= quorum(voting.members().size() + 1);
    }

    private static java.util.stream.Stream<Member> others(
            final Membership membership, final long id) {
        return membership.members().stream().filter(member -> member.id() != id);
    }

    private static int quorum(final int size) {
        return size / 2 + 1;
    }
}
