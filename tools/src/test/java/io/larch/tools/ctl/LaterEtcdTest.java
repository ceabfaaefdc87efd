package io.larch.tools.ctl;

import static io.larch.tools.system.KvServer.asPut;
import static io.larch.tools.system.KvServer.base64;
import static io.larch.tools.system.KvServer.put;
import static io.larch.tools.system.KvServer.success;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.system.Command;
import io.larch.tools.system.KvServer;
import io.larch.tools.system.LarchctlProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys of both APIs from an etcd 3.5, while it runs and out of its files, and back to one. */
@Tag("slow")
@Tag("fused-only")
class LaterEtcdTest {
    private static final int KEYS = 12;

    @RegisterExtension final Servers servers = Servers.inMemory();

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));

    @BeforeEach
    void needsEtcd() {
        assumeTrue(
                Servers.isLaterEtcdInstalled() || Servers.arePeersRequired(),
                "needs an etcd 3.5, as .ci/run unpacks it");
    }

    private HttpReply v2(
            final KvServer server, final String method, final String path, final String form)
            throws IOException {
        return client.exchange(
                method,
                URI.create(server.process().url() + "/v2/keys" + path),
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form);
    }

    /** All v2 keys, without what is of each store. */
    private Object tree(final KvServer server) throws IOException {
        final String listing =
                v2(server, "GET", "/?recursive=true&sorted=true&quorum=true", null).body();
        return Json.parse(
                listing.replaceAll(
                                ",?\"(modifiedIndex|createdIndex)\":\\d+|,\"expiration\":\"[^\"]*\"",
                                "")
                        // What is left of it may have become less.
                        .replaceAll("\"ttl\":\\d+", "\"ttl\":0"));
    }

    private void write(final KvServer etcd) throws IOException {
        etcd.grant(7, 700);
        etcd.grant(8, 800);
        for (int i = 0; i < 3 * KEYS; i++) {
            final String name = "k" + i % KEYS;
            etcd.ask("kv/put", put(name, "v" + i, i % 5 == 0 ? 7 : 0));
            v2(etcd, "PUT", "/" + name, "value=v" + i);
        }
        etcd.ask("kv/compaction", "{\"revision\":\"20\",\"physical\":true}");
        etcd.ask("kv/deleterange", "{\"key\":\"%s\"}".formatted(base64("k7")));
        etcd.ask(
                "kv/txn",
                "{"
                        + success(
                                asPut(put("large", "x".repeat(300_000), 8)), asPut(put("e", "", 0)))
                        + "}");
        etcd.ask("maintenance/defragment", "{}");
        v2(etcd, "DELETE", "/k7", null);
        v2(etcd, "PUT", "/mortal", "value=1&ttl=3000");
        v2(etcd, "PUT", "/fixed/dir?dir=true", "");
        v2(etcd, "PUT", "/fixed/dir/a", "value=1");
        // The directory stays without, and the index as it is, after which the next key is named.
        assertEquals(500, v2(etcd, "PUT", "/fixed/dir?prevExist=true", "dir=true&ttl=1").status());
        v2(etcd, "POST", "/queue", "value=1");
        v2(etcd, "PUT", "/brief/dir?dir=true", "ttl=3000");
        v2(etcd, "PUT", "/brief/dir/a", "value=%C3%A4");
    }

    private static Command.Result copy(final KvServer larch, final String... words)
            throws Exception {
        final List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--api", "both", "--verify", "--force"));
        return new LarchctlProcess(larch.process().url()).run(all.toArray(String[]::new));
    }

    private void assertSame(final KvServer expected, final KvServer actual) throws IOException {
        assertEquals(expected.content(), actual.content());
        assertEquals(tree(expected), tree(actual));
    }

    @Test
    void shouldBringKeysOverAndBack() throws Exception {
        final KvServer etcd =
                new KvServer(
                        servers.laterEtcd("--enable-v2=true", "--snapshot-count", "50").start());
        final KvServer larch = new KvServer(servers.larch().start());
        write(etcd);
        final String url = etcd.process().url().toString();
        final Command.Running following =
                new LarchctlProcess(larch.process().url())
                        .start("import", "--from", url, "--api", "both", "--follow", "--verify");
        LarchctlProcess.await(() -> larch.content().size() > KEYS, "the first pass");
        etcd.ask("kv/put", put("followed", "1", 7));
        v2(etcd, "PUT", "/followed", "value=1");
        LarchctlProcess.await(
                () ->
                        larch.content().containsKey(base64("followed"))
                                && v2(larch, "GET", "/followed", null).isSuccess(),
                "more of it");
        LarchctlProcess.interrupt(following);
        final Command.Result followed = following.await();
        assertEquals(0, followed.status(), followed.output());
        assertSame(etcd, larch);

        etcd.ask("kv/put", put("last", "1", 8));
        v2(etcd, "POST", "/queue", "value=2");
        final Object content = etcd.content();
        final Object tree = tree(etcd);
        etcd.process().kill();
        final Command.Result read =
                copy(
                        larch,
                        "import",
                        "--from-data-dir",
                        etcd.process().dataDirectory().toString(),
                        "--whole-log");
        assertEquals(0, read.status(), read.output());
        assertEquals(content, larch.content());
        assertEquals(tree, tree(larch));

        final KvServer other = new KvServer(servers.laterEtcd("--enable-v2=true").start());
        final String target = other.process().url().toString();
        final Command.Result exported = copy(larch, "export", "--to", target);
        assertEquals(0, exported.status(), exported.output());
        assertSame(larch, other);

        v2(larch, "PUT", "/fixed/dir?prevExist=true", "dir=true&ttl=3000");
        final Command.Result refused = copy(larch, "export", "--to", target);
        assertEquals(4, refused.status(), refused.output());
        assertTrue(refused.output().contains("does not change the TTL of /fixed/dir"));
    }

    @Test
    void shouldSayThatThereIsNoGateway() throws Exception {
        final KvServer etcd =
                new KvServer(
                        servers.laterEtcd("--enable-v2=true", "--enable-grpc-gateway=false")
                                .start());
        final KvServer larch = new KvServer(servers.larch().start());
        v2(etcd, "PUT", "/a", "value=1");

        final Command.Result copied =
                new LarchctlProcess(larch.process().url())
                        .run("import", "--from", etcd.process().url().toString());
        assertEquals(0, copied.status(), copied.output());
        assertTrue(copied.output().contains("unless it is told --enable-grpc-gateway=false"));
    }
}
