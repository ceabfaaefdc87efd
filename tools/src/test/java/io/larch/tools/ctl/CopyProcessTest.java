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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From an etcd that is being written to Larch, and from there to another etcd. */
@Tag("slow")
@Tag("fused-only")
class CopyProcessTest {
    private static final int KEYS = 40;
    private static final int CHANGES_BESIDE = 100;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @TempDir private Path directory;

    /** Writes to etcd until it is told to stop, and knows what must be there then. */
    private static final class Writer {
        private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
        private final Map<String, String> acknowledged = new TreeMap<>();
        private final AtomicBoolean isStopping = new AtomicBoolean();
        private final URI url;
        private volatile int count;

        Writer(final URI url) {
            this.url = url;
        }

        private void run() {
            try {
                while (!isStopping.get()) {
                    write();
                    count++;
                }
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void write() throws IOException {
            final String key = "/load/" + count % 4 + "/k" + count % KEYS;
            final HttpReply reply;
            if (count % 7 == 0) {
                reply = client.exchange("DELETE", keys(url, key), null);
                acknowledged.remove(key);
            } else {
                reply = client.put(keys(url, key), "value=v" + count);
                acknowledged.put(key, "v" + count);
            }
            assertTrue(reply.isSuccess() || reply.status() == 404, reply::body);
        }
    }

    private static URI keys(final URI url, final String path) {
        return URI.create(url + "/v2/keys" + path);
    }

    @Test
    void shouldLoseNothingOfAnEtcdThatIsWritten() throws Exception {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess etcd = servers.etcd().start();
        final ServerProcess other = servers.etcd().start();
        final ServerProcess larch = servers.larch().start();
        final LarchctlProcess larchctl = new LarchctlProcess(larch.url());
        final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
        client.put(keys(etcd.url(), "/mortal"), "value=1&ttl=3000");
        client.put(keys(etcd.url(), "/empty?dir=true"), "");
        final Path state = directory.resolve("state");
        final Writer writer = new Writer(etcd.url());
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(writer::run);

        final Command.Running copying =
                larchctl.start(
                        "-o",
                        "json",
                        "import",
                        "--from",
                        etcd.url().toString(),
                        "--api",
                        "v2",
                        "--follow",
                        "--verify",
                        "--state",
                        state.toString());
        LarchctlProcess.await(
                () -> Files.exists(state) && !Files.readString(state).contains("\"index\":0,"),
                "the first pass");
        final int before = writer.count;
        LarchctlProcess.await(
                () -> writer.count >= before + CHANGES_BESIDE, "writes beside the copy");
        writer.isStopping.set(true);
        writing.get();
        LarchctlProcess.interrupt(copying);

        final Command.Result imported = copying.await();
        assertEquals(0, imported.status(), imported.output());
        final Map<String, Object> in = Json.object(Json.parse(imported.output()));
        assertTrue((int) in.get("followed") > 0, imported.output());
        assertEquals(writer.acknowledged.size() + 1, in.get("keys"));
        for (final Map.Entry<String, String> key : writer.acknowledged.entrySet()) {
            final String told = client.get(keys(larch.url(), key.getKey())).body();
            assertTrue(told.contains("\"value\":\"" + key.getValue() + '"'), told);
        }
        assertTrue(client.get(keys(larch.url(), "/mortal")).body().contains("\"ttl\":"));

        final Command.Result exported =
                larchctl.run("-o", "json", "export", "--to", other.url().toString(), "--verify");
        assertEquals(0, exported.status(), exported.output());
        final Map<String, Object> out = Json.object(Json.parse(exported.output()));
        assertEquals(in.get("sha256"), out.get("sha256"));
        assertTrue(client.get(keys(other.url(), "/mortal")).body().contains("\"ttl\":"));
    }
}
