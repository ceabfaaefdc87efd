package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a member says of peers that do not answer. */
@Tag("slow")
class FaultSilenceTest {
    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private static void awaitLine(final ClusterMember member, final String... parts) {
        LarchCluster.await(
                String.join(" ... ", parts) + " in the log of " + member,
                () ->
                        member.log()
                                .lines()
                                .anyMatch(
                                        line -> List.of(parts).stream().allMatch(line::contains)));
    }

    private static void awaitPage(
            final ClusterMember member, final String path, final String pattern) {
        LarchCluster.await(
                path + " of " + member + " to be like " + pattern,
                () -> {
                    try {
                        return member.exchange("GET", path, null).text().matches(pattern);
                    } catch (final IOException e) {
                        return false;
                    }
                });
    }

    private static String address(final ClusterMember member) {
        return member.peerUrl().substring("http://".length());
    }

    /** UDP is lost between the first two; the third was not started. */
    @Test
    void shouldNameEachPeerThatDoesNotAnswerAndWhatIsTheMatterWithIt() throws IOException {
        network.create(3);
        network.cutUdp(1, 2);
        cluster.on(network::host, network::launcher).create(3);
        final ClusterMember one = cluster.member(1).launch();
        final ClusterMember two = cluster.member(2).launch();
        final ClusterMember three = cluster.member(3);

        final String noUdp = " answers by TCP, but not by UDP: let UDP through both ways";
        final String refused = "nothing listens at " + address(three) + ": TCP is refused";
        awaitLine(
                one,
                "m2 (",
                ") at " + two.peerUrl() + " has never answered since",
                address(two) + noUdp);
        awaitLine(one, "at " + three.peerUrl() + " has never answered since", refused);
        awaitLine(two, "at " + one.peerUrl() + " has never answered since", address(one) + noUdp);
        awaitLine(
                one,
                "this member and 0 of 2 others are up",
                "it takes 2; waiting for ",
                "m2 (",
                ") at " + two.peerUrl(),
                "m3 (",
                ") at " + three.peerUrl());
        final String health = one.exchange("GET", "/health?verbose", null).text();
        assertTrue(health.contains(noUdp) && health.contains(refused), health);

        three.start();
        final ClusterMember leader = cluster.awaitLeader();
        awaitPage(one, "/metrics", "(?s).*\netcd_network_active_peers\\{[^}]*} 0.*");
        awaitPage(one, "/metrics", "(?s).*\netcd_network_active_peers\\{[^}]*} 1.*");
        awaitPage(one, "/metrics", "(?s).*\nlarch_transport_silences_told_total [1-9].*");

        final ClusterMember missed = leader == one ? two : one;
        missed.kill();
        final String silent = ".*},\"silent\":\\[\\{\"id\":\".*\"peerURLs\":\\[\"";
        awaitPage(leader, "/v2/stats/leader", silent + missed.peerUrl() + "\"].*}]}");
    }
}
