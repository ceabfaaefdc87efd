package io.larch.tools.v3;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** v3 keys from the files of a real etcd into a Larch, by the program as users start it. */
@Tag("slow")
@Tag("fused-only")
class ImportKvProcessTest {
    private static final String LAUNCHER = System.getProperty("larch.launcher", "");
    private static final int MANY = 20_000;
    private static final int PER_REQUEST = 100;

    @RegisterExtension final Servers servers = Servers.inMemory();

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));

    @BeforeEach
    void needsEtcd() {
        assumeTrue(!LAUNCHER.isEmpty(), "needs the launcher");
        assumeTrue(
                Servers.isEtcdInstalled() && Etcdctl.isWanted() || Servers.arePeersRequired(),
                "needs etcd");
    }

    private static Command.Result copy(
            final ServerProcess larch, final Path data, final String... flags) throws Exception {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                Path.of(LAUNCHER).resolveSibling("larchctl").toString(),
                                "import",
                                "--from-data-dir",
                                data.toString(),
                                "--verify"));
        words.addAll(List.of(flags));
        return Command.run(
                Map.of(
                        "LARCHCTL_ENDPOINTS",
                        larch.url().toString(),
                        "LARCH_AS_BUILT",
                        "yes",
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                words);
    }

    private Map<String, Object> ask(
            final ServerProcess server, final String path, final String json) throws IOException {
        final HttpReply reply =
                client.exchange(
                        "POST",
                        URI.create(server.url() + "/v3/" + path),
                        Map.of("Content-Type", "application/json"),
                        json);
        assertEquals(200, reply.status(), reply::body);
        return Json.object(Json.parse(reply.body()));
    }

    private static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String put(final String key, final String value, final long lease) {
        return "{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%d\"}"
                .formatted(base64(key), base64(value), lease);
    }

    private static String success(final String... operations) {
        return "\"success\":[" + String.join(",", operations) + "]";
    }

    private static String asPut(final String put) {
        return "{\"request_put\":" + put + "}";
    }

    /** Of each key its value and its lease, and of each lease its time. */
    private Map<String, Object> content(final ServerProcess server) throws IOException {
        final Map<String, Object> content = new TreeMap<>();
        final Map<String, Object> reply =
                ask(server, "kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\"}");
        for (final Object each : Json.list(reply.get("kvs"))) {
            final Map<String, Object> kv = Json.object(each);
            content.put(
                    (String) kv.get("key"),
                    kv.getOrDefault("value", "") + " " + kv.getOrDefault("lease", "0"));
        }
        final TreeSet<String> leases = new TreeSet<>();
        for (final Object each : Json.list(ask(server, "lease/leases", "{}").get("leases"))) {
            final Object id = Json.object(each).get("ID");
            leases.add(
                    id
                            + " "
                            + ask(server, "lease/timetolive", "{\"ID\":\"" + id + "\"}")
                                    .get("grantedTTL"));
        }
        content.put("leases", leases);
        return content;
    }

    /** All kinds of writes, and a compaction. */
    private void write(final ServerProcess etcd) throws IOException {
        for (int id = 7; id <= 9; id++) {
            ask(etcd, "lease/grant", "{\"ID\":\"%d\",\"TTL\":\"%d\"}".formatted(id, 100 * id));
        }
        for (int i = 0; i < 150; i++) {
            ask(etcd, "kv/put", put("k" + i % 40, "v" + i, i % 5 == 0 ? 7 + i % 3 : 0));
        }
        ask(etcd, "kv/put", put("long", "x".repeat(300_000), 0));
        ask(etcd, "kv/compaction", "{\"revision\":\"60\"}");
        ask(etcd, "kv/deleterange", "{\"key\":\"%s\"}".formatted(base64("k7")));
        ask(
                etcd,
                "kv/deleterange",
                "{\"key\":\"%s\",\"range_end\":\"%s\"}".formatted(base64("k2"), base64("k25")));
        ask(etcd, "lease/revoke", "{\"ID\":\"9\"}");
        final String compare =
                "\"compare\":[{\"target\":\"VALUE\",\"key\":\"%s\",\"value\":\"%s\"}],";
        for (final String expected : List.of("v150", "v149", "v149")) {
            ask(
                    etcd,
                    "kv/txn",
                    "{"
                            + compare.formatted(base64("k29"), base64(expected))
                            + success(
                                    asPut(put("k29", "swapped from " + expected, 8)),
                                    asPut(put("beside", expected, 0)))
                            + "}");
        }
    }

    @Test
    void shouldBringOverWhatAnEtcdHadThatWasStopped() throws Exception {
        final ServerProcess etcd = servers.etcd("--snapshot-count", "100").start();
        final ServerProcess larch = servers.larch().start();
        for (int i = 0; i < MANY; i += PER_REQUEST) {
            final String[] puts = new String[PER_REQUEST];
            for (int j = 0; j < PER_REQUEST; j++) {
                final int n = i + j;
                puts[j] =
                        asPut(
                                put(
                                        "many/%05d".formatted(n),
                                        "y".repeat(n % 1000 == 0 ? 9_000 : n % 60),
                                        0));
            }
            ask(etcd, "kv/txn", "{" + success(puts) + "}");
        }
        write(etcd);
        final Map<String, Object> answered = content(etcd);
        final String listing = new Etcdctl(etcd.url()).run("get", "", "--prefix").output();

        final Command.Result used = copy(larch, etcd.dataDirectory());
        assertEquals(7, used.status(), used.output());
        assertTrue(used.output().contains("an etcd uses "), used.output());
        etcd.terminate();
        final Command.Result imported = copy(larch, etcd.dataDirectory());

        assertEquals(0, imported.status(), imported.output());
        assertTrue(imported.output().contains("both sides are the same: "), imported.output());
        assertEquals(answered, content(larch));
        assertEquals(listing, new Etcdctl(larch.url()).run("get", "", "--prefix").output());
        assertTrue(answered.size() > MANY);
    }

    /** What was under way is there or not; which, the etcd knows that starts again. */
    @Test
    void shouldBringOverWhatAnEtcdFindsThatWasKilledUnderLoad() throws Exception {
        final ServerProcess etcd = servers.etcd("--snapshot-count", "100").start();
        final ServerProcess larch = servers.larch().start();
        write(etcd);
        final AtomicLongArray acknowledged = new AtomicLongArray(3);
        final List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < acknowledged.length(); i++) {
            final int writer = i;
            final Thread thread = new Thread(() -> writeUntilKilled(etcd, writer, acknowledged));
            thread.start();
            writers.add(thread);
        }
        for (int i = 0; i < 300; i++) {
            ask(etcd, "kv/put", put("main", "v" + i, 0));
        }
        etcd.kill();
        for (final Thread each : writers) {
            each.join();
        }
        final Command.Result imported = copy(larch, etcd.dataDirectory(), "--whole-log");
        assertEquals(0, imported.status(), imported.output());
        final Map<String, Object> there = content(larch);

        etcd.start();
        assertEquals(content(etcd), there);
        for (int i = 0; i < acknowledged.length(); i++) {
            final long last = acknowledged.get(i) - 1;
            assertTrue(last > 0);
            assertEquals(base64("v" + last) + " 8", there.get(base64("w" + i + "/" + last % 50)));
        }
    }

    private void writeUntilKilled(
            final ServerProcess etcd, final int writer, final AtomicLongArray acknowledged) {
        try {
            for (long n = 0; ; n++) {
                ask(etcd, "kv/put", put("w" + writer + "/" + n % 50, "v" + n, 8));
                acknowledged.set(writer, n + 1);
            }
        } catch (final IOException e) {
            // It was killed.
        }
    }
}
