package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** The stock etcdctl, in its v2 mode, as a client. */
@Tag("slow")
class EtcdctlTest {
    /** Passwords are compared when nobody else wants the processors. */
    private static final List<String> PATIENCE =
            List.of("--timeout", "30s", "--total-timeout", "60s");

    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
    private static final Map<String, String> V2 = Map.of("ETCDCTL_API", "2");

    @RegisterExtension final Servers servers = Servers.inMemory();

    private ServerProcess server;

    @BeforeEach
    void needsEtcdctl() {
        assumeTrue(Files.isExecutable(ETCDCTL) || Servers.arePeersRequired(), "needs etcdctl");
    }

    @ParameterizedTest
    @EachProduct
    void shouldReadAndWriteKeys(final Product product) throws Exception {
        server = product.start(servers);

        expect(0, "1\n", "set", "/k/a", "1");
        expect(0, "1\n", "get", "/k/a");
        expect(0, "1\n", "get", "/k/a", "--quorum");
        expect(0, "2\n", "update", "/k/a", "2");
        expect(0, "3\n", "set", "/k/a", "3", "--swap-with-value", "2");
        expect(
                4,
                "Error:  101: Compare failed ([2 != 3]) [6]\n",
                "set",
                "/k/a",
                "4",
                "--swap-with-value",
                "2");
        expect(0, "5\n", "set", "/k/a", "5", "--swap-with-index", "6");
        expect(0, "new\n", "mk", "/k/b", "new");
        expect(4, "Error:  105: Key already exists (/k/b) [8]\n", "mk", "/k/b", "new");
        expect(4, "Error:  100: Key not found (/nope) [8]\n", "get", "/nope");
        expect(0, "job\n", "mk", "--in-order", "/q", "job");
        expect(0, "/q/00000000000000000009\n", "ls", "/q");
        expect(0, "ttl\n", "set", "/k/t", "ttl", "--ttl", "1000");
    }

    @ParameterizedTest
    @EachProduct
    void shouldWorkWithDirectories(final Product product) throws Exception {
        server = product.start(servers);

        expect(0, "", "mkdir", "/d");
        expect(4, "Error:  105: Key already exists (/d) [4]\n", "mkdir", "/d");
        expect(0, "", "setdir", "/d/e");
        expect(0, "", "updatedir", "/d/e", "--ttl", "1000");
        expect(0, "1\n", "set", "/d/e/f", "1");
        expect(0, "1\n", "set", "/d/a", "1");
        expect(0, "/d/a\n/d/e/\n/d/e/f\n", "ls", "/d", "--recursive", "--sort", "-p");
        expect(1, "/d: is a directory\n", "get", "/d");
        expect(4, "Error:  108: Directory not empty (/d) [8]\n", "rmdir", "/d");
        expect(0, "PrevNode.Value: 1\n", "rm", "/d/a");
        expect(0, "", "rm", "/d", "--recursive");
        expect(0, "", "ls", "/");
    }

    @ParameterizedTest
    @EachProduct
    void shouldPrintJsonAndDetails(final Product product) throws Exception {
        server = product.start(servers);

        expect(
                0,
                "{\"action\":\"set\",\"node\":{\"key\":\"/k\",\"value\":\"j\",\"nodes\":null,\"createdIndex\":4,"
                        + "\"modifiedIndex\":4},\"prevNode\":null}\n",
                "-o",
                "json",
                "set",
                "/k",
                "j");
        expect(
                0,
                "Key: /k\nCreated-Index: 4\nModified-Index: 4\nTTL: 0\nIndex: 4\n\nj\n",
                "-o",
                "extended",
                "get",
                "/k");
    }

    @ParameterizedTest
    @EachProduct
    void shouldWatch(final Product product) throws Exception {
        server = product.start(servers);
        final Keys keys = new Keys(server);
        final Command.Running watch = Command.start(V2, command("watch", "/w"));
        keys.awaitWatchers(1);

        keys.put("/w", "value=seen");

        assertEquals(new Command.Result(0, "seen\n"), watch.await());
        expect(0, "[set] /w\nseen\n", "watch", "/", "--recursive", "--after-index", "3");
    }

    @ParameterizedTest
    @EachProduct
    void shouldRunACommandForEachEvent(final Product product) throws Exception {
        server = product.start(servers);
        final Keys keys = new Keys(server);
        final Command.Running watch =
                Command.start(
                        V2,
                        command(
                                "exec-watch",
                                "--recursive",
                                "/w",
                                "--",
                                "sh",
                                "-c",
                                "echo $ETCD_WATCH_ACTION $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"));
        keys.awaitWatchers(1);
        keys.put("/w/1", "value=one");
        keys.put("/w/2", "value=two");

        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!watch.outputSoFar().contains("two")) {
            assertTrue(System.nanoTime() - deadlineNs < 0, watch.outputSoFar());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        watch.process().destroy();
        final String output = watch.await().output();
        assertTrue(output.contains("set /w/1 one\n") && output.contains("set /w/2 two\n"), output);
    }

    @ParameterizedTest
    @EachProduct
    void shouldShowTheClusterAndItsHealth(final Product product) throws Exception {
        server = product.start(servers);
        final String id = "99bca5ffd3b6b513";

        expect(
                0,
                id
                        + ": name=default peerURLs=http://127.0.0.1:27380 clientURLs="
                        + server.url()
                        + " isLeader=true\n",
                "member",
                "list");
        expect(
                0,
                "member "
                        + id
                        + " is healthy: got healthy result from "
                        + server.url()
                        + "\ncluster is healthy\n",
                "cluster-health");
    }

    @ParameterizedTest
    @EachProduct
    void shouldManageUsersAndRoles(final Product product) throws Exception {
        server = product.start(servers);

        expect(0, "root\n", "role", "list");
        expect(0, "User root created\n", "user", "add", "root:pw");
        // It asks for a user of the name "root:pw" first, so this is a new password.
        expect(0, "User root created\n", "user", "add", "root:pw");
        expect(0, "Role r1 created\n", "role", "add", "r1");
        expect(1, "Role r1 already exists\n", "role", "add", "r1");
        expect(0, "Role r1 updated\n", "role", "grant", "--path", "/a/*", "--readwrite", "r1");
        expect(0, "Role r1 updated\n", "role", "grant", "--path", "/a", "--read", "r1");
        expect(0, "User u1 created\n", "user", "add", "u1:pw1");
        expect(0, "User u1 updated\n", "user", "grant", "--roles", "r1", "u1");
        expect(0, "root\nu1\n", "user", "list");
        expect(0, "r1\nroot\n", "role", "list");
        expect(0, "User: u1\nRoles:  r1\n", "user", "get", "u1");
        expect(0, "Role: r1\nKV Read:\n\t/a\n\t/a/*\nKV Write:\n\t/a/*\n", "role", "get", "r1");
        expect(0, "Role r1 updated\n", "role", "revoke", "--path", "/a", "--read", "r1");
        expect(1, "auth: User nobody does not exist.\n", "user", "get", "nobody");
        expect(1, "auth: Role none does not exist.\n", "role", "get", "none");
        expect(
                1,
                "auth: Granting duplicate role r1 for user u1\n",
                "user",
                "grant",
                "--roles",
                "r1",
                "u1");
        expect(1, "auth: Cannot modify role root: is root role.\n", "role", "remove", "root");
    }

    @ParameterizedTest
    @EachProduct
    void shouldAskWhoItIs(final Product product) throws Exception {
        server = product.start(servers);
        expect(1, "auth: No root user available, please create one\n", "auth", "enable");
        expect(0, "User root created\n", "user", "add", "root:pw");
        expect(0, "Role r1 created\n", "role", "add", "r1");
        expect(0, "Role r1 updated\n", "role", "grant", "--path", "/a/*", "--readwrite", "r1");
        expect(0, "User u1 created\n", "user", "add", "u1:pw1");
        expect(0, "User u1 updated\n", "user", "grant", "--roles", "r1", "u1");
        expect(0, "Authentication Enabled\n", "auth", "enable");
        expect(
                0,
                "Role guest updated\n",
                "-u",
                "root:pw",
                "role",
                "revoke",
                "--path",
                "/*",
                "--readwrite",
                "guest");
        expect(0, "1\n", "-u", "u1:pw1", "set", "/a/b", "1");
        final String refusal =
                "Error:  110: The request requires user authentication"
                        + " (Insufficient credentials) [0]\n";
        expect(4, refusal, "-u", "u1:pw1", "set", "/b", "1");
        expect(4, refusal, "-u", "u1:wrong", "get", "/a/b");
        expect(4, refusal, "get", "/a/b");
        expect(1, "Insufficient credentials\n", "user", "list");
        expect(1, "Insufficient credentials\n", "-u", "u1:pw1", "user", "list");
        expect(0, "1\n", "-u", "root:pw", "get", "/a/b");
        expect(
                1,
                "auth: Cannot delete root user while auth is enabled.\n",
                "-u",
                "root:pw",
                "user",
                "remove",
                "root");
        expect(0, "User u1 updated\n", "-u", "root:pw", "user", "revoke", "--roles", "r1", "u1");
        expect(4, refusal, "-u", "u1:pw1", "get", "/a/b");
        expect(0, "User u1 removed\n", "-u", "root:pw", "user", "remove", "u1");
        expect(0, "Role r1 removed\n", "-u", "root:pw", "role", "remove", "r1");
        expect(0, "Authentication Disabled\n", "-u", "root:pw", "auth", "disable");
        expect(1, "auth: already disabled\n", "auth", "disable");
        expect(0, "1\n", "get", "/a/b");
    }

    /** The commands of its section about users, one after the other. */
    @Test
    void shouldDoWhatThePageAboutSecuritySays() throws Exception {
        server = Product.LARCH.start(servers);
        final String page = Files.readString(Path.of("docs/security.md"));
        final String section = page.substring(page.indexOf("\n## Users and roles\n"));
        final List<String> commands = section.split("```.*\n")[1].lines().toList();
        assertEquals(8, commands.size());
        for (final String command : commands) {
            final String here =
                    command.replace("http://127.0.0.1:2379", server.url().toString())
                            .replaceFirst("^etcdctl", String.join(" ", command()))
                            .replaceFirst("^curl", "curl -s -S -f");
            final Command.Result result = Command.run(V2, List.of("sh", "-c", here));
            assertEquals(0, result.status(), () -> command + ": " + result.output());
        }
        expect(0, "1\n", "-u", "root:SECRET", "get", "/app/x");
        assertEquals(4, etcdctl("get", "/app/x").status());
    }

    private void expect(final int status, final String output, final String... arguments)
            throws Exception {
        assertEquals(
                new Command.Result(status, output),
                etcdctl(arguments),
                () -> Arrays.toString(arguments));
    }

    private Command.Result etcdctl(final String... arguments)
            throws IOException, InterruptedException {
        return Command.run(V2, command(arguments));
    }

    private List<String> command(final String... arguments) {
        final List<String> command =
                new ArrayList<>(
                        List.of(ETCDCTL.toString(), "--endpoints", server.url().toString()));
        command.addAll(PATIENCE);
        command.addAll(Arrays.asList(arguments));
        return command;
    }
}
