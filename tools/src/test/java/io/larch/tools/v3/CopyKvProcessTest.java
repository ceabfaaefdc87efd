package io.larch.tools.v3;

import static io.larch.tools.v3.KvServer.asPut;
import static io.larch.tools.v3.KvServer.base64;
import static io.larch.tools.v3.KvServer.put;
import static io.larch.tools.v3.KvServer.success;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.Json;
import io.larch.tools.system.Command;
import io.larch.tools.system.LarchctlProcess;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** v3 keys from an etcd that is being written to Larch, and from there to another etcd. */
@Tag("slow")
@Tag("fused-only")
class CopyKvProcessTest {
    private static final int MANY = 1_000;
    private static final int PER_REQUEST = 100;
    private static final int KEYS = 40;
    private static final int CHANGES_BETWEEN = 60;
    private static final int WRITERS = 2;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @TempDir private Path directory;

    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean isStopping;

    /** Does one thing after the other, each until it is acknowledged. */
    private void write(final KvServer etcd, final int writer) {
        for (int i = 0; !isStopping; i++) {
            final String key = "w" + writer + "/" + i % KEYS;
            while (!isWritten(etcd, key, i)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            count.incrementAndGet();
        }
    }

    private boolean isWritten(final KvServer etcd, final String key, final int number) {
        final String value = "v" + number;
        final long lease = number % 5 == 0 ? 7 : 0;
        try {
            if (number % 7 == 0) {
                etcd.ask("kv/deleterange", "{\"key\":\"%s\"}".formatted(base64(key)));
                acknowledged.remove(key);
                return true;
            }
            final String twin = asPut(put("twin/" + key, value, 0));
            etcd.ask("kv/txn", "{" + success(asPut(put(key, value, lease)), twin) + "}");
            acknowledged.put(key, base64(value) + " " + lease);
            acknowledged.put("twin/" + key, base64(value) + " 0");
            return true;
        } catch (final IOException e) {
            // It starts again just now.
            return false;
        }
    }

    private void startWriters(final KvServer etcd) {
        for (int i = 0; i < WRITERS; i++) {
            final int writer = i;
            final Thread thread = new Thread(() -> write(etcd, writer));
            writers.add(thread);
            thread.start();
        }
    }

    private void awaitWrites() throws IOException {
        final int before = count.get();
        LarchctlProcess.await(() -> count.get() >= before + CHANGES_BETWEEN, "writes");
    }

    private static void fill(final KvServer etcd) throws IOException {
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

    private static Map<String, Object> json(final Command.Result result) throws IOException {
        assertEquals(0, result.status(), result.output());
        final String line =
                result.output().lines().filter(each -> each.startsWith("{")).findFirst().orElse("");
        return Json.object(Json.parse(line));
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
            "v3",
            "--follow",
            "--verify",
            "--state",
            state.toString()
        };
        startWriters(etcd);
        try {
            final Command.Running first = larchctl.start(words);
            LarchctlProcess.await(
                    () ->
                            Files.exists(kvState)
                                    && !Files.readString(kvState).contains("\"index\":0,"),
                    "the first pass");
            awaitWrites();
            process.kill();
            process.start();
            awaitWrites();
            first.process().destroyForcibly();
            assertEquals(137, first.await().status());
            awaitWrites();

            final String before = Files.readString(kvState);
            final Command.Running second = larchctl.start(words);
            LarchctlProcess.await(
                    () -> !Files.readString(kvState).equals(before), "more of it: " + before);
            awaitWrites();
            isStopping = true;
            for (final Thread each : writers) {
                each.join();
            }
            LarchctlProcess.interrupt(second);

            final Map<String, Object> imported = json(second.await());
            assertTrue((int) imported.get("followed") >= CHANGES_BETWEEN, imported::toString);
            assertEquals(0, imported.get("passes"), imported::toString);
            final Map<String, Object> content = etcd.content();
            assertEquals(content, larch.content());
            acknowledged.forEach((key, value) -> assertEquals(value, content.get(base64(key))));

            final Map<String, Object> exported =
                    json(
                            larchctl.run(
                                    "-o",
                                    "json",
                                    "export",
                                    "--to",
                                    other.process().url().toString(),
                                    "--verify"));
            assertEquals(imported.get("sha256"), exported.get("sha256"));
            assertEquals(content, other.content());
        } finally {
            isStopping = true;
        }
    }
}
