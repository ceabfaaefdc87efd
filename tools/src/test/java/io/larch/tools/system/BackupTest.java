package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a member that is being written to becomes a cluster of three. */
@Tag("slow")
@Tag("fused-only")
class BackupTest {
    private static final int KEYS = 200;
    private static final int LEASE = 77;

    @RegisterExtension final Servers servers = Servers.inMemory();
    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @TempDir Path directory;

    @Test
    void shouldBeginAClusterWithAllThatAMemberHeldWhileItWasWrittenTo() throws Exception {
        final ServerProcess old = servers.larch().start();
        load(old);
        final Path snapshot = directory.resolve("snapshot");
        saveUnderLoad(old, snapshot);
        final Object status =
                JsonTree.parse(larchctl(0, "-o", "json", "snapshot", "status", file(snapshot)));
        final long revision = V3Json.number(status, "v3Revision");
        final long hashBefore = hash(old.url().toString(), revision);
        refusesADamagedOne(snapshot);
        old.kill();

        cluster.create(3, "--initial-cluster-token=restored");
        for (final ClusterMember member : cluster.members()) {
            larchctl(
                    0,
                    "snapshot",
                    "restore",
                    file(snapshot),
                    "--data-dir",
                    file(member.dataDirectory()),
                    "--name",
                    member.name(),
                    "--initial-cluster",
                    initialCluster(),
                    "--initial-cluster-token",
                    "restored");
        }
        cluster.startAll();
        cluster.awaitLeader();

        final ClusterMember first = cluster.member(1);
        for (int i = 0; i < KEYS; i++) {
            assertEquals(
                    "v" + i,
                    JsonTree.at(
                            JsonTree.parse(first.keys().get("/before/" + i).text()),
                            "node",
                            "value"));
            assertEquals("v" + i, value(first, "before/" + i));
        }
        final Set<String> ids = new HashSet<>();
        for (final ClusterMember member : cluster.members()) {
            assertEquals(hashBefore, hash(member.url().toString(), revision));
            ids.add(member.id());
        }
        assertEquals(3, ids.size());
        cluster.awaitSameTree();
        assertTrue(first.keys().get("/before/ttl").text().contains("\"ttl\":"));
        final Object lease =
                v3(first.url().toString(), "lease/timetolive", "{\"ID\":77,\"keys\":true}");
        assertEquals(List.of(base64("before/leased")), JsonTree.at(lease, "keys"));
        assertEquals(
                "{\"users\":[\"u1\"]}",
                first.exchange("GET", "/v2/auth/users", null)
                        .text()
                        .replaceAll("\\{\"user\":(\"u1\")[^}]*}", "$1")
                        .strip());
        assertEquals(201, first.keys().put("/after", "value=1").status());
    }

    private void load(final ServerProcess member) throws IOException {
        final Keys keys = new Keys(member);
        final String url = member.url().toString();
        v3(url, "lease/grant", "{\"ID\":" + LEASE + ",\"TTL\":5000}");
        for (int i = 0; i < KEYS; i++) {
            keys.put("/before/" + i, "value=v" + i);
            put(url, "before/" + i, "v" + i, 0);
        }
        put(url, "before/leased", "x", LEASE);
        keys.put("/before/ttl", "value=x&ttl=5000");
        HttpConnection.exchange(
                member.url(),
                "PUT",
                "/v2/auth/users/u1",
                "{\"user\":\"u1\",\"password\":\"p\"}",
                Map.of("Content-Type", "application/json"));
    }

    private void saveUnderLoad(final ServerProcess member, final Path snapshot) throws Exception {
        final AtomicBoolean isEnough = new AtomicBoolean();
        final List<IOException> failures = new ArrayList<>();
        final Thread writer =
                new Thread(
                        () -> {
                            final Keys keys = new Keys(member);
                            try {
                                for (int i = 0; !isEnough.get(); i++) {
                                    keys.put("/meanwhile", "value=" + i);
                                    put(member.url().toString(), "meanwhile", "v" + i, 0);
                                }
                            } catch (final IOException e) {
                                failures.add(e);
                            }
                        });
        writer.start();
        try {
            final String said =
                    larchctl(
                            0,
                            "--endpoints",
                            member.url().toString(),
                            "snapshot",
                            "save",
                            file(snapshot));
            assertTrue(said.startsWith("Snapshot saved at "), said);
        } finally {
            isEnough.set(true);
            writer.join();
        }
        assertEquals(List.of(), failures);
    }

    private void refusesADamagedOne(final Path snapshot) throws Exception {
        final byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        final Path damaged = Files.write(directory.resolve("damaged"), bytes);
        final String said =
                larchctl(
                        6,
                        "snapshot",
                        "restore",
                        file(damaged),
                        "--data-dir",
                        file(directory.resolve("none")));
        assertTrue(said.contains("damaged at offset "), said);
    }

    private String initialCluster() {
        return cluster.members().stream()
                .map(member -> member.name() + "=" + member.peerUrl())
                .collect(Collectors.joining(","));
    }

    private static String file(final Path path) {
        return path.toString();
    }

    private static String larchctl(final int status, final String... words) throws Exception {
        return LarchctlCommand.run(status, List.of(words));
    }

    // --- the v3 API, by JSON ---

    private static Object v3(final String url, final String path, final String body)
            throws IOException {
        return V3Json.post(URI.create(url), path, body);
    }

    private static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(
            final String url, final String key, final String value, final long lease)
            throws IOException {
        v3(
                url,
                "kv/put",
                "{\"key\":\""
                        + base64(key)
                        + "\",\"value\":\""
                        + base64(value)
                        + "\",\"lease\":"
                        + lease
                        + "}");
    }

    private static String value(final ClusterMember member, final String key) throws IOException {
        final Object reply =
                v3(member.url().toString(), "kv/range", "{\"key\":\"" + base64(key) + "\"}");
        final List<?> kvs = (List<?>) JsonTree.at(reply, "kvs");
        return new String(
                Base64.getDecoder().decode((String) JsonTree.at(kvs.get(0), "value")),
                StandardCharsets.UTF_8);
    }

    private static long hash(final String url, final long revision) throws IOException {
        return V3Json.number(
                v3(url, "maintenance/hashkv", "{\"revision\":" + revision + "}"), "hash");
    }
}
