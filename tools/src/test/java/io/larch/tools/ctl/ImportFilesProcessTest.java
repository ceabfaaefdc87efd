package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.system.Command;
import io.larch.tools.system.LarchctlProcess;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From the files of an etcd that was killed into a Larch, by the program as users start it. */
@Tag("slow")
@Tag("fused-only")
class ImportFilesProcessTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));

    private static URI keys(final ServerProcess server, final String path) {
        return URI.create(server.url() + "/v2/keys" + path);
    }

    private static Command.Result larchctl(final ServerProcess larch, final Path data)
            throws Exception {
        return new LarchctlProcess(larch.url())
                .run("import", "--from-data-dir", data.toString(), "--verify");
    }

    @Test
    void shouldBringOverWhatAKilledEtcdHad() throws Exception {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess etcd = servers.etcd("--snapshot-count", "50").start();
        final ServerProcess larch = servers.larch().start();
        for (int i = 0; i < 120; i++) {
            client.put(keys(etcd, "/k" + i % 40), "value=v" + i);
        }
        client.put(keys(etcd, "/brief"), "value=1&ttl=1");
        client.put(keys(etcd, "/mortal"), "value=1&ttl=3000");
        client.put(keys(etcd, "/swapped"), "value=1");
        client.put(keys(etcd, "/swapped"), "value=2&prevValue=1");
        client.put(keys(etcd, "/swapped"), "value=3&prevValue=1");
        client.exchange("DELETE", keys(etcd, "/k7"), null);
        client.put(keys(etcd, "/empty?dir=true"), "");
        awaitGone(etcd, "/brief");

        final Command.Result used = larchctl(larch, etcd.dataDirectory());
        assertEquals(7, used.status(), used.output());
        assertTrue(used.output().contains("an etcd uses "), used.output());

        client.put(keys(etcd, "/last"), "value=acknowledged");
        final String listing = client.get(keys(etcd, "/?recursive=true&sorted=true")).body();
        etcd.kill();
        final Command.Result imported = larchctl(larch, etcd.dataDirectory());

        assertEquals(0, imported.status(), imported.output());
        assertTrue(imported.output().contains("is the snapshot to begin with"), imported.output());
        assertTrue(imported.output().contains("both sides are the same: 42 keys"));
        final HttpReply there = client.get(keys(larch, "/?recursive=true&sorted=true"));
        assertEquals(withoutIndexes(listing), withoutIndexes(there.body()));
        assertTrue(client.get(keys(larch, "/mortal")).body().contains("\"ttl\":"));
    }

    private void awaitGone(final ServerProcess etcd, final String key) throws IOException {
        LarchctlProcess.await(() -> client.get(keys(etcd, key)).status() == 404, key);
    }

    private static Object withoutIndexes(final String listing) throws IOException {
        return Json.parse(
                listing.replaceAll(
                        ",?\"(modifiedIndex|createdIndex|ttl)\":\\d+|,\"expiration\":\"[^\"]*\"",
                        ""));
    }
}
