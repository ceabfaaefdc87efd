package io.larch.tools.bootstrap;

import io.larch.engine.member.Member;
import io.larch.engine.member.Membership;
import io.larch.tools.flags.ServerConfig;
import java.util.List;

/**
 * Who a member is at its first start, and whom it meets. A restart knows better from its data.
 *
 * @param founders all members, this one included.
 * @param isJoining whether they are a running cluster to learn from, instead of a new one.
 */
public record Identity(Member self, long clusterId, List<Member> founders, boolean isJoining) {
    /** A member whose data say who it is: what stands here is not looked at. */
    public static Identity known(final ServerConfig config) {
        final Member self =
                Member.initial(
                        config.name(), config.urls().advertisePeer(), config.bootstrap().token());
        return new Identity(self, 0, List.of(), false);
    }

    /**
     * The same where nobody knows how the others are called. All founders must begin with the same,
     * so names that each made up for itself are left out.
     */
    Identity withoutNames() {
        final List<Member> nameless =
                founders.stream()
                        .map(founder -> founder.withAttributes("", founder.clientUrls()))
                        .toList();
        return new Identity(self, clusterId, nameless, isJoining);
    }

    /** A founding member of a new cluster. */
    static Identity founding(final Membership cluster, final String name) {
        return new Identity(
                cluster.memberByName(name).orElseThrow(),
                cluster.clusterId(),
                cluster.members(),
                false);
    }
}
