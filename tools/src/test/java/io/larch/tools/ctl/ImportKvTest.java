package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.conformance.MemoryMember;
import io.larch.tools.etcd.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import --from-data-dir} of v3 keys into a member of this process. */
class ImportKvTest {
    private static final String HEX = " sha256 [0-9a-f]{64}\n";

    @TempDir private Path parent;

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
    private MemoryMember larch;
    private Path data;

    @BeforeEach
    void start() {
        larch = MemoryMember.startWithV3();
        data = parent.resolve("data");
    }

    @AfterEach
    void stop() {
        larch.close();
    }

    private Run run(final String... words) {
        return Run.asking(larch.url(), words);
    }

    private Run copy(final String... words) {
        final List<String> all =
                new ArrayList<>(List.of("import", "--from-data-dir", data.toString()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    private Map<String, Object> ask(final String path, final String json) throws IOException {
        return Json.object(
                Json.parse(
                        client.exchange(
                                        "POST",
                                        URI.create(larch.url() + "/v3/" + path),
                                        Map.of("Content-Type", "application/json"),
                                        json)
                                .body()));
    }

    /** Of each key its value, its lease, and the place of its creation among all of these. */
    private Map<String, String> keys() throws IOException {
        final Map<String, String> keys = new TreeMap<>();
        final Map<String, Object> reply =
                ask(
                        "kv/range",
                        "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"sort_target\":\"CREATE\","
                                + "\"sort_order\":\"ASCEND\"}");
        for (final Object each : Json.list(reply.get("kvs"))) {
            final Map<String, Object> kv = Json.object(each);
            keys.put(
                    text(kv.get("key")),
                    text(kv.get("value"))
                            + " "
                            + kv.getOrDefault("lease", "0")
                            + " "
                            + kv.get("create_revision"));
        }
        return keys;
    }

    private static String text(final Object base64) {
        return base64 == null
                ? ""
                : new String(Base64.getDecoder().decode((String) base64), StandardCharsets.UTF_8);
    }

    /** The elections' keys were created in the order of their values. */
    private void write() throws IOException {
        new Database(30)
                .put("plain", 2, 2, 1, "one", 0)
                .put("plain", 2, 4, 2, "two", 0)
                .put("other", 3, 3, 1, "", 0)
                .put("election/c", 5, 20, 9, "first", 7)
                .put("election/b", 6, 6, 1, "second", 8)
                .put("election/a", 7, 7, 1, "third", 7)
                .put("stale", 8, 8, 1, "x", 99)
                .lease(7, 600)
                .lease(8, 60)
                .lease(9, 3600)
                .writeWithLog(data, 30);
    }

    @Test
    void shouldCopyKeysAndLeasesAndKeepTheOrderOfElections() throws IOException {
        write();
        final Run run = copy("--verify");

        assertEquals(0, run.status(), run.err());
        assertTrue(
                run.out()
                        .matches(
                                "v3 keys are copied up to revision 20 of the source: 6 keys and 3"
                                        + " leases, 6 written, 0 deleted\nboth sides are the same:"
                                        + " 6 v3 keys, 3 leases,"
                                        + HEX),
                run.out());
        assertTrue(
                run.err()
                        .endsWith(
                                "1 keys name leases that are no more, in etcd, too; they come"
                                        + " without one\n"),
                run.err());
        assertEquals(
                Map.of(
                        "other",
                        " 0 2",
                        "plain",
                        "two 0 2",
                        "election/c",
                        "first 7 3",
                        "election/b",
                        "second 8 4",
                        "election/a",
                        "third 7 5",
                        "stale",
                        "x 0 6"),
                keys());
        assertEquals("600", ask("lease/timetolive", "{\"ID\":\"7\"}").get("grantedTTL"));
        assertEquals(3, Json.list(ask("lease/leases", "{}").get("leases")).size());
    }

    @Test
    void shouldRefuseATargetWithKeysUnlessForced() throws IOException {
        write();
        ask("kv/put", "{\"key\":\"%s\",\"value\":\"AAAA\"}".formatted(base64("mine")));
        ask("kv/put", "{\"key\":\"%s\"}".formatted(base64("other")));

        final Run refused = copy();
        assertEquals(8, refused.status());
        assertTrue(
                refused.err()
                        .endsWith(
                                "Error:  the target has the v3 key mine already; with --force it"
                                        + " becomes what the source is\n"),
                refused.err());
        assertEquals(2, keys().size());

        final Run forced = copy("--force", "--verify");
        assertEquals(0, forced.status(), forced.err());
        assertTrue(forced.out().contains(": 6 keys and 3 leases, 5 written, 1 deleted\n"));
        final Map<String, String> keys = keys();
        assertEquals(6, keys.size());
        assertTrue(copy("--force").out().contains(" 0 written, 0 deleted\n"));
        assertEquals(keys, keys());
    }

    @Test
    void shouldGoOnFromItsStateAndCopyAPartAlone() throws IOException {
        write();
        final String state = parent.resolve("state").toString();
        final Run part = copy("--prefix", "election/", "--state", state, "--verify");
        assertEquals(0, part.status(), part.err());
        assertTrue(part.out().contains(": 3 keys and 2 leases, 3 written,"), part.out());
        assertEquals(3, keys().size());

        assertEquals(8, copy("--prefix", "elect").status());
        final Run again = copy("--prefix", "election/", "--state", state);
        assertTrue(again.out().contains(" 0 written, 0 deleted\n"), again.out());
        assertTrue(Files.exists(Path.of(state + ".v3")));
        assertEquals(4, copy("--state", state).status());
    }

    @Test
    void shouldMakeTransactionsAsSmallAsTheyMustBe() throws IOException {
        final Database database = new Database(2);
        final Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < 400; i++) {
            final String value = "v".repeat(i % 50 == 0 ? 300_000 : i);
            database.put("k%03d".formatted(i), 2 + i, 2 + i, 1, value, 0);
            values.put("k%03d".formatted(i), value);
        }
        database.writeWithLog(data, 2);

        final Run run = copy("--verify", "--api", "v3");
        assertEquals(0, run.status(), run.err());
        final Map<String, String> keys = keys();
        keys.replaceAll((key, text) -> text.replaceFirst(" \\d+ \\d+$", ""));
        assertEquals(values, keys);
    }

    @Test
    void shouldTakeTheApiThatIsAskedFor() throws IOException {
        write();
        final Run both = copy("--api", "both", "-o", "json");
        assertEquals(1, both.status());
        final Run json =
                run("-o", "json", "import", "--from-data-dir", data.toString(), "--api", "both");
        assertEquals(0, json.status(), json.err());
        final List<String> lines = json.out().lines().toList();
        assertTrue(lines.get(0).startsWith("{\"prefix\":\"/\""), json.out());
        assertEquals(
                "{\"sourceRevision\":20,\"v3Keys\":6,\"v3Leases\":3,\"written\":6,\"deleted\":0}",
                lines.get(1));
        assertTrue(copy("--api", "v2").out().startsWith("/ is copied up to index "));
        assertEquals("Error:  --api is v2, v3 or both: v4\n", copy("--api", "v4").err());
    }

    private static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
