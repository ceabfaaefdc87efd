package io.larch.tools.v3;

import static io.larch.tools.system.KvServer.asPut;
import static io.larch.tools.system.KvServer.base64;
import static io.larch.tools.system.KvServer.put;
import static io.larch.tools.system.KvServer.success;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Command;
import io.larch.tools.system.KvServer;
import io.larch.tools.system.LarchctlProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** v3 keys from the files of a real etcd into a Larch, by the program as users start it. */
@Tag("slow")
@Tag("fused-only")
class ImportKvProcessTest {
    private static final int MANY = 6_000;
    private static final int PER_REQUEST = 100;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @BeforeEach
    void needsEtcd() {
        assumeTrue(
                Servers.isEtcdInstalled() && Etcdctl.isWanted() || Servers.arePeersRequired(),
                "needs etcd");
    }

    private static Command.Result copy(
            final KvServer larch, final KvServer etcd, final String... flags) throws Exception {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "import",
                                "--from-data-dir",
                                etcd.process().dataDirectory().toString(),
                                "--verify"));
        words.addAll(List.of(flags));
        return new LarchctlProcess(larch.process().url()).run(words.toArray(String[]::new));
    }

    /** All kinds of writes, and a compaction. */
    private void write(final KvServer etcd) throws IOException {
        for (int id = 7; id <= 9; id++) {
            etcd.grant(id, 100L * id);
        }
        for (int i = 0; i < 150; i++) {
            etcd.ask("kv/put", put("k" + i % 40, "v" + i, i % 5 == 0 ? 7 + i % 3 : 0));
        }
        etcd.ask("kv/put", put("long", "x".repeat(300_000), 0));
        etcd.ask("kv/compaction", "{\"revision\":\"60\"}");
        etcd.ask("kv/deleterange", "{\"key\":\"%s\"}".formatted(base64("k7")));
        etcd.ask(
                "kv/deleterange",
                "{\"key\":\"%s\",\"range_end\":\"%s\"}".formatted(base64("k2"), base64("k25")));
        etcd.ask("lease/revoke", "{\"ID\":\"9\"}");
        final String compare =
                "\"compare\":[{\"target\":\"VALUE\",\"key\":\"%s\",\"value\":\"%s\"}],";
        for (final String expected : List.of("v150", "v149", "v149")) {
            etcd.ask(
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
        final KvServer etcd = new KvServer(servers.etcd("--snapshot-count", "100").start());
        final KvServer larch = new KvServer(servers.larch().start());
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
            etcd.ask("kv/txn", "{" + success(puts) + "}");
        }
        write(etcd);
        final Map<String, Object> answered = etcd.content();
        final String listing =
                new Etcdctl(etcd.process().url()).run("get", "", "--prefix").output();

        final Command.Result used = copy(larch, etcd);
        assertEquals(7, used.status(), used.output());
        assertTrue(used.output().contains("an etcd uses "), used.output());
        etcd.process().terminate();
        final Command.Result imported = copy(larch, etcd);

        assertEquals(0, imported.status(), imported.output());
        assertTrue(imported.output().contains("both sides are the same: "), imported.output());
        assertEquals(answered, larch.content());
        assertEquals(
                listing, new Etcdctl(larch.process().url()).run("get", "", "--prefix").output());
        assertTrue(answered.size() > MANY);
    }

    /** What was under way is there or not; which, the etcd knows that starts again. */
    @Test
    void shouldBringOverWhatAnEtcdFindsThatWasKilledUnderLoad() throws Exception {
        final KvServer etcd = new KvServer(servers.etcd("--snapshot-count", "100").start());
        final KvServer larch = new KvServer(servers.larch().start());
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
            etcd.ask("kv/put", put("main", "v" + i, 0));
        }
        etcd.process().kill();
        for (final Thread each : writers) {
            each.join();
        }
        final Command.Result imported = copy(larch, etcd, "--whole-log");
        assertEquals(0, imported.status(), imported.output());
        final Map<String, Object> there = larch.content();

        etcd.process().start();
        assertEquals(etcd.content(), there);
        for (int i = 0; i < acknowledged.length(); i++) {
            final long last = acknowledged.get(i) - 1;
            assertTrue(last > 0);
            assertEquals(base64("v" + last) + " 8", there.get(base64("w" + i + "/" + last % 50)));
        }
    }

    private void writeUntilKilled(
            final KvServer etcd, final int writer, final AtomicLongArray acknowledged) {
        try {
            for (long n = 0; ; n++) {
                etcd.ask("kv/put", put("w" + writer + "/" + n % 50, "v" + n, 8));
                acknowledged.set(writer, n + 1);
            }
        } catch (final IOException e) {
            // It was killed.
        }
    }
}
