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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys of both APIs from an etcd that is being written to Larch, and from there to another etcd.
 */
@Tag("slow")
@Tag("fused-only")
class CopyProcessTest {
    private static final int MANY = 1_000;
    private static final int PER_REQUEST = 100;
    private static final int KEYS = 40;
    private static final int CHANGES_BETWEEN = 60;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @TempDir private Path directory;

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
    private final List<Writer> writers = new ArrayList<>();
    private volatile boolean isStopping;

    /** Something that is written until it is acknowledged, and may have been written before. */
    private interface Write {
        void run(Map<String, String> acknowledged, int number) throws IOException;
    }

    /** Does one thing after the other, and knows what must be there. */
    private final class Writer {
        private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
        private final AtomicInteger count = new AtomicInteger();
        private final Thread thread;

        Writer(final Write write) {
            thread =
                    new Thread(
                            () -> {
                                while (!isStopping) {
                                    if (isDone(write)) {
                                        count.incrementAndGet();
                                    } else {
                                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                                    }
                                }
                            });
            thread.start();
        }

        private boolean isDone(final Write write) {
            try {
                write.run(acknowledged, count.get());
                return true;
            } catch (final IOException e) {
                // It starts again just now.
                return false;
            }
        }
    }

    private static URI keys(final KvServer server, final String path) {
        return URI.create(server.process().url() + "/v2/keys" + path);
    }

    private void writeV2(
            final KvServer etcd, final Map<String, String> acknowledged, final int number)
            throws IOException {
        final String key = "/load/" + number % 4 + "/k" + number % KEYS;
        final HttpReply reply;
        if (number % 7 == 0) {
            reply = client.exchange("DELETE", keys(etcd, key), null);
            acknowledged.remove(key);
        } else {
            reply = client.put(keys(etcd, key), "value=v" + number);
            acknowledged.put(key, "v" + number);
        }
        if (!reply.isSuccess() && reply.status() != 404) {
            throw new IOException(reply.body());
        }
    }

    private static void writeV3(
            final KvServer etcd, final Map<String, String> acknowledged, final int number)
            throws IOException {
        final String key = "load/" + number % KEYS;
        final String value = "v" + number;
        if (number % 7 == 0) {
            etcd.ask("kv/deleterange", "{\"key\":\"%s\"}".formatted(base64(key)));
            acknowledged.remove(key);
            return;
        }
        final long lease = number % 5 == 0 ? 7 : 0;
        final String twin = asPut(put("twin/" + key, value, 0));
        etcd.ask("kv/txn", "{" + success(asPut(put(key, value, lease)), twin) + "}");
        acknowledged.put(key, base64(value) + " " + lease);
        acknowledged.put("twin/" + key, base64(value) + " 0");
    }

    private void startWriters(final KvServer etcd) {
        writers.add(new Writer((acknowledged, number) -> writeV2(etcd, acknowledged, number)));
        writers.add(new Writer((acknowledged, number) -> writeV3(etcd, acknowledged, number)));
    }

    private void awaitWrites() throws IOException {
        for (final Writer each : writers) {
            final int before = each.count.get();
            LarchctlProcess.await(() -> each.count.get() >= before + CHANGES_BETWEEN, "writes");
        }
    }

    private static boolean hasBegun(final Path state) throws IOException {
        return Files.exists(state) && !Files.readString(state).contains("\"index\":0,");
    }

    private void fill(final KvServer etcd) throws IOException {
        client.put(keys(etcd, "/mortal"), "value=1&ttl=3000");
        client.put(keys(etcd, "/empty?dir=true"), "");
        etcd.grant(7, 700);
        etcd.grant(8, 800);
        for (int i = 0; i < MANY; i += PER_REQUEST) {
            final String[] puts = new String[PER_REQUEST];
            for (int j = 0; j < PER_REQUEST; j++) {
                puts[j] = asPut(put("many/%04d".formatted(i + j), "y".repeat(i + j), 0));
            }
            etcd.ask("kv/txn", "{" + success(puts) + "}");
        }
        etcd.ask("kv/put", put("large", "z".repeat(1_400_000), 8));
        etcd.ask("kv/put", "{\"key\":\"AP/+\",\"value\":\"//4A\"}");
    }

    /** What was printed of each API, v2 first. */
    private static List<Map<String, Object>> json(final Command.Result result) throws IOException {
        assertEquals(0, result.status(), result.output());
        final List<Map<String, Object>> lines = new ArrayList<>();
        for (final String line : result.output().lines().toList()) {
            if (line.startsWith("{")) {
                lines.add(Json.object(Json.parse(line)));
            }
        }
        assertEquals(2, lines.size(), result.output());
        return lines;
    }

    @Test
    void shouldLoseNothingOfAnEtcdThatIsWritten() throws Exception {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess process = servers.etcd().start();
        final KvServer etcd = new KvServer(process);
        final KvServer larch = new KvServer(servers.larch().start());
        final KvServer other = new KvServer(servers.etcd().start());
        final LarchctlProcess larchctl = new LarchctlProcess(larch.process().url());
        fill(etcd);
        final Path state = directory.resolve("state");
        final Path kvState = directory.resolve("state.v3");
        final String[] words = {
            "-o",
            "json",
            "import",
            "--from",
            process.url().toString(),
            "--api",
            "both",
            "--follow",
            "--verify",
            "--state",
            state.toString()
        };
        startWriters(etcd);
        try {
            final Command.Running first = larchctl.start(words);
            LarchctlProcess.await(() -> hasBegun(state) && hasBegun(kvState), "the first passes");
            awaitWrites();
            process.kill();
            process.start();
            awaitWrites();
            first.process().destroyForcibly();
            assertEquals(137, first.await().status());
            awaitWrites();

            final String before = Files.readString(state);
            final String kvBefore = Files.readString(kvState);
            final Command.Running second = larchctl.start(words);
            LarchctlProcess.await(
                    () ->
                            !Files.readString(state).equals(before)
                                    && !Files.readString(kvState).equals(kvBefore),
                    "more of it");
            awaitWrites();
            isStopping = true;
            for (final Writer each : writers) {
                each.thread.join();
            }
            LarchctlProcess.interrupt(second);
            final List<Map<String, Object>> imported = json(second.await());
            assertCopied(etcd, larch, imported);

            final List<Map<String, Object>> exported =
                    json(
                            larchctl.run(
                                    "-o",
                                    "json",
                                    "export",
                                    "--to",
                                    other.process().url().toString(),
                                    "--verify"));
            for (int i = 0; i < 2; i++) {
                assertEquals(imported.get(i).get("sha256"), exported.get(i).get("sha256"));
            }
            assertEquals(etcd.content(), other.content());
            assertTrue(client.get(keys(other, "/mortal")).body().contains("\"ttl\":"));
        } finally {
            isStopping = true;
        }
    }

    private void assertCopied(
            final KvServer etcd, final KvServer larch, final List<Map<String, Object>> imported)
            throws IOException {
        assertTrue((int) imported.get(0).get("followed") > 0, imported::toString);
        final Map<String, String> tree = writers.get(0).acknowledged;
        assertEquals(tree.size() + 1, imported.get(0).get("keys"));
        for (final Map.Entry<String, String> key : tree.entrySet()) {
            final String told = client.get(keys(larch, key.getKey())).body();
            assertTrue(told.contains("\"value\":\"" + key.getValue() + '"'), told);
        }
        assertTrue(client.get(keys(larch, "/mortal")).body().contains("\"ttl\":"));

        assertTrue((int) imported.get(1).get("followed") >= CHANGES_BETWEEN, imported::toString);
        assertEquals(0, imported.get(1).get("passes"), imported::toString);
        final Map<String, Object> content = etcd.content();
        assertEquals(content, larch.content());
        writers.get(1)
                .acknowledged
                .forEach((key, value) -> assertEquals(value, content.get(base64(key))));
    }
}
