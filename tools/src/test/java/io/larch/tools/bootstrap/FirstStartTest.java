package io.larch.tools.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.member.Member;
import io.larch.engine.member.MemberIds;
import io.larch.tools.bootstrap.discovery.ScriptedServer;
import io.larch.tools.bootstrap.discovery.SrvLookup;
import io.larch.tools.bootstrap.discovery.SrvLookup.Target;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirstStartTest {
    private static final String SELF_URL = "http://127.0.0.1:1";

    private ScriptedServer peer;

    @BeforeEach
    void start() throws IOException {
        peer = new ScriptedServer();
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    @Test
    void shouldFoundAClusterWithTheIdsOfEtcd() throws ExitException {
        final Identity identity =
                identity(
                        "--initial-cluster-token=tok",
                        "--initial-cluster=me=http://127.0.0.1:1,b=http://127.0.0.1:3");

        assertEquals(MemberIds.memberId(List.of(SELF_URL), "tok"), identity.self().id());
        assertEquals(2, identity.founders().size());
        assertEquals(
                MemberIds.clusterId(identity.founders().stream().map(Member::id).toList()),
                identity.clusterId());
        assertFalse(identity.isJoining());
    }

    @Test
    void shouldNotComeBackWithoutItsData() {
        final long self = MemberIds.memberId(List.of(SELF_URL), "etcd-cluster");
        peer.then(
                200,
                "[{\"id\":%s,\"peerURLs\":[\"%s\"],\"name\":\"me\",\"clientURLs\":[\"http://c:1\"]}]"
                        .formatted(Long.toUnsignedString(self), SELF_URL));

        assertEquals(
                List.of("member " + MemberIds.toHex(self) + " has already been bootstrapped"),
                problems("--initial-cluster=me=http://127.0.0.1:1,b=" + peer.url()));
        assertEquals(List.of("GET /members"), peer.requests());
    }

    @Test
    void shouldComeBackWhileItHadNotYetStarted() throws ExitException {
        final long self = MemberIds.memberId(List.of(SELF_URL), "etcd-cluster");
        peer.then(
                200,
                "[{\"id\":%s,\"peerURLs\":[\"%s\"]}]"
                        .formatted(Long.toUnsignedString(self), SELF_URL));

        assertEquals(
                self,
                identity("--initial-cluster=me=http://127.0.0.1:1,b=" + peer.url()).self().id());
    }

    @Test
    void shouldTakeItsIdsFromTheClusterThatItJoins() throws ExitException {
        peer.then(
                200,
                "[{\"id\":906894248056116548,\"peerURLs\":[\"%s\"],\"name\":\"c1\",\"clientURLs\":[\"http://c:1\"]},"
                                .formatted(peer.url())
                        + "{\"id\":18446744073709551615,\"peerURLs\":[\"%s\"]}]"
                                .formatted(SELF_URL));

        final Identity identity =
                identity(
                        "--initial-cluster-state=existing",
                        "--initial-cluster=me=http://127.0.0.1:1,b=" + peer.url());

        assertTrue(identity.isJoining());
        assertEquals(-1L, identity.self().id());
        assertEquals("me", identity.self().name());
        assertEquals(0x7e27652122e8b2aeL, identity.clusterId());
        assertEquals(
                List.of(906894248056116548L, -1L),
                identity.founders().stream().map(Member::id).toList());
        assertEquals("c1", identity.founders().get(0).name());
    }

    @Test
    void shouldAskTheNextMemberWhenOneDoesNotKnow() throws ExitException, IOException {
        try (ScriptedServer broken = new ScriptedServer()) {
            broken.then(404, "404 page not found\n");
            final String members =
                    "[{\"id\":1,\"peerURLs\":[\"%s\"]},{\"id\":2,\"peerURLs\":[\"%s\"]},{\"id\":3,\"peerURLs\":[\"%s\"]}]"
                            .formatted(SELF_URL, peer.url(), broken.url());
            peer.then(200, members);

            assertEquals(
                    1L,
                    identity(
                                    "--initial-cluster-state=existing",
                                    "--initial-cluster=me=%s,b=%s,c=%s"
                                            .formatted(SELF_URL, peer.url(), broken.url()))
                            .self()
                            .id());
        }
    }

    @Test
    void shouldSayThatNobodyTellsAboutTheCluster() {
        assertEquals(
                List.of(
                        "cannot fetch cluster info from peer urls: could not retrieve cluster"
                                + " information from the given urls"),
                problems(
                        "--initial-cluster-state=existing",
                        "--initial-cluster=me=http://127.0.0.1:1,b=" + peer.url()));
    }

    @Test
    void shouldSayThatTheClusterIsAnother() {
        final String real = "[{\"id\":1,\"peerURLs\":[\"%s\"]}".formatted(peer.url());
        peer.then(200, real + "]");
        peer.then(200, real + ",{\"id\":2,\"peerURLs\":[\"http://127.0.0.1:4\"]}]");
        final String[] flags = {
            "--initial-cluster-state=existing",
            "--initial-cluster=me=http://127.0.0.1:1,b=" + peer.url()
        };

        assertEquals(
                List.of(
                        "error validating peerURLs {ClusterID:7e27652122e8b2ae Members:[&{ID:1"
                                + " RaftAttributes:{PeerURLs:["
                                + peer.url()
                                + "]} Attributes:{Name: ClientURLs:[]}}] RemovedMemberIDs:[]}:"
                                + " member count is unequal"),
                problems(flags));
        assertTrue(problems(flags).get(0).endsWith(": unmatched member while checking PeerURLs"));
    }

    @Test
    void shouldRefuseToJoinByDiscovery() {
        assertEquals(
                List.of("discovery URL should not be set when joining existing initial cluster"),
                problems("--initial-cluster-state=existing", "--discovery=http://127.0.0.1:1/t"));
    }

    @Test
    void shouldRefuseMembersThatWantTls() {
        assertEquals(
                List.of(
                        "peer URL https://127.0.0.1:3 of member \"b\" needs TLS: set -peer-cert-file"
                                + " and -peer-key-file"),
                problems("--initial-cluster=me=http://127.0.0.1:1,b=https://127.0.0.1:3"));
    }

    @Test
    void shouldFindItsClusterAtADiscoveryService() throws ExitException {
        final String url = peer.url() + "/v2/keys/t";
        final long self = MemberIds.memberId(List.of(SELF_URL), url);
        final String size = "{\"node\":{\"key\":\"/t/_config/size\",\"value\":\"1\"}}";
        final String node =
                "{\"key\":\"/t/%s\",\"value\":\"me=%s\",\"createdIndex\":5}"
                        .formatted(MemberIds.toHex(self), SELF_URL);
        peer.then(200, size).then(200, "{\"node\":{\"key\":\"/t\",\"dir\":true}}", 4);
        peer.then(201, "{\"node\":" + node + "}", 5);
        peer.then(200, size).then(200, "{\"node\":{\"key\":\"/t\",\"nodes\":[" + node + "]}}", 5);

        final Identity identity = identity("--discovery=" + url);

        assertEquals(self, identity.self().id());
        assertEquals(List.of(self), identity.founders().stream().map(Member::id).toList());
    }

    @Test
    void shouldExplainWhatWentWrongAtADiscoveryService() throws ExitException {
        final String url = peer.url() + "/v2/keys/t";
        final String full = "{\"node\":{\"key\":\"/t/_config/size\",\"value\":\"1\"}}";
        final String other =
                "{\"node\":{\"nodes\":[{\"key\":\"/t/1\",\"value\":\"o=http://o:1\"}]}}";
        peer.then(200, full).then(200, other, 4).then(200, full).then(200, other, 4);

        assertEquals(
                List.of(
                        "failed to join discovery cluster (discovery: cluster is full)",
                        "discovery token "
                                + url
                                + " was used, but failed to bootstrap the cluster.",
                        "please generate a new discovery token and try to bootstrap again."),
                problems("--discovery=" + url, "--discovery-fallback=exit"));
        assertTrue(
                new FirstStart(config("--discovery=" + url), FirstStartTest::noRecords)
                        .identity()
                        .isEmpty());
    }

    @Test
    void shouldFindItsClusterInTheDns() throws ExitException {
        final SrvLookup dns =
                name -> {
                    if (name.equals("_etcd-server._tcp.example.com")) {
                        return List.of(new Target("127.0.0.1", 1), new Target("127.0.0.1", 3));
                    }
                    throw new SrvLookup.NoRecordsException("lookup " + name);
                };

        final Identity identity =
                new FirstStart(config("--discovery-srv=example.com"), dns).identity().orElseThrow();

        // Each would call the others by names of its own making.
        assertEquals(List.of("", ""), identity.founders().stream().map(Member::name).toList());
        assertEquals(MemberIds.memberId(List.of(SELF_URL), "etcd-cluster"), identity.self().id());
    }

    @Test
    void shouldSayThatTheDnsDoesNotKnowItsCluster() {
        assertEquals(
                List.of(
                        "error setting up initial cluster: SRV discovery failed: too many errors"
                                + " querying DNS SRV records"),
                problems("--discovery-srv=example.com"));
    }

    private static Identity identity(final String... flags) throws ExitException {
        return new FirstStart(config(flags), FirstStartTest::noRecords).identity().orElseThrow();
    }

    private static List<Target> noRecords(final String name) throws SrvLookup.NoRecordsException {
        throw new SrvLookup.NoRecordsException("lookup " + name + ": no such host");
    }

    private static List<String> problems(final String... flags) {
        return assertThrows(ExitException.class, () -> identity(flags)).remarks().stream()
                .map(Remark::text)
                .toList();
    }

    private static ServerConfig config(final String... flags) throws ExitException {
        final List<String> all =
                new ArrayList<>(List.of("--name=me", "--initial-advertise-peer-urls=" + SELF_URL));
        all.addAll(Arrays.asList(flags));
        return new LarchFlags(Map.of()).parse(all);
    }
}
