package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.Command;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.Product;
import io.larch.tools.system.Servers;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** What etcdctl of 3.4 says of three members, and does to them: the same of Larch and of etcd. */
@Tag("slow")
@Tag("fused-only")
class EtcdctlV3ClusterTest {
    private static final Pattern ADDED =
            Pattern.compile("Member +([0-9a-f]+) added to cluster +[0-9a-f]+\n");

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    private Etcdctl etcdctl;

    @BeforeEach
    void needsEtcdctl() {
        assumeTrue(Etcdctl.isWanted(), "needs etcdctl");
    }

    @ParameterizedTest
    @EachProduct
    void shouldShowAndChangeMembers(final Product product) throws Exception {
        if (product == Product.ETCD) {
            assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
            cluster.ofEtcd();
        }
        // etcd otherwise wants to know its members for five seconds before they change.
        cluster.start(3, "--strict-reconfig-check=false");
        cluster.awaitLeader();
        etcdctl = new Etcdctl(endpoints());

        showsAll();
        movesTheLeader();
        addsUpdatesAndRemoves();
    }

    /** And a leader never waits for it, but for its vote once it was promoted. */
    @ParameterizedTest
    @EachProduct
    void shouldKeepALearnerUntilItIsPromoted(final Product product) throws Exception {
        if (product == Product.ETCD) {
            assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
            cluster.ofEtcd();
        }
        cluster.start(3, "--strict-reconfig-check=false");
        final ClusterMember leader = cluster.awaitLeader();
        etcdctl = new Etcdctl(leader.url());
        assertEquals("OK\n", etcdctl.run("put", "a", "1").output());

        final ClusterMember fourth = cluster.createMember();
        final String id = addsALearner(fourth);
        promotesNobodyYet(id, leader.id());
        fourth.launch("--initial-cluster-state=existing", "--initial-cluster=" + all());
        fourth.awaitReady();
        final String started = line(fourth, "started", true);
        etcdctl.await(result -> lines(result).contains(started), "member", "list");
        answersLittle(fourth, id);
        etcdctl.await(
                result -> result.output().startsWith(member(id) + "promoted in cluster "),
                "member",
                "promote",
                id);
        final String promoted = line(fourth, "started", false);
        etcdctl.await(result -> lines(result).contains(promoted), "member", "list");

        // Of four the other three are needed.
        leader.kill();
        etcdctl = new Etcdctl(fourth.url());
        etcdctl.await(result -> result.output().equals("OK\n"), "put", "a", "2");
    }

    private String addsALearner(final ClusterMember fourth) throws Exception {
        final String urls = "--peer-urls=" + fourth.peerUrl();
        final String added =
                etcdctl.run("member", "add", fourth.name(), "--learner", urls).output();
        final MatchResult found = ADDED.matcher(added).results().findFirst().orElseThrow();
        final String id = found.group(1);
        final Set<String> listed = lines(etcdctl.run("member", "list"));
        assertTrue(
                listed.contains(id + ", unstarted, , " + fourth.peerUrl() + ", , true"),
                listed::toString);
        refused(
                "too many learner members in cluster",
                "member",
                "add",
                "fifth",
                "--learner",
                "--peer-urls=http://127.0.0.1:1");
        // Nobody waits for it.
        assertEquals("OK\n", etcdctl.run("put", "b", "1").output());
        return id;
    }

    private void promotesNobodyYet(final String learner, final String voter) throws Exception {
        refused(
                "can only promote a learner member which is in sync with leader",
                "member",
                "promote",
                learner);
        refused("can only promote a learner member", "member", "promote", voter);
        refused("member not found", "member", "promote", "77");
        refused("bad leader transferee", "move-leader", learner);
    }

    private void answersLittle(final ClusterMember learner, final String id) throws Exception {
        final Etcdctl voters = etcdctl;
        etcdctl = new Etcdctl(learner.url());
        etcdctl.await(result -> result.output().equals("a\n1\n"), "get", "a", "--consistency=s");
        final String unsupported = "rpc not supported for learner";
        refused(unsupported, "get", "a");
        refused(unsupported, "put", "a", "3");
        refused(unsupported, "member", "list");
        refused(unsupported, "member", "promote", id);
        final String status = etcdctl.run("endpoint", "status", "--write-out=fields").output();
        assertTrue(status.contains("\"IsLearner\" : true\n"), status);
        etcdctl = voters;
    }

    /** A number with a zero in front is shown with a blank there. */
    private static String member(final String id) {
        return String.format("Member %16s ", id);
    }

    private void refused(final String text, final String... arguments) throws Exception {
        final Command.Result result = etcdctl.run(arguments);
        assertEquals(1, result.status(), result::output);
        assertTrue(result.output().endsWith("Error: etcdserver: " + text + "\n"), result::output);
    }

    private String all() {
        return cluster.members().stream()
                .map(member -> member.name() + "=" + member.peerUrl())
                .collect(Collectors.joining(","));
    }

    private void showsAll() throws Exception {
        assertEquals("OK\n", etcdctl.run("put", "a", "1").output());
        final Set<String> listed = new TreeSet<>();
        for (final ClusterMember member : cluster.members()) {
            listed.add(line(member, "started", false));
        }
        assertEquals(listed, lines(etcdctl.run("member", "list")));
        final Etcdctl one = new Etcdctl(cluster.member(1).url());
        final Command.Result health = one.run("endpoint", "health", "--cluster");
        assertEquals(0, health.status(), health::output);
        for (final ClusterMember member : cluster.members()) {
            assertTrue(health.output().contains(member.url() + " is healthy: "), health::output);
        }
        assertEquals(Set.of(cluster.awaitLeader().id()), leaders());
        etcdctl.await(result -> isOneHashOfAll(lines(result)), "endpoint", "hashkv", "--cluster");
        assertEquals(
                cluster.members().stream()
                        .map(member -> "Finished defragmenting etcd member[" + member.url() + "]")
                        .collect(Collectors.toCollection(TreeSet::new)),
                lines(etcdctl.run("defrag")));
    }

    private void movesTheLeader() throws Exception {
        final ClusterMember leader = cluster.awaitLeader();
        final ClusterMember follower = cluster.followers().get(0);
        final String from = leader.id();
        final String to = follower.id();

        final Command.Result refused = new Etcdctl(follower.url()).run("move-leader", to);
        assertEquals(128, refused.status(), refused::output);
        assertTrue(
                refused.output()
                        .endsWith("Error: no leader endpoint given at [" + follower.url() + "]\n"),
                refused::output);
        assertEquals(
                new Command.Result(0, "Leadership transferred from " + from + " to " + to + "\n"),
                etcdctl.run("move-leader", to));
        LarchCluster.await("the new leader", () -> cluster.awaitLeader() == follower);
        assertEquals(Set.of(to), leaders());
    }

    private void addsUpdatesAndRemoves() throws Exception {
        final String old =
                cluster.members().stream()
                        .map(member -> member.name() + "=" + member.peerUrl())
                        .collect(Collectors.joining(","));
        final ClusterMember fourth = cluster.createMember();

        final String added =
                etcdctl.run("member", "add", fourth.name(), "--peer-urls=" + fourth.peerUrl())
                        .output();
        final MatchResult found = ADDED.matcher(added).results().findFirst().orElseThrow();
        final String id = found.group(1);
        assertTrue(added.contains("\nETCD_INITIAL_CLUSTER_STATE=\"existing\"\n"), added);
        fourth.launch(
                "--initial-cluster-state=existing",
                "--initial-cluster=" + old + "," + fourth.name() + "=" + fourth.peerUrl());
        fourth.awaitReady();
        final String started = line(fourth, "started", false);
        etcdctl.await(result -> lines(result).contains(started), "member", "list");
        assertTrue(
                etcdctl.run("member", "update", id, "--peer-urls=" + fourth.peerUrl())
                        .output()
                        .startsWith(member(id) + "updated in cluster"));
        assertTrue(
                etcdctl.run("member", "remove", id)
                        .output()
                        .startsWith(member(id) + "removed from cluster"));
        assertEquals(3, lines(etcdctl.run("member", "list")).size());
        cluster.forget(fourth);
    }

    private static String line(
            final ClusterMember member, final String state, final boolean isLearner)
            throws Exception {
        return String.join(
                ", ",
                member.id(),
                state,
                member.name(),
                member.peerUrl(),
                member.url().toString(),
                Boolean.toString(isLearner));
    }

    /** Those of the members who say that they lead. */
    private Set<String> leaders() throws Exception {
        final Set<String> lines = lines(etcdctl.run("endpoint", "status"));
        assertEquals(3, lines.size(), lines::toString);
        return lines.stream()
                .map(line -> line.split(", "))
                .filter(fields -> fields[4].equals("true"))
                .map(fields -> fields[1])
                .collect(Collectors.toSet());
    }

    private String endpoints() {
        return cluster.members().stream()
                .map(member -> member.url().toString())
                .collect(Collectors.joining(","));
    }

    private static Set<String> lines(final Command.Result result) {
        return result.output().lines().collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isOneHashOfAll(final Set<String> lines) {
        return lines.stream()
                        .map(line -> line.split(", ")[0])
                        .collect(Collectors.toSet())
                        .equals(Set.of(endpoints().split(",")))
                && lines.stream().map(line -> line.split(", ")[1]).distinct().count() == 1;
    }
}
