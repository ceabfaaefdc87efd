package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How members find each other: by flags, at a discovery service, by a running cluster. */
@Tag("slow")
@Tag("fused-only")
class ClusterBootstrapTest {
    @RegisterExtension final LarchCluster cluster = new LarchCluster();
    @RegisterExtension final LarchCluster other = new LarchCluster();

    @Test
    void shouldHaveTheIdsThatEtcdHas() throws IOException {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        cluster.start(3, "--initial-cluster-token", "tok");
        final Object members = sorted(cluster.member(1).json("/v2/members"));
        final String clusterId =
                cluster.member(1).exchange("GET", "/v2/members", null).header("X-Etcd-Cluster-Id");
        cluster.members().forEach(ClusterMember::kill);

        final List<ClusterMember> etcd =
                other.ofEtcd().startAs(cluster, "--initial-cluster-token", "tok");

        assertEquals(members, sorted(etcd.get(0).json("/v2/members")));
        assertEquals(
                clusterId,
                etcd.get(0).exchange("GET", "/v2/members", null).header("X-Etcd-Cluster-Id"));
    }

    @Test
    void shouldJoinARunningClusterAndLearnItsData() throws IOException {
        cluster.start(3);
        put("/before", "1");

        final ClusterMember joined = cluster.add().start();

        assertEquals("1", value(joined, "/before"));
        put("/after", "2");
        assertEquals("2", value(joined, "/after"));
        assertEquals(List.of("m1", "m2", "m3", "m4"), names(joined).stream().sorted().toList());
        cluster.awaitSameTree();
        joined.kill();
        joined.start();
        assertEquals("2", value(joined, "/after"));
    }

    @Test
    void shouldStopAMemberThatIsRemovedAndNotLetItComeBack() throws IOException {
        cluster.start(3);
        final ClusterMember removed = cluster.followers().get(0);

        cluster.remove(removed);

        assertEquals(0, removed.exitStatus());
        removed.launch();
        assertEquals(0, removed.exitStatus());
        assertTrue(
                removed.log().contains("the data-dir used by this member must be removed."),
                removed.log());
        put("/still", "here");
        assertEquals(2, names(cluster.awaitLeader()).size());
    }

    @Test
    void shouldStopALeaderThatIsRemoved() throws IOException {
        cluster.start(3);
        final ClusterMember removed = cluster.awaitLeader();

        cluster.remove(removed);

        assertEquals(0, removed.exitStatus());
        put("/still", "here");
        assertEquals(2, names(cluster.awaitLeader()).size());
    }

    @Test
    void shouldMeetAtADiscoveryService() throws IOException {
        final ClusterMember service = other.start(1).member(1);
        final String token =
                service.url() + "/v2/keys/discovery/6c007a14875d53d9bf0ef5a6fc0257c817f0fb83";
        assertEquals(
                201,
                service.keys()
                        .put(
                                "/discovery/6c007a14875d53d9bf0ef5a6fc0257c817f0fb83/_config/size",
                                "value=3")
                        .status());
        for (int i = 0; i < 3; i++) {
            cluster.createMember("--discovery", token);
        }

        cluster.startAll();

        put("/a", "1");
        assertEquals("1", value(cluster.member(3), "/a"));
        assertEquals(3, names(cluster.member(2)).size());
        final ClusterMember late =
                cluster.createMember("--discovery", token, "--discovery-fallback", "exit").launch();
        assertEquals(1, late.exitStatus());
        assertTrue(
                late.log()
                        .contains("failed to join discovery cluster (discovery: cluster is full)"),
                late.log());
        cluster.forget(late);
        // The service is not needed any more.
        service.kill();
        cluster.member(1).kill();
        cluster.member(1).start();
        assertEquals("1", value(cluster.member(1), "/a"));
    }

    @Test
    void shouldGoOnAloneWhenForcedTo() throws IOException {
        cluster.start(3);
        put("/a", "1");
        // What came last may not be known as committed by a follower, and is dropped then.
        put("/last", "1");
        cluster.awaitSameTree();
        final ClusterMember survivor = cluster.followers().get(0);
        final String id = survivor.id();
        cluster.members().forEach(ClusterMember::kill);

        survivor.start("--force-new-cluster");

        assertEquals("1", value(survivor, "/a"));
        assertEquals(List.of(survivor.name()), names(survivor));
        assertEquals(id, survivor.id());
        assertEquals(201, survivor.keys().put("/b", "value=2").status());
        // Once is enough: it remembers.
        survivor.terminate();
        survivor.start();
        assertEquals("2", value(survivor, "/b"));
        assertEquals(List.of(survivor.name()), names(survivor));
    }

    /** Those who have not started yet count as down. */
    @Test
    void shouldRefuseChangesThatLeaveTooFewMembersUp() throws IOException {
        cluster.start(1, "--strict-reconfig-check");
        final ClusterMember first = cluster.member(1);
        final ClusterMember second = cluster.add("--strict-reconfig-check");
        final Object before = sorted(first.json("/v2/members"));

        for (final HttpReply refused :
                List.of(
                        addThird(first),
                        first.exchange("DELETE", "/v2/members/" + first.id(), null))) {
            assertEquals(500, refused.status(), refused::toString);
            assertEquals(
                    "{\"message\":\"etcdserver: re-configuration failed due to not enough started"
                            + " members\"}",
                    refused.text());
        }

        assertTrue(first.log().contains("rejecting member add request"), first.log());
        assertTrue(first.log().contains("rejecting member remove request"), first.log());
        assertEquals(before, sorted(first.json("/v2/members")));
        second.start();
        assertEquals(201, addThird(first).status());
        assertTrue(names(first).contains(""), () -> "a member that has not started");
    }

    private static HttpReply addThird(final ClusterMember server) throws IOException {
        return HttpConnection.exchange(
                server.url(),
                "POST",
                "/v2/members",
                "{\"peerURLs\":[\"http://127.0.0.1:1\"]}",
                Map.of("Content-Type", "application/json"));
    }

    @Test
    void shouldNotLetAMemberComeBackWithoutItsData() throws IOException {
        cluster.start(3);
        final ClusterMember wiped = cluster.followers().get(0);
        final String id = wiped.id();
        wiped.kill();
        wiped.wipe();

        wiped.launch();

        assertEquals(1, wiped.exitStatus());
        assertTrue(
                wiped.log().contains("member " + id + " has already been bootstrapped"),
                wiped.log());
    }

    private void put(final String key, final String value) throws IOException {
        final HttpReply reply = cluster.awaitLeader().keys().put(key, "value=" + value);
        assertTrue(reply.status() < 300, reply::toString);
    }

    private static String value(final ClusterMember member, final String key) throws IOException {
        return (String)
                JsonTree.at(member.json("/v2/keys" + key + "?quorum=true"), "node", "value");
    }

    private static List<String> names(final ClusterMember member) throws IOException {
        final List<String> names = new ArrayList<>();
        for (final Object one : (List<?>) JsonTree.at(member.json("/v2/members"), "members")) {
            names.add((String) JsonTree.at(one, "name"));
        }
        return names;
    }

    /** 3.4 lists members in any order. */
    private static Object sorted(final Object members) {
        return ((List<?>) ((Map<?, ?>) members).get("members"))
                .stream().map(String::valueOf).sorted().toList();
    }
}
