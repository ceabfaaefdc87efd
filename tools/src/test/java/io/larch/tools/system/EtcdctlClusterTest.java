package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * What etcdctl prints of a cluster of three and of changes to it: the same of Larch and of etcd.
 */
@Tag("slow")
class EtcdctlClusterTest {
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
    private static final Map<String, String> V2 = Map.of("ETCDCTL_API", "2");

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @BeforeEach
    void needsEtcdctl() {
        assumeTrue(
                Files.isExecutable(ETCDCTL) || Servers.arePeersRequired(), "needs etcd's client");
    }

    @ParameterizedTest
    @EachProduct
    void shouldShowAndChangeTheMembers(final Product product) throws Exception {
        start(product);
        final String newUrl = "http://127.0.0.1:" + FreePort.next();
        final String movedUrl = "http://127.0.0.1:" + FreePort.next();

        assertEquals(listing(), lines(etcdctl("member", "list")));
        final Command.Result added = etcdctl("member", "add", "m4", newUrl);
        final String id = idOf(newUrl);
        assertEquals(
                "Added member named m4 with ID " + id + " to cluster",
                added.output().lines().findFirst().orElse(""));
        assertEquals(
                lines("ETCD_NAME=\"m4\"", "ETCD_INITIAL_CLUSTER_STATE=\"existing\""),
                lines(added, line -> line.startsWith("ETCD_") && !line.contains("CLUSTER=")));
        assertEquals(
                new TreeSet<>(initialCluster(newUrl)),
                lines(added, line -> line.startsWith("ETCD_INITIAL_CLUSTER=")).stream()
                        .flatMap(line -> Arrays.stream(line.split("\"")[1].split(",")))
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(
                new Command.Result(0, "Updated member with ID " + id + " in cluster\n"),
                etcdctl("member", "update", id, movedUrl));
        final TreeSet<String> four = listing();
        four.add(id + "[unstarted]: peerURLs=" + movedUrl);
        assertEquals(four, lines(etcdctl("member", "list")));
        assertEquals(
                new Command.Result(0, "Removed member " + id + " from cluster\n"),
                etcdctl("member", "remove", id));
        assertEquals(listing(), lines(etcdctl("member", "list")));
    }

    @ParameterizedTest
    @EachProduct
    void shouldJudgeTheHealth(final Product product) throws Exception {
        start(product);

        final TreeSet<String> healthy = new TreeSet<>(List.of("cluster is healthy"));
        for (final ClusterMember member : cluster.members()) {
            healthy.add(healthy(member));
        }
        assertEquals(healthy, lines(etcdctl("cluster-health")));

        final ClusterMember killed = cluster.followers().get(0);
        final String id = killed.id();
        healthy.remove(healthy(killed));
        killed.kill();
        healthy.remove("cluster is healthy");
        healthy.add("cluster is degraded");
        healthy.add("member " + id + " is unreachable: [" + killed.url() + "] are all unreachable");
        final Command.Result degraded = etcdctl("cluster-health");
        assertEquals(
                healthy, lines(degraded, line -> !line.startsWith("failed to check the health")));
        assertEquals(5, degraded.status());
    }

    private void start(final Product product) throws IOException {
        if (product == Product.ETCD) {
            assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
            cluster.ofEtcd();
        }
        // etcd 3.4, other than 2.3, otherwise wants to know its members for five seconds first.
        cluster.start(3, "--strict-reconfig-check=false");
        cluster.awaitLeader();
    }

    private TreeSet<String> listing() throws IOException {
        final TreeSet<String> lines = new TreeSet<>();
        for (final ClusterMember member : cluster.members()) {
            lines.add(
                    member.id()
                            + ": name="
                            + member.name()
                            + " peerURLs="
                            + member.peerUrl()
                            + " clientURLs="
                            + member.url()
                            + " isLeader="
                            + member.isLeader());
        }
        return lines;
    }

    private static String healthy(final ClusterMember member) throws IOException {
        return "member " + member.id() + " is healthy: got healthy result from " + member.url();
    }

    private List<String> initialCluster(final String newUrl) {
        final List<String> all = new ArrayList<>(List.of("m4=" + newUrl));
        cluster.members().forEach(member -> all.add(member.name() + "=" + member.peerUrl()));
        return all;
    }

    private String idOf(final String peerUrl) throws Exception {
        return etcdctl("member", "list")
                .output()
                .lines()
                .filter(line -> line.contains(peerUrl))
                .map(line -> line.substring(0, line.indexOf('[')))
                .findFirst()
                .orElse("not listed");
    }

    private static TreeSet<String> lines(final String... lines) {
        return new TreeSet<>(Arrays.asList(lines));
    }

    private static TreeSet<String> lines(final Command.Result result) {
        return lines(result, line -> true);
    }

    private static TreeSet<String> lines(
            final Command.Result result, final Predicate<String> wanted) {
        return result.output()
                .lines()
                .filter(wanted)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Command.Result etcdctl(final String... arguments) throws Exception {
        final String endpoints =
                cluster.running().stream()
                        .map(member -> member.url().toString())
                        .collect(Collectors.joining(","));
        final List<String> command =
                new ArrayList<>(List.of(ETCDCTL.toString(), "--endpoints", endpoints));
        command.addAll(Arrays.asList(arguments));
        return Command.run(V2, command);
    }
}
