package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Which keys {@code import} and {@code export} take of a member of this process that has both APIs.
 */
class CopyKvCommandsTest {
    @RegisterExtension final CopyPair pair = CopyPair.ofBoth();

    private final SimpleHttpClient client = new SimpleHttpClient(Duration.ofSeconds(30));

    private Map<String, Object> ask(final URI member, final String path, final String json)
            throws IOException {
        return Json.object(
                Json.parse(
                        client.exchange("POST", URI.create(member + "/v3/" + path), Map.of(), json)
                                .body()));
    }

    @Test
    void shouldTakeTheKeysThatThereAre() throws IOException {
        pair.etcd("set", "/tree", "1");
        assertTrue(pair.copyIn().out().startsWith("/ is copied up to index "));

        ask(pair.etcdUrl(), "kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}");
        final Run both = pair.copyIn("--force", "--verify");
        assertEquals(0, both.status(), both.err());
        assertTrue(
                both.out()
                        .matches(
                                "(?s)/ is copied .*v3 keys are copied up to revision 2 of the source: 1"
                                        + " keys and 0 leases, 1 written, 0 deleted\nboth sides are the"
                                        + " same: 1 v3 keys, 0 leases, sha256 .*"),
                both.out());
        assertEquals("1", ask(pair.larchUrl(), "kv/range", "{\"key\":\"YQ==\"}").get("count"));

        pair.etcd("rm", "/tree");
        assertTrue(pair.copyIn("--force").out().startsWith("v3 keys are copied "));
        assertEquals(8, pair.copyIn("--api", "both").status());
    }

    @Test
    void shouldFollowAndCopyBack() throws IOException {
        ask(pair.etcdUrl(), "kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}");
        final Run followed = pair.copyIn("--until-index", "2", "-o", "json");
        assertEquals(1, followed.status());
        final Run in =
                pair.larch(
                        "-o",
                        "json",
                        "import",
                        "--from",
                        pair.etcdUrl().toString(),
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
                pair.larch("export", "--to", pair.etcdUrl().toString(), "--api", "v3", "--force");
        assertTrue(out.out().endsWith(" 0 written, 0 deleted\n"), out.out());
        assertEquals(
                "Error:  --until-index needs --api v2 or v3, as each API counts by itself\n",
                pair.copyIn("--until-index", "2", "--api", "both").err());
        assertEquals(
                "Error:  --api is v2, v3 or both: v4\n",
                pair.larch("export", "--to", pair.etcdUrl().toString(), "--api", "v4").err());
    }
}
