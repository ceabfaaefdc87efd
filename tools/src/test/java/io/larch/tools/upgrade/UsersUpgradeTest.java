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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that is upgraded from a build without users, member by member. */
@Tag("slow")
@Tag("fused-only")
class UsersUpgradeTest {
    private static final String ROOT = "/v2/auth/users/root";
    private static final String ROOT_BODY = "{\"user\":\"root\",\"password\":\"secret\"}";
    private static final String AUTHORIZATION =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
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
