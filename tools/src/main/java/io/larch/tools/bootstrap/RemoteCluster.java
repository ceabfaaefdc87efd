package io.larch.tools.bootstrap;

import io.larch.engine.member.Member;
import io.larch.engine.member.MemberIds;
import io.larch.engine.member.Membership;
import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What members that run already say about their cluster at {@code /members} of the peer port. */
final class RemoteCluster {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteCluster.class);

    private RemoteCluster() {}

    /**
     * Asks one URL after the other until one knows.
     *
     * @param timeout for each.
     * @param tls of https URLs; null: as the Java machine does.
     * @param isTold whether failures go to the log.
     */
    static Optional<Membership> fetch(
            final List<String> peerUrls,
            final Duration timeout,
            final SSLContext tls,
            final boolean isTold) {
        if (peerUrls.isEmpty()) {
            return Optional.empty();
        }
        final SimpleHttpClient client = new SimpleHttpClient(timeout, tls);
        for (final String url : peerUrls) {
            try {
                return Optional.of(fetch(client, url));
            } catch (final IOException e) {
                if (isTold) {
                    LOG.warn(
                            "could not get cluster response from {}: {}",
                            url,
                            SimpleHttpClient.reason(e));
                }
            }
        }
        return Optional.empty();
    }

    private static Membership fetch(final SimpleHttpClient client, final String url)
            throws IOException {
        final HttpReply reply = client.get(URI.create(url + "/members"));
        if (reply.status() != 200) {
            throw new IOException("status " + reply.status());
        }
        final List<Member> members = new ArrayList<>();
        for (final Object element : Json.list(Json.parse(reply.body()))) {
            members.add(member(Json.object(element)));
        }
        if (members.isEmpty()) {
            throw new IOException("no members");
        }
        try {
            return new Membership(
                    MemberIds.parseHex(reply.header("X-Etcd-Cluster-ID")), members, Set.of());
        } catch (final IllegalArgumentException e) {
            throw new IOException("no cluster: " + e.getMessage(), e);
        }
    }

    private static Member member(final Map<String, Object> fields) throws IOException {
        return new Member(
                Json.unsigned(fields.get("id")),
                Json.text(fields.getOrDefault("name", "")),
                Json.texts(fields.get("peerURLs")),
                Json.texts(fields.get("clientURLs")));
    }

    /**
     * The cluster given by flags with the ids that its members really have: each must be there with
     * the same URLs.
     *
     * @throws IllegalArgumentException with etcd's words about what does not match.
     */
    static Membership withRealIds(final Membership given, final Membership real) {
        if (given.members().size() != real.members().size()) {
            throw new IllegalArgumentException("member count is unequal");
        }
        final List<Member> matched = new ArrayList<>();
        final List<Member> sortedGiven = byPeerUrls(given);
        final List<Member> sortedReal = byPeerUrls(real);
        for (int i = 0; i < sortedGiven.size(); i++) {
            final Member mine = sortedGiven.get(i);
            final Member theirs = sortedReal.get(i);
            if (!Addresses.areSame(mine.peerUrls(), theirs.peerUrls())) {
                throw new IllegalArgumentException("unmatched member while checking PeerURLs");
            }
            matched.add(new Member(theirs.id(), mine.name(), mine.peerUrls(), theirs.clientUrls()));
        }
        return new Membership(real.clusterId(), matched, Set.of());
    }

    private static List<Member> byPeerUrls(final Membership cluster) {
        return cluster.members().stream()
                .sorted(Comparator.comparing(member -> member.peerUrls().get(0)))
                .toList();
    }

    /** The cluster as etcd's log prints it. */
    static String describe(final Membership cluster) {
        final List<String> members =
                cluster.members().stream()
                        .map(
                                m ->
                                        "&{ID:%s RaftAttributes:{PeerURLs:%s} Attributes:{Name:%s ClientURLs:%s}}"
                                                .formatted(
                                                        MemberIds.toHex(m.id()),
                                                        spaced(m.peerUrls()),
                                                        m.name(),
                                                        spaced(m.clientUrls())))
                        .toList();
        return "{ClusterID:%s Members:%s RemovedMemberIDs:[]}"
                .formatted(MemberIds.toHex(cluster.clusterId()), spaced(members));
    }

    private static String spaced(final List<String> parts) {
        return "[" + String.join(" ", parts) + "]";
    }
}
