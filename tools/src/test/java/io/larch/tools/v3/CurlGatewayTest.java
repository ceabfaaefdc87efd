package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Command;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** The JSON gateway as etcd's documentation shows it with curl. */
@Tag("slow")
@Tag("fused-only")
class CurlGatewayTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    private ServerProcess server;

    @BeforeEach
    void needsCurl() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/curl")) || Servers.arePeersRequired(),
                "needs curl");
    }

    @ParameterizedTest
    @EachProduct
    void shouldAnswerWhatEtcdsDocumentationAsks(final Product product) throws Exception {
        server = product.start(servers);

        final Command.Running watch =
                start("watch", "{\"create_request\":{\"key\":\"Zm9v\",\"start_revision\":2}}");
        Etcdctl.await(watch, text -> text.contains("\"created\":true"));
        assertEquals(
                "{\"header\":{\"revision\":\"2\"}}",
                ask("kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}"));
        final String kv =
                "{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                        + "\"version\":\"1\",\"value\":\"YmFy\"}";
        final String found =
                "{\"header\":{\"revision\":\"2\"},\"kvs\":[" + kv + "],\"count\":\"1\"}";
        assertEquals(found, ask("kv/range", "{\"key\":\"Zm9v\"}"));
        assertEquals(found, ask("kv/range", "{\"key\":\"Zm9v\",\"range_end\":\"Zm9w\"}"));
        final String told = Etcdctl.await(watch, text -> text.contains("events"));
        assertTrue(told.contains("\"events\":[{\"kv\":" + kv + "}]}}"), told);
        watch.process().destroy();
        watch.await();
        assertEquals(
                "{\"header\":{\"revision\":\"3\"},\"succeeded\":true,"
                        + "\"responses\":[{\"response_put\":{\"header\":{\"revision\":\"3\"}}}]}",
                ask(
                        "kv/txn",
                        "{\"compare\":[{\"target\":\"CREATE\",\"key\":\"Zm9v\","
                                + "\"createRevision\":\"2\"}],\"success\":[{\"requestPut\":"
                                + "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}}]}"));
        assertEquals(
                "{\"header\":{\"revision\":\"3\"},\"ID\":\"7\",\"TTL\":\"60\"}",
                ask("lease/grant", "{\"TTL\":60,\"ID\":7}"));
        assertEquals(
                "{\"header\":{\"revision\":\"4\"},\"deleted\":\"1\"}",
                ask("kv/deleterange", "{\"key\":\"Zm9v\"}"));
        final String error = ask("kv/range", "{}");
        assertTrue(error.startsWith("{\"error\":\"etcdserver: key is not provided\","), error);
    }

    /** Without what is each server's own. */
    private String ask(final String path, final String body) throws Exception {
        final Command.Result result = start(path, body).await();
        assertEquals(0, result.status(), result::output);
        return result.output()
                .replaceAll("\"(cluster_id|member_id)\":\"\\d+\",", "")
                .replaceAll(",\"raft_term\":\"\\d+\"", "");
    }

    private Command.Running start(final String path, final String body) throws IOException {
        return Command.start(
                Map.of(),
                List.of(
                        "/usr/bin/curl",
                        "-sSN",
                        "-X",
                        "POST",
                        server.url() + "/v3/" + path,
                        "-d",
                        body));
    }
}
