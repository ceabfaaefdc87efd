package io.larch.tools.backup;

import io.larch.engine.member.InitialCluster;
import io.larch.engine.member.Member;
import io.larch.engine.member.MemberIds;
import io.larch.engine.member.Membership;
import io.larch.engine.member.PeerUrls;
import io.larch.tools.backup.BackupException.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The members of a new cluster, as their flags tell: ids are those that larchd would give. */
public final class Founders {
    private final Membership members;
    private final Member self;

    private Founders(final Membership members, final Member self) {
        this.members = members;
        this.self = self;
    }

    /**
     * Reads what the flags of these names say.
     *
     * @param advertised of {@code --initial-advertise-peer-urls}; empty: as in the cluster.
     * @throws BackupException if they contradict each other, or say nothing.
     */
    public static Founders of(
            final String name,
            final String initialCluster,
            final String token,
            final String advertised)
            throws BackupException {
        try {
            final InitialCluster cluster = InitialCluster.parse(initialCluster);
            final List<String> own = cluster.urlsOf(name);
            if (own.isEmpty()) {
                throw refused(
                        "couldn't find local name \""
                                + name
                                + "\" in the initial cluster configuration");
            }
            if (cluster.hasDuplicateUrl()) {
                throw refused("initial cluster " + cluster + " has duplicate url");
            }
            if (!advertised.isEmpty() && !own.equals(urls(advertised))) {
                throw refused(
                        "--initial-cluster has "
                                + String.join(",", own)
                                + " for "
                                + name
                                + ", and --initial-advertise-peer-urls "
                                + advertised);
            }
            final Membership members = cluster.toMembership(token);
            return new Founders(members, members.memberByName(name).orElseThrow());
        } catch (final IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private static List<String> urls(final String text) {
        return Arrays.stream(text.split(",")).map(PeerUrls::check).sorted().toList();
    }

    private static BackupException refused(final String why) {
        return new BackupException(Kind.REFUSED, why);
    }

    /** The data directory of the member whose name was given. */
    public RestoredMember member(final Path dataDir) {
        return new RestoredMember(dataDir, members, self.id());
    }

    Membership members() {
        return members;
    }

    /** That member's id, as the API prints it. */
    public String memberId() {
        return MemberIds.toHex(self.id());
    }

    /** The cluster's id, as the API prints it. */
    public String clusterId() {
        return MemberIds.toHex(members.clusterId());
    }
}
