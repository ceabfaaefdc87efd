package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.Command;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** The stock etcdctl of 3.4 as it comes: the same words for Larch and for etcd. */
@Tag("slow")
class EtcdctlV3Test {
    private static final Pattern LEASE = Pattern.compile("lease ([0-9a-f]+) granted");
    private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{14,16}\\b");

    @RegisterExtension final Servers servers = Servers.inMemory();

    private ServerProcess server;

    @BeforeEach
    void needsEtcdctl() {
        assumeTrue(Etcdctl.isWanted(), "needs etcdctl");
    }

    @ParameterizedTest
    @EachProduct
    void shouldReadAndWriteKeys(final Product product) throws Exception {
        server = product.start(servers);

        expect(0, "OK\n", "put", "a", "1");
        expect(0, "OK\na\n1\n", "put", "a", "2", "--prev-kv");
        expect(0, "OK\n", "put", "b", "3");
        expect(0, "OK\n", "put", "c/d", "4");
        expect(0, "a\n2\n", "get", "a");
        expect(0, "1\n", "get", "a", "--rev=2", "--print-value-only");
        expect(0, "a\n2\nb\n3\n", "get", "a", "c");
        expect(0, "c/d\n4\n", "get", "c/", "--prefix");
        expect(0, "b\n3\nc/d\n4\n", "get", "b", "--from-key");
        expect(
                0,
                "c/d\n\nb\n\n",
                "get",
                "",
                "--prefix",
                "--order=DESCEND",
                "--limit=2",
                "--keys-only");
        expect(
                0,
                "b\n3\na\n2\n",
                "get",
                "",
                "--prefix",
                "--sort-by=VALUE",
                "--order=DESCEND",
                "--consistency=s",
                "--rev=4");
        expect(0, "", "get", "nothing");
        expect(0, "1\nb\n3\n", "del", "b", "--prev-kv");
        expect(0, "0\n", "del", "b");
        expect(0, "2\n", "del", "", "--prefix");
        fails("etcdserver: mvcc: required revision is a future revision", "get", "a", "--rev=99");
        expect(0, "compacted revision 4\n", "compaction", "4");
        fails("etcdserver: mvcc: required revision has been compacted", "get", "a", "--rev=2");
        fails("etcdserver: requested lease not found", "put", "x", "y", "--lease=77");
        fails("etcdserver: key not found", "put", "x", "--ignore-lease", "y");
    }

    /** Where there are no users it goes on without. */
    @ParameterizedTest
    @EachProduct
    void shouldNeedNoPassword(final Product product) throws Exception {
        server = product.start(servers);

        final Command.Result put = etcdctl("--user=root:secret", "put", "a", "1");

        assertEquals(0, put.status(), put::output);
        assertTrue(put.output().endsWith("OK\n"), put::output);
        assertTrue(put.output().contains("authentication is not enabled"), put::output);
    }

    @ParameterizedTest
    @EachProduct
    void shouldDoTransactions(final Product product) throws Exception {
        server = product.start(servers);

        assertEquals(
                "SUCCESS\n\nOK\n",
                txn("version(\"lock\") = \"0\"\n\nput lock mine\n\nget lock\n\n"));
        assertEquals(
                "FAILURE\n\nlock\nmine\n",
                txn("version(\"lock\") = \"0\"\n\nput lock mine\n\nget lock\n\n"));
        assertEquals(
                "SUCCESS\n\n1\n\nOK\n",
                txn(
                        "value(\"lock\") = \"mine\"\nmod(\"lock\") > \"1\"\n\n"
                                + "del lock\nput free yes\n\n\n"));
        expect(0, "free\nyes\n", "get", "", "--prefix");
    }

    @ParameterizedTest
    @EachProduct
    void shouldTellWatchers(final Product product) throws Exception {
        server = product.start(servers);
        expect(0, "OK\n", "put", "w/a", "1");
        expect(0, "OK\n", "put", "w/b", "2");

        final Command.Running watch = start("watch", "w/", "--prefix", "--rev=2", "--prev-kv");
        await(watch, "PUT\nw/a\n1\nPUT\nw/b\n2\n");
        expect(0, "OK\n", "put", "w/a", "3");
        expect(0, "OK\n", "put", "other", "x");
        expect(0, "1\n", "del", "w/b");
        await(
                watch,
                "PUT\nw/a\n1\nPUT\nw/b\n2\n" + "PUT\nw/a\n1\nw/a\n3\n" + "DELETE\nw/b\n2\nw/b\n\n");
        watch.process().destroy();
        watch.await();
    }

    /** Forms of input and output. */
    @ParameterizedTest
    @EachProduct
    void shouldTakeKeysInAnyForm(final Product product) throws Exception {
        server = product.start(servers);

        assertEquals(
                new Command.Result(0, "OK\n"),
                new Etcdctl(server.url()).runWith("of the input", "put", "i"));
        expect(0, "i\nof the input\n", "get", "i");
        expect(
                0,
                "\\x69\n\\x6f\\x66\\x20\\x74\\x68\\x65\\x20\\x69\\x6e\\x70\\x75\\x74\n",
                "get",
                "i",
                "--hex");
        final String json = etcdctl("get", "i", "--write-out=json").output();
        assertTrue(
                json.endsWith(
                        ",\"kvs\":[{\"key\":\"aQ==\",\"create_revision\":2,\"mod_revision\":2,"
                                + "\"version\":1,\"value\":\"b2YgdGhlIGlucHV0\"}],\"count\":1}\n"),
                json);
        for (final String key : List.of("a", "b", "c", "d")) {
            expect(0, "OK\n", "put", key, key);
        }
        expect(0, "2\na\na\nb\nb\n", "del", "a", "c", "--prev-kv");
        expect(0, "2\n", "del", "d", "--from-key");
        expect(0, "c\nc\n", "get", "", "--from-key");
        expect(0, "compacted revision 8\n", "compaction", "8", "--physical");
    }

    @ParameterizedTest
    @EachProduct
    void shouldWatchWhatItIsTold(final Product product) throws Exception {
        server = product.start(servers);
        expect(0, "OK\n", "put", "w", "1");

        final Command.Running watch = new Etcdctl(server.url()).converse("watch", "-i");
        try (OutputStream input = watch.process().getOutputStream()) {
            write(input, "watch w --rev=2\n");
            await(watch, "PUT\nw\n1\n");
            write(input, "progress\n");
            await(watch, "PUT\nw\n1\nprogress notify: 2\n");
            write(input, "watch x y\n");
            expect(0, "OK\n", "put", "w", "2");
            await(watch, "PUT\nw\n1\nprogress notify: 2\nPUT\nw\n2\n");
        }
        assertTrue(watch.await().output().endsWith("EOF\n"));

        final Command.Running program =
                start("watch", "w", "--rev=3", "--", "sh", "-c", "echo $ETCD_WATCH_VALUE");
        await(program, "PUT\nw\n2\n\"2\"\n");
        program.process().destroy();
        program.await();
    }

    private static void write(final OutputStream input, final String line) throws IOException {
        input.write(line.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    @ParameterizedTest
    @EachProduct
    void shouldListAndDisarmAlarms(final Product product) throws Exception {
        server = product.start(servers);

        final HttpReply raised =
                HttpConnection.exchange(
                        server.url(),
                        "POST",
                        "/v3/maintenance/alarm",
                        "{\"action\":\"ACTIVATE\",\"memberID\":\"1\",\"alarm\":\"NOSPACE\"}",
                        Map.of("Content-Type", "application/json"));
        assertEquals(200, raised.status(), raised::text);
        expect(0, "memberID:1 alarm:NOSPACE \n", "alarm", "list");
        fails("etcdserver: mvcc: database space exceeded", "put", "a", "1");
        expect(0, "0\n", "del", "a");
        expect(0, "memberID:1 alarm:NOSPACE \n", "alarm", "disarm");
        expect(0, "", "alarm", "list");
        expect(0, "OK\n", "put", "a", "1");
    }

    @ParameterizedTest
    @EachProduct
    void shouldKeepALeaseUntilItIsRevoked(final Product product) throws Exception {
        server = product.start(servers);
        final var found = LEASE.matcher(etcdctl("lease", "grant", "3").output());
        assertTrue(found.find());
        final String id = found.group(1);

        final Command.Running keeping = start("lease", "keep-alive", id);
        final String kept = "lease " + id + " keepalived with TTL(3)\n";
        await(keeping, kept + kept);
        expect(0, "lease " + id + " revoked\n", "lease", "revoke", id);
        final Command.Result end = keeping.await();
        assertEquals(0, end.status(), end::output);
        assertTrue(end.output().endsWith("lease " + id + " expired or revoked.\n"), end::output);
    }

    @ParameterizedTest
    @EachProduct
    void shouldKeepLeases(final Product product) throws Exception {
        server = product.start(servers);

        final String granted = etcdctl("lease", "grant", "60").output();
        final var found = LEASE.matcher(granted);
        assertTrue(found.find(), granted);
        final String id = found.group(1);
        assertEquals("lease " + id + " granted with TTL(60s)\n", granted);
        expect(0, "OK\n", "put", "alive", "yes", "--lease=" + id);
        expect(
                0,
                "lease " + id + " keepalived with TTL(60)\n",
                "lease",
                "keep-alive",
                id,
                "--once");
        final String told = etcdctl("lease", "timetolive", id, "--keys").output();
        assertTrue(
                told.matches(
                        "lease "
                                + id
                                + " granted with TTL\\(60s\\), remaining\\(\\d+s\\),"
                                + " attached keys\\(\\[alive\\]\\)\n"),
                told);
        expect(0, "found 1 leases\n" + id + "\n", "lease", "list");
        expect(0, "lease " + id + " revoked\n", "lease", "revoke", id);
        expect(0, "", "get", "alive");
        expect(0, "lease " + id + " already expired\n", "lease", "timetolive", id);
        fails(
                "failed to revoke lease (etcdserver: requested lease not found)",
                "lease",
                "revoke",
                id);
        expect(0, "locked\n", "lock", "door", "echo", "locked");
        expect(0, "", "get", "door", "--prefix");
    }

    @ParameterizedTest
    @EachProduct
    void shouldTellOfItsMembers(final Product product) throws Exception {
        server = product.start(servers);
        expect(0, "OK\n", "put", "a", "1");

        final String members = etcdctl("member", "list").output();
        assertTrue(
                members.matches("[0-9a-f]+, started, \\S+, http://\\S+, http://\\S+, false\n"),
                members);
        final String health = etcdctl("endpoint", "health").output();
        assertTrue(
                health.contains(" is healthy: successfully committed proposal: took = "), health);
        final String status = etcdctl("endpoint", "status", "--write-out=fields").output();
        assertTrue(status.contains("\"Version\" : \"3.4.23\"\n"), status);
        assertTrue(status.contains("\"IsLearner\" : false\n"), status);
        expect(0, "", "alarm", "list");
        expect(0, "Finished defragmenting etcd member[" + server.url() + "]\n", "defrag");
        fails("etcdserver: bad leader transferee", "move-leader", "77");
        fails("etcdserver: member not found", "member", "remove", "77");
        fails(
                "etcdserver: can only promote a learner member",
                "member",
                "promote",
                ID.matcher(members).results().findFirst().get().group());
    }

    /** What the hash is of, etcd and Larch agree on. */
    @ParameterizedTest
    @EachProduct
    void shouldHaveTheSameHashes(final Product product) throws Exception {
        server = product.start(servers);
        expect(0, "OK\n", "put", "a", "1");
        expect(0, "OK\n", "put", "b", "2");
        expect(0, "1\n", "del", "a");
        expect(0, server.url() + ", 1562576432\n", "endpoint", "hashkv");
    }

    private String txn(final String words) throws Exception {
        return new Etcdctl(server.url()).runWith(words, "txn").output();
    }

    private static void await(final Command.Running running, final String output) throws Exception {
        assertEquals(output, Etcdctl.await(running, output::equals));
    }

    private void expect(final int status, final String output, final String... arguments)
            throws Exception {
        assertEquals(
                new Command.Result(status, output),
                etcdctl(arguments),
                () -> String.join(" ", arguments));
    }

    /** etcdctl prints a log line of its own first. */
    private void fails(final String text, final String... arguments) throws Exception {
        final Command.Result result = etcdctl(arguments);
        assertEquals(1, result.status(), result::output);
        assertTrue(result.output().endsWith("Error: " + text + "\n"), result::output);
    }

    private Command.Result etcdctl(final String... arguments) throws Exception {
        return new Etcdctl(server.url()).run(arguments);
    }

    private Command.Running start(final String... arguments) throws Exception {
        return new Etcdctl(server.url()).start(arguments);
    }
}
