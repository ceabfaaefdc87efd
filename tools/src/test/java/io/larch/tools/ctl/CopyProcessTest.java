package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.system.Command;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From an etcd that is being written to Larch, and from there to another etcd. */
@Tag("slow")
@Tag("fused-only")
class CopyProcessTest {
    private static final String LAUNCHER = System.getProperty("larch.launcher", "");
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

    private static List<String> command(final String... words) {
        final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        if (LAUNCHER.isEmpty()) {
            command.addAll(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.larch.tools.ctl.Larchctl"));
        } else {
            command.add(Path.of(LAUNCHER).resolveSibling("larchctl").toString());
        }
        command.addAll(List.of("-o", "json"));
        command.addAll(List.of(words));
        return command;
    }

    private static void await(final Condition condition, final String what) throws IOException {
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - deadlineNanos < 0, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    @Test
    void shouldLoseNothingOfAnEtcdThatIsWritten() throws Exception {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess etcd = servers.etcd().start();
        final ServerProcess other = servers.etcd().start();
        final ServerProcess larch = servers.larch().start();
        final Map<String, String> environment =
                Map.of(
                        "LARCHCTL_ENDPOINTS",
                        larch.url().toString(),
                        "LARCH_AS_BUILT",
                        "yes",
                        "JAVA_HOME",
                        System.getProperty("java.home"));
        final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
        client.put(keys(etcd.url(), "/mortal"), "value=1&ttl=3000");
        client.put(keys(etcd.url(), "/empty?dir=true"), "");
        final Path state = directory.resolve("state");
        final Writer writer = new Writer(etcd.url());
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(writer::run);

        final Command.Running copying =
                Command.start(
                        environment,
                        command(
                                "import",
                                "--from",
                                etcd.url().toString(),
                                "--follow",
                                "--verify",
                                "--state",
                                state.toString()));
        await(
                () -> Files.exists(state) && !Files.readString(state).contains("\"index\":0,"),
                "the first pass");
        final int before = writer.count;
        await(() -> writer.count >= before + CHANGES_BESIDE, "writes beside the copy");
        writer.isStopping.set(true);
        writing.get();
        assertEquals(
                0,
                new ProcessBuilder("/bin/kill", "-INT", String.valueOf(copying.process().pid()))
                        .start()
                        .waitFor());

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
                Command.run(
                        environment, command("export", "--to", other.url().toString(), "--verify"));
        assertEquals(0, exported.status(), exported.output());
        final Map<String, Object> out = Json.object(Json.parse(exported.output()));
        assertEquals(in.get("sha256"), out.get("sha256"));
        assertTrue(client.get(keys(other.url(), "/mortal")).body().contains("\"ttl\":"));
    }
}
