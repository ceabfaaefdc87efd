package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members meet at published ports, as containers do. What lies between remembers where it led each
 * sender to, as long as the sender goes on.
 */
@Tag("slow")
@Tag("fused-only")
class FaultNatTest {
    private static final int MEMBERS = 3;

    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private final List<Integer> ports = new ArrayList<>();
    private final List<String> initialCluster = new ArrayList<>();

    private void create(final int hosts) throws IOException {
        network.create(hosts);
        cluster.on(network::host, network::launcher);
        for (int number = 1; number <= MEMBERS; number++) {
            ports.add(FreePort.next());
            initialCluster.add("m" + number + "=" + publicUrl(number));
        }
        for (int number = 1; number <= MEMBERS; number++) {
            create(number, number);
        }
    }

    private ClusterMember create(final int number, final int host) throws IOException {
        return cluster.createMember(
                "--name",
                "m" + number,
                "--initial-cluster",
                String.join(",", initialCluster),
                "--listen-peer-urls",
                "http://" + network.host(host) + ":" + port(number),
                "--initial-advertise-peer-urls",
                publicUrl(number));
    }

    private int port(final int number) {
        return ports.get(number - 1);
    }

    private String publicUrl(final int number) {
        return "http://" + network.publicHost() + ":" + port(number);
    }

    /** Starts a member on the next free host, with its data, and leads its port there. */
    private ClusterMember move(final ClusterMember member, final int host) throws IOException {
        final int number = Integer.parseInt(member.name().substring(1));
        member.kill();
        put(cluster.awaitLeader(other -> other != member));
        cluster.forget(member);
        final ClusterMember moved = create(number, host);
        moved.launch("--data-dir", member.dataDirectory().toString());
        network.publish(port(number), host);
        return moved.awaitReady();
    }

    private static void put(final ClusterMember member) throws IOException {
        final int status = member.exchange("PUT", "/v2/keys/a", "value=1").status();
        assertTrue(status == 200 || status == 201, "status " + status);
    }

    @Test
    void shouldFollowBothFollowersWhosePortsAreLedToOtherHosts() throws IOException {
        create(MEMBERS + 2);
        for (int number = 1; number <= MEMBERS; number++) {
            network.publish(port(number), number);
        }
        cluster.startAll();
        final ClusterMember leader = cluster.awaitLeader();
        final List<ClusterMember> followers = cluster.followers();

        move(followers.get(0), MEMBERS + 1);
        move(followers.get(1), MEMBERS + 2);
        put(leader);
        cluster.awaitSameTree();
    }

    /** A figure for reports: one follower's port after the other is led to another host. */
    @RepeatedTest(5)
    @Tag("soak")
    void shouldTellForHowLongWritesWaitWhenBothFollowersMove() throws Exception {
        create(MEMBERS + 2);
        for (int number = 1; number <= MEMBERS; number++) {
            network.publish(port(number), number);
        }
        cluster.startAll();
        final ClusterMember leader = cluster.awaitLeader();
        try (WriteGap gap = new WriteGap(leader)) {
            int host = MEMBERS;
            for (final ClusterMember follower : cluster.followers()) {
                gap.takeLongestMs();
                final long startNanos = System.nanoTime();
                move(follower, ++host);
                final long readyMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
                System.out.println(
                        "ports: kill to ready "
                                + readyMs
                                + " ms, longest time without a write "
                                + gap.takeLongestMs()
                                + " ms");
            }
        }
        assertSame(leader, cluster.awaitLeader());
    }

    @Test
    void shouldMeetAMemberWhosePortIsPublishedAfterItWasSentTo() throws IOException {
        create(MEMBERS);
        network.publish(port(1), 1);
        network.publish(port(2), 2);
        final ClusterMember late = cluster.member(3).launch();
        cluster.member(1).launch();
        cluster.member(2).start();
        put(cluster.awaitLeader(member -> member != late));

        network.publish(port(3), 3);
        late.awaitReady();
        cluster.awaitSameTree();
    }
}
