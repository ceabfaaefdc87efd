package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.conformance.MemoryMember;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which keys {@code import} and {@code export} take of a member of this process that has both APIs.
 */
class CopyKvCommandsTest {
    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));
    private MemoryMember etcd;
    private MemoryMember larch;

    @BeforeEach
    void start() {
        etcd = MemoryMember.startWithV3();
        larch = MemoryMember.startWithV3();
    }

    @AfterEach
    void stop() {
        etcd.close();
        larch.close();
    }

    private Run run(final MemoryMember member, final String... words) {
        final List<String> all = new ArrayList<>(List.of("--no-sync"));
        all.addAll(List.of(words));
        return Run.larchctl(
                Map.of("LARCHCTL_ENDPOINTS", member.url().toString()),
                "",
                all.toArray(String[]::new));
    }

    private Run copyIn(final String... words) {
        final List<String> all =
                new ArrayList<>(List.of("import", "--from", etcd.url().toString()));
        all.addAll(List.of(words));
        return run(larch, all.toArray(String[]::new));
    }

    private Map<String, Object> ask(final MemoryMember member, final String path, final String json)
            throws IOException {
        return Json.object(
                Json.parse(
                        client.exchange(
                                        "POST",
                                        URI.create(member.url() + "/v3/" + path),
                                        Map.of(),
                                        json)
                                .body()));
    }

    @Test
    void shouldTakeTheKeysThatThereAre() throws IOException {
        run(etcd, "set", "/tree", "1");
        assertTrue(copyIn().out().startsWith("/ is copied up to index "));

        ask(etcd, "kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}");
        final Run both = copyIn("--force", "--verify");
        assertEquals(0, both.status(), both.err());
        assertTrue(
                both.out()
                        .matches(
                                "(?s)/ is copied .*v3 keys are copied up to revision 2 of the source: 1"
                                        + " keys and 0 leases, 1 written, 0 deleted\nboth sides are the"
                                        + " same: 1 v3 keys, 0 leases, sha256 .*"),
                both.out());
        assertEquals("1", ask(larch, "kv/range", "{\"key\":\"YQ==\"}").get("count"));

        run(etcd, "rm", "/tree");
        assertTrue(copyIn("--force").out().startsWith("v3 keys are copied "));
        assertEquals(8, copyIn("--api", "both").status());
    }

    @Test
    void shouldFollowAndCopyBack() throws IOException {
        ask(etcd, "kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}");
        final Run followed = copyIn("--until-index", "2", "-o", "json");
        assertEquals(1, followed.status());
        final Run in =
                run(
                        larch,
                        "-o",
                        "json",
                        "import",
                        "--from",
                        etcd.url().toString(),
                        "--until-index",
                        "2");
        assertEquals(
                "there are no v2 keys, so they are not followed; --api both follows these, too\n",
                in.err());
        assertEquals(
                "{\"sourceRevision\":2,\"v3Keys\":1,\"v3Leases\":0,\"written\":1,\"deleted\":0,"
                        + "\"followed\":0,\"passes\":1}\n",
                in.out());

        final Run out =
                run(larch, "export", "--to", etcd.url().toString(), "--api", "v3", "--force");
        assertTrue(out.out().endsWith(" 0 written, 0 deleted\n"), out.out());
        assertEquals(
                "Error:  --until-index needs --api v2 or v3, as each API counts by itself\n",
                copyIn("--until-index", "2", "--api", "both").err());
        assertEquals(
                "Error:  --api is v2, v3 or both: v4\n",
                run(larch, "export", "--to", etcd.url().toString(), "--api", "v4").err());
    }
}
