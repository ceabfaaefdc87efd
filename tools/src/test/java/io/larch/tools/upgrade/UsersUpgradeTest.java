package io.larch.tools.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that is upgraded member by member: from a build without users, and from one with. */
@Tag("fused-only")
class UsersUpgradeTest {
    /** Knows users, and nothing of v3. */
    private static final String FROM = System.getProperty("larch.users.upgrade.from", "230c843");

    private static final String ROOT = "/v2/auth/users/root";
    private static final String ROOT_BODY = "{\"user\":\"root\",\"password\":\"secret\"}";
    private static final String AUTHORIZATION =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    @Tag("slow")
    void shouldRefuseUsersUntilAllMembersKnowThem() throws IOException {
        cluster.create(3, "--bcrypt-cost", "4");
        for (final ClusterMember member : cluster.members()) {
            Builds.older(member);
        }
        cluster.startAll();
        upgrade(cluster.member(1));
        assertUsersRefused(cluster.member(1));
        upgrade(cluster.member(2));
        assertUsersRefused(cluster.member(1));
        assertUsersRefused(cluster.member(2));
        for (final ClusterMember member : cluster.members()) {
            final String key = "/v2/keys/" + member.name();
            assertEquals(201, put(member, key, "value=1").status(), "keys are written meanwhile");
        }

        upgrade(cluster.member(3));
        LarchCluster.await(
                "the level of all", () -> put(cluster.member(3), ROOT, ROOT_BODY).status() == 201);
        assertEquals(200, put(cluster.member(1), "/v2/auth/enable", "").status());
        for (final ClusterMember member : cluster.members()) {
            LarchCluster.await(
                    "users at " + member,
                    () -> exchange(member, "GET", "/v2/auth/users", "", Map.of()).status() == 401);
            final Map<String, String> root = Map.of("Authorization", AUTHORIZATION);
            final HttpReply users = exchange(member, "GET", "/v2/auth/users", "", root);
            assertTrue(users.text().contains("\"user\":\"root\""), users::toString);
        }
        cluster.awaitSameTree();
    }

    @Test
    @Tag("soak")
    void shouldKeepUsersAndRolesOfAnOlderBuild() throws Exception {
        final OlderBuild older = OlderBuild.of(FROM);
        cluster.create(3, "--bcrypt-cost", "4", "--snapshot-count", "50");
        for (final ClusterMember member : cluster.members()) {
            older.use(member);
        }
        cluster.startAll();
        assertEquals(201, put(cluster.member(1), ROOT, ROOT_BODY).status());
        final String role =
                "{\"role\":\"r\",\"permissions\":{\"kv\":{\"read\":[\"/r/*\"],\"write\":[\"/r/*\"]}}}";
        assertEquals(201, put(cluster.member(1), "/v2/auth/roles/r", role).status());
        final String user = "{\"user\":\"u\",\"password\":\"p\",\"roles\":[\"r\"]}";
        // As etcd answers to one with roles.
        assertEquals(200, put(cluster.member(1), "/v2/auth/users/u", user).status());
        assertEquals(200, put(cluster.member(1), "/v2/auth/enable", "").status());
        final Map<String, String> root = Map.of("Authorization", AUTHORIZATION);
        assertEquals(
                200,
                exchange(cluster.member(1), "DELETE", "/v2/auth/roles/guest", "", root).status());
        assertUsersKept("0");
        for (final ClusterMember member : cluster.members()) {
            upgrade(member);
            assertUsersKept(member.name());
            // Snapshots are taken meanwhile, by members of both builds.
            for (int i = 0; i < 60; i++) {
                write("/v2/keys/r/" + i, 201, 200);
            }
        }
        // What only the new build knows, once all are of it.
        LarchCluster.await(
                "the level of all",
                () ->
                        exchange(
                                                cluster.member(1),
                                                "POST",
                                                "/v3/kv/put",
                                                "{\"key\":\"YQ==\",\"value\":\"YQ==\"}",
                                                Map.of())
                                        .status()
                                == 200);
        assertUsersKept("v3");
    }

    private void assertUsersKept(final String key) {
        for (final ClusterMember member : cluster.members()) {
            final String path = "/v2/keys/r/" + key + member.name();
            LarchCluster.await(
                    "a user at " + member,
                    () -> exchange(member, "PUT", path, "value=1", asUser("p")).status() < 300);
            assertEquals(401, exchange(member, "PUT", path, "value=1", asUser("q")).status());
            assertEquals(
                    401, exchange(member, "PUT", "/v2/keys/s", "value=1", asUser("p")).status());
            assertEquals(401, exchange(member, "GET", "/v2/keys/r", "", Map.of()).status());
        }
    }

    private void write(final String path, final int... expected) {
        final int status =
                exchange(cluster.member(1), "PUT", path, "value=1", asUser("p")).status();
        assertTrue(IntStream.of(expected).anyMatch(each -> each == status), path + ": " + status);
    }

    private static Map<String, String> asUser(final String password) {
        return Map.of(
                "Authorization",
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(("u:" + password).getBytes(StandardCharsets.UTF_8)),
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    private static void upgrade(final ClusterMember member) throws IOException {
        member.terminate();
        Builds.present(member).start();
    }

    private static void assertUsersRefused(final ClusterMember member) {
        for (final HttpReply reply :
                new HttpReply[] {
                    put(member, ROOT, ROOT_BODY),
                    put(member, "/v2/auth/roles/r", "{\"role\":\"r\"}"),
                    put(member, "/v2/auth/enable", "")
                }) {
            assertEquals(500, reply.status(), reply::toString);
            assertEquals(
                    "{\"message\":\"Not capable of accessing auth feature during rolling upgrades.\"}",
                    reply.text());
        }
    }

    private static HttpReply put(final ClusterMember member, final String path, final String body) {
        return exchange(
                member,
                "PUT",
                path,
                body,
                Map.of("Content-Type", "application/x-www-form-urlencoded"));
    }

    private static HttpReply exchange(
            final ClusterMember member,
            final String method,
            final String path,
            final String body,
            final Map<String, String> headers) {
        try {
            return HttpConnection.exchange(member.url(), method, path, body, headers);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
