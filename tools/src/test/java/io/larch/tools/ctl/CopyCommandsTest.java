package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.larch.tools.client.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} and {@code export} of v2 keys between two members of this process. */
class CopyCommandsTest {
    @TempDir private Path directory;

    @RegisterExtension final CopyPair pair = CopyPair.ofV2();

    @Test
    void shouldCopyInAndSaySo() {
        pair.etcd("set", "/in/a/b", "1");
        pair.etcd("set", "/in/c", "2");

        final Run run = pair.copyIn("--verify", "--prefix", "/in");

        assertEquals(0, run.status(), run.err());
        assertEquals("", run.err());
        assertTrue(
                run.out()
                        .matches(
                                "/in is copied up to index \\d+ of the source: 4 keys and directories, 2"
                                        + " written, 0 deleted, 0 changes followed\nboth sides are"
                                        + " the same: 2 keys, 2 directories, sha256"
                                        + " [0-9a-f]{64}\n"),
                run.out());
        assertEquals("1\n", pair.larch("get", "/in/a/b").out());
    }

    @Test
    void shouldCopyOut() {
        pair.larch("set", "/out/b", "1");

        final Run run = pair.larch("export", "--to", pair.etcdUrl().toString(), "--prefix", "/out");

        assertEquals(0, run.status(), run.err());
        assertEquals("1\n", pair.etcd("get", "/out/b").out());
    }

    @Test
    void shouldTellProgramsInJson() throws IOException {
        pair.etcd("set", "/p/a", "1");
        pair.etcd("set", "/q/b", "1");

        final Run run =
                pair.larch(
                        "-o",
                        "json",
                        "import",
                        "--from",
                        pair.etcdUrl().toString(),
                        "--prefix",
                        "p/",
                        "--state",
                        directory.resolve("state").toString(),
                        "--verify");

        final Map<String, Object> told = Json.object(Json.parse(run.out()));
        assertEquals("/p", told.get("prefix"));
        assertEquals(1, told.get("keys"));
        assertEquals(1, told.get("written"));
        assertEquals(0, told.get("followed"));
        assertTrue(Files.exists(directory.resolve("state")));
    }

    @Test
    void shouldEndWithACodeForEachReason() throws IOException {
        pair.etcd("set", "/codes/a", "1");
        pair.larch("set", "/codes/b", "1");

        assertEnds(1, "Error:  --from is required, or --from-data-dir\n", pair.larch("import"));
        assertEnds(1, "Error:  --to is required\n", pair.larch("export"));
        assertEnds(
                1,
                "Error:  --parallel must be from 1 to 1000: 0\n",
                pair.copyIn("--parallel", "0"));
        assertEnds(
                1,
                "Error:  --in-parts must be from 0 to 100: -1\n",
                pair.copyIn("--in-parts", "-1"));
        assertEnds(
                2,
                "Error:  the target does not answer at http://127.0.0.1:1: connection refused\n",
                pair.copyIn("--to", "http://127.0.0.1:1"));
        assertEnds(
                8,
                "Error:  the target has /codes/b already; with --force it becomes what the source"
                        + " is\n",
                pair.copyIn("--prefix", "/codes"));
        final Path state = Files.writeString(directory.resolve("state"), "x");
        assertEquals(7, pair.copyIn("--state", state.toString()).status());
        assertEquals(
                7,
                pair.copyIn("--prefix", "/codes", "--force", "--state", "/nowhere/state").status());
        assertEquals(0, pair.copyIn("--prefix", "/codes", "--force", "--verify").status());
    }

    @Test
    void shouldShowEachSideItsUser() throws IOException {
        final List<String> users = Collections.synchronizedList(new ArrayList<>());
        final HttpServer front =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        front.createContext(
                "/",
                exchange -> {
                    users.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    exchange.getResponseHeaders().set("X-Etcd-Index", "1");
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        front.start();
        final String url = "http://127.0.0.1:" + front.getAddress().getPort();

        final Run run =
                pair.larch(
                        "--username",
                        "larch:1",
                        "import",
                        "--remote-username",
                        "etcd:2",
                        "--api",
                        "v2",
                        "--from",
                        url,
                        "--to",
                        url);

        front.stop(0);
        assertEnds(
                4,
                "Error:  the target refuses to read /: status 401; a user with permission for these"
                        + " keys is needed\n",
                run);
        // The source is asked who it is, then the target, and then what it has.
        assertEquals(List.of(basic("etcd:2"), basic("larch:1"), basic("larch:1")), users);
    }

    private static String basic(final String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertEnds(final int status, final String err, final Run run) {
        assertEquals(err, run.err());
        assertEquals(status, run.status());
    }
}
