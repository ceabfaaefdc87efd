package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Users and roles in a cluster of processes, asked with curl. */
@Tag("slow")
class AuthClusterTest {
    private static final String ROOT = "root:root-secret-0815";
    private static final String ANN = "ann:ann-secret-4711";

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    private static String curl(
            final ClusterMember member, final String user, final String path, final String... more)
            throws IOException, InterruptedException {
        final List<String> command =
                new ArrayList<>(List.of("curl", "-s", "-S", "-w", " %{http_code}"));
        if (user != null) {
            command.addAll(List.of("-u", user));
        }
        command.addAll(List.of(more));
        command.add(member.url() + path);
        final Command.Result result = Command.run(Map.of(), command);
        assertEquals(0, result.status(), result::output);
        return result.output();
    }

    private static void done(
            final int status, final ClusterMember member, final String user, final String... more)
            throws IOException, InterruptedException {
        final String[] rest = new String[more.length - 1];
        System.arraycopy(more, 1, rest, 0, rest.length);
        final String output = curl(member, user, more[0], rest);
        assertTrue(output.endsWith(" " + status), output);
    }

    private static int status(final ClusterMember member, final String user, final String path) {
        try {
            final String output = curl(member, user, path);
            return Integer.parseInt(output.substring(output.lastIndexOf(' ') + 1));
        } catch (final IOException e) {
            throw new AssertionError(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void makeUsers(final ClusterMember member) throws IOException, InterruptedException {
        done(201, member, null, "/v2/keys/a/b", "-X", "PUT", "-d", "value=1");
        done(
                201,
                member,
                null,
                "/v2/auth/users/root",
                "-X",
                "PUT",
                "-d",
                "{\"user\":\"root\",\"password\":\"root-secret-0815\"}");
        done(
                201,
                member,
                null,
                "/v2/auth/roles/app",
                "-X",
                "PUT",
                "-d",
                "{\"role\":\"app\",\"permissions\":{\"kv\":{\"read\":[\"/a/*\"],\"write\":[]}}}");
        done(
                200,
                member,
                null,
                "/v2/auth/users/ann",
                "-X",
                "PUT",
                "-d",
                "{\"user\":\"ann\",\"password\":\"ann-secret-4711\",\"roles\":[\"app\"]}");
        done(200, member, null, "/v2/auth/enable", "-X", "PUT");
        done(200, member, ROOT, "/v2/auth/roles/guest", "-X", "DELETE");
    }

    private static void await(
            final String what, final ClusterMember member, final String user, final int status) {
        LarchCluster.await(what, () -> status(member, user, "/v2/keys/a/b") == status);
    }

    @Test
    void shouldKnowUsersOnAllMembersAndForgetThemAtOnce() throws Exception {
        cluster.start(3, "--bcrypt-cost", "4");
        makeUsers(cluster.member(1));
        for (final ClusterMember member : cluster.members()) {
            await("users", member, null, 401);
            assertEquals(200, status(member, ANN, "/v2/keys/a/b"));
            assertEquals(401, status(member, ANN, "/v2/keys/c"));
            assertEquals(401, status(member, "ann:wrong", "/v2/keys/a/b"));
            assertEquals(401, status(member, "nobody:wrong", "/v2/keys/a/b"));
            done(401, member, ANN, "/v2/keys/a/b", "-X", "PUT", "-d", "value=2");
            done(200, member, ROOT, "/v2/keys/a/b", "-X", "PUT", "-d", "value=2");
            done(401, member, ANN, "/v2/members/1234", "-X", "DELETE");
            done(404, member, ROOT, "/v2/members/1234", "-X", "DELETE");
        }

        // Where it was changed at once, and elsewhere when it is applied there.
        done(
                200,
                cluster.member(2),
                ROOT,
                "/v2/auth/users/ann",
                "-X",
                "PUT",
                "-d",
                "{\"user\":\"ann\",\"password\":\"ann-secret-new\"}");
        assertEquals(401, status(cluster.member(2), ANN, "/v2/keys/a/b"));
        for (final ClusterMember member : cluster.members()) {
            await("the new password", member, "ann:ann-secret-new", 200);
            assertEquals(401, status(member, ANN, "/v2/keys/a/b"));
        }

        cluster.member(3).kill();
        done(200, cluster.awaitLeader(), ROOT, "/v2/auth/users/ann", "-X", "DELETE");
        cluster.member(3).start();
        for (final ClusterMember member : cluster.members()) {
            await("the end of a user", member, "ann:ann-secret-new", 401);
            assertEquals(200, status(member, ROOT, "/v2/keys/a/b"));
        }
        done(200, cluster.member(3), ROOT, "/v2/auth/enable", "-X", "DELETE");
        assertEquals(200, status(cluster.member(3), null, "/v2/keys/a/b"));
    }

    @Test
    @Tag("fused-only")
    void shouldKeepUsersInSnapshotsAndPasswordsNowhere() throws Exception {
        cluster.start(3, "--snapshot-count", "20", "--bcrypt-cost", "4");
        makeUsers(cluster.member(1));
        final ClusterMember away = cluster.followers().get(0);
        await("users", away, null, 401);
        assertEquals(200, status(away, ANN, "/v2/keys/a/b"));
        away.terminate();
        final ClusterMember other = cluster.awaitLeader();
        for (int i = 0; i < 60; i++) {
            done(200, other, ROOT, "/v2/keys/a/b", "-X", "PUT", "-d", "value=" + i);
        }
        away.start();
        await("users", away, ANN, 200);
        assertEquals(401, status(away, null, "/v2/keys/a/b"));
        for (final ClusterMember member : cluster.members()) {
            assertEquals(200, status(member, ANN, "/v2/keys/a/b"));
            final String metrics = curl(member, null, "/metrics");
            assertFalse(metrics.contains("secret"), metrics);
        }
        cluster.members().forEach(ClusterMember::terminate);
        for (final ClusterMember member : cluster.members()) {
            assertFalse(member.log().contains("secret"), member::log);
            assertNoFileHolds(member.dataDirectory(), "secret");
        }
        cluster.startAll();
        for (final ClusterMember member : cluster.members()) {
            await("users after a restart", member, ANN, 200);
            assertEquals(401, status(member, null, "/v2/keys/a/b"));
        }
    }

    private static void assertNoFileHolds(final Path directory, final String text)
            throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains(text), file::toString);
            }
        }
    }

    /** Each guess costs its sender time, and nobody else. */
    @Test
    void shouldServeOthersWhileSomebodyGuesses() throws Exception {
        cluster.start(1);
        final ClusterMember member = cluster.member(1);
        makeUsers(member);
        assertEquals(200, status(member, ANN, "/v2/keys/a/b"));
        final List<Command.Running> guesses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            guesses.add(
                    Command.start(
                            Map.of(),
                            List.of(
                                    "curl",
                                    "-s",
                                    "-w",
                                    "%{http_code}\n",
                                    "-o",
                                    "/dev/null",
                                    "-Z",
                                    "--parallel-max",
                                    "20",
                                    "-u",
                                    "ann:guess" + i,
                                    member.url() + "/v2/keys/a/[1-20]")));
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(200, status(member, ANN, "/v2/keys/a/b"));
        }
        assertEquals(
                404, status(member, ROOT, "/v2/keys/nothing"), "nor is who comes anew kept out");
        for (final Command.Running guess : guesses) {
            final List<String> lines = guess.await().output().lines().toList();
            assertFalse(lines.contains("200"), lines::toString);
            assertTrue(lines.contains("401"), lines::toString);
        }
        assertEquals(200, status(member, ANN, "/v2/keys/a/b"));
        final String metrics = curl(member, null, "/metrics");
        assertTrue(metrics.contains("\nlarch_auth_attempts_total{result=\"failed\"} "), metrics);
        assertFalse(metrics.contains("{result=\"failed\"} 0.0"), metrics);
        assertTrue(
                member.log()
                        .contains(
                                "refused a request of 127.0.0.1: no such user, or a wrong password"),
                member::log);
        assertFalse(member.log().contains("ann"), "not even names are told");
    }
}
