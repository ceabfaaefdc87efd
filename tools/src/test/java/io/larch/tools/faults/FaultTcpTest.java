package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.PeerCarrier;
import io.larch.tools.system.PeerCertificates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of the network, with members that talk over TCP, plain and within TLS; see {@link
 * PeerCarrier} for the others.
 */
@Tag("slow")
@Tag("fused-only")
class FaultTcpTest {
    private static final String[] FLAGS = {"--event-history", "50000"};

    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private int number(final ClusterMember member) {
        return cluster.members().indexOf(member) + 1;
    }

    @TempDir Path directory;

    private final Map<ClusterMember, Integer> securePorts = new HashMap<>();

    private PeerCertificates certificates() throws IOException, GeneralSecurityException {
        return PeerCertificates.make(directory, network.host(1), network.host(2), network.host(3));
    }

    @Test
    void shouldGoOnOverTcpWhenLeadersAreKilledAndCutOff() throws Exception {
        network.create(3);
        cluster.over(PeerCarrier.TCP).on(network::host, network::launcher).start(3, FLAGS);
        killAndCutOff("leaders killed and cut off, TCP");
    }

    @Test
    void shouldGoOnWithinTlsWhenLeadersAreKilledAndCutOff() throws Exception {
        network.create(3);
        cluster.over(PeerCarrier.TLS).on(network::host, network::launcher).start(3, FLAGS);
        killAndCutOff("leaders killed and cut off, TLS");
    }

    private void killAndCutOff(final String scenario) throws Exception {
        try (FaultRun run = new FaultRun(scenario, cluster)) {
            while (run.nextRound(1)) {
                final ClusterMember killed = cluster.awaitLeader();
                run.kill(killed);
                cluster.awaitLeader(member -> member != killed);
                run.awaitLoad();
                run.start(killed);
                run.awaitLoad();

                final ClusterMember cut = cluster.awaitLeader();
                for (final ClusterMember other : cluster.members()) {
                    if (other != cut) {
                        network.cut(number(cut), number(other));
                    }
                }
                cluster.awaitLeader(member -> member != cut);
                network.heal();
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /**
     * First all learn to listen both ways, then the cluster is told of the new URLs, then the old
     * ones are given up: always one member after the other.
     */
    @Test
    void shouldLoseNothingOnTheWayFromHttpToHttps() throws Exception {
        network.create(3);
        cluster.on(network::host, network::launcher).start(3, FLAGS);
        final PeerCertificates certificates = certificates();
        try (FaultRun run = new FaultRun("http to https", cluster)) {
            for (final ClusterMember member : cluster.members()) {
                restart(member, certificates, member.peerUrl() + "," + secureUrl(member));
                run.awaitLoad();
            }
            for (final ClusterMember member : cluster.members()) {
                update(member);
                run.awaitLoad();
            }
            for (final ClusterMember member : cluster.members()) {
                restart(member, certificates, secureUrl(member));
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /** On a port of its own, so that both can be heard for a while. */
    private String secureUrl(final ClusterMember member) {
        final URI plain = URI.create(member.peerUrl());
        return "https://"
                + plain.getHost()
                + ":"
                + securePorts.computeIfAbsent(member, any -> FreePort.next());
    }

    private static void restart(
            final ClusterMember member,
            final PeerCertificates certificates,
            final String listenUrls)
            throws IOException {
        member.terminate();
        member.start(certificates.flagsAnd("--listen-peer-urls", listenUrls));
    }

    private void update(final ClusterMember member) throws IOException {
        final HttpReply reply =
                HttpConnection.exchange(
                        cluster.awaitLeader().url(),
                        "PUT",
                        "/v2/members/" + member.id(),
                        "{\"peerURLs\":[\"" + secureUrl(member) + "\"]}",
                        Map.of("Content-Type", "application/json"));
        assertEquals(204, reply.status(), reply::toString);
    }
}
