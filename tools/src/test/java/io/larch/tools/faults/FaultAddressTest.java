package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members that listen at all addresses of their hosts, and are advertised at one of several. */
@Tag("slow")
@Tag("fused-only")
class FaultAddressTest {
    private static final String EVERYWHERE = "http://0.0.0.0:2380";

    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    /** The members of one cluster, by where they are advertised; listening everywhere. */
    private void createAt(final List<String> hosts) throws IOException {
        final List<String> initialCluster = new ArrayList<>();
        for (final String host : hosts) {
            initialCluster.add("m" + (initialCluster.size() + 1) + "=" + url(host));
        }
        cluster.on(network::host, network::launcher);
        for (final String host : hosts) {
            cluster.createMember(
                    "--initial-cluster",
                    String.join(",", initialCluster),
                    "--listen-peer-urls",
                    EVERYWHERE,
                    "--initial-advertise-peer-urls",
                    url(host));
        }
    }

    private static String url(final String host) {
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":2380";
    }

    private static void put(final ClusterMember member, final String value) throws IOException {
        final int status = member.exchange("PUT", "/v2/keys/a", "value=" + value).status();
        assertTrue(status == 200 || status == 201, "status " + status);
    }

    @Test
    void shouldMeetAtAddressesThatAreNotTheFirstOfTheirHosts() throws IOException {
        network.create(3);
        final List<String> hosts =
                new ArrayList<>(
                        List.of(
                                network.secondHost(1),
                                network.secondHost(2),
                                network.secondHost(3)));
        if (PartitionedNetwork.hasIpv6()) {
            network.linkIpv6(3);
            hosts.set(2, network.secondIpv6Host(3));
        }
        network.addAddress(1, hosts.get(0), "eth0");
        network.addAddress(2, hosts.get(1), "lo");
        network.addAddress(3, hosts.get(2), "eth0");
        createAt(hosts);

        cluster.startAll();
        put(cluster.awaitLeader(), "1");
        cluster.awaitSameTree();
    }

    @Test
    void shouldFollowAnAddressThatComesAndGoes() throws IOException {
        network.create(3);
        network.addAddress(1, network.secondHost(1), "eth0");
        createAt(List.of(network.secondHost(1), network.host(2), network.secondHost(3)));
        final ClusterMember late = cluster.member(3);
        late.launch();
        cluster.member(1).launch();
        cluster.member(2).start();

        network.addAddress(3, network.secondHost(3), "lo");
        late.awaitReady();
        put(cluster.awaitLeader(), "1");
        cluster.awaitSameTree();

        network.removeAddress(3, network.secondHost(3), "lo");
        final ClusterMember there = cluster.member(2);
        put(there, "2");
        network.addAddress(3, network.secondHost(3), "eth0");
        cluster.awaitSameTree();
    }
}
