package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The program against a server that says what the test wants, and keeps what it was asked. */
class LarchctlTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(final String path, final int status, final String body) {
        server.createContext(
                path,
                exchange -> {
                    final String sent =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    final String user = exchange.getRequestHeaders().getFirst("Authorization");
                    asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + (sent.isEmpty() ? "" : " " + sent)
                                    + (user == null ? "" : " " + user));
                    final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("X-Etcd-Index", "18446744073709551615");
                    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                    if (bytes.length > 0) {
                        exchange.getResponseBody().write(bytes);
                    }
                    exchange.close();
                });
    }

    private void answerMembers(final String clientUrls) {
        answer(
                "/v2/members",
                200,
                "{\"members\":[{\"id\":\"1\",\"name\":\"a\",\"peerURLs\":[\"p\"],\"clientURLs\":["
                        + clientUrls
                        + "]}]}");
    }

    private Run run(final String... words) {
        return Run.larchctl(Map.of("LARCHCTL_ENDPOINTS", url), "", words);
    }

    @Test
    void shouldAskWhereMembersSayThatTheyAre() {
        answerMembers("\"" + url + "\"");
        answer("/v2/keys", 200, "{\"action\":\"get\",\"node\":{\"key\":\"/k\",\"value\":\"v\"}}");

        assertEquals(new Run(0, "v\n", ""), run("get", "/k"));
        assertEquals(
                List.of(
                        "GET /v2/members",
                        "GET /v2/keys/k?quorum=false&recursive=false&sorted=false"),
                asked);
    }

    @Test
    void shouldSayThatMembersPublishNothing() {
        answerMembers("");

        assertEquals(
                new Run(
                        4,
                        "",
                        "etcd cluster has no published client endpoints.\nTry '--no-sync' if you"
                                + " want to access non-published client endpoints("
                                + url
                                + ").\nError:  client: no endpoints available\n"),
                run("get", "/k"));
    }

    @Test
    void shouldSendAValueAndItsConditions() {
        answer("/v2/keys", 201, "{\"action\":\"set\",\"node\":{\"key\":\"/k\",\"value\":\"v\"}}");

        assertEquals(
                0,
                run(
                                "--no-sync",
                                "-u",
                                "root:p:w",
                                "set",
                                "k",
                                "a b",
                                "--ttl",
                                "9",
                                "--swap-with-value",
                                "x&y",
                                "--swap-with-index",
                                "7")
                        .status());
        assertEquals(
                List.of(
                        "PUT /v2/keys/k?prevIndex=7&prevValue=x%26y ttl=9&value=a+b Basic"
                                + " cm9vdDpwOnc="),
                asked);
    }

    @Test
    void shouldPrintIndexesWithoutASign() {
        answer(
                "/v2/keys",
                200,
                "{\"action\":\"delete\",\"node\":{\"key\":\"/k\",\"createdIndex\":"
                        + "18446744073709551614,\"modifiedIndex\":18446744073709551615},"
                        + "\"prevNode\":{\"key\":\"/k\",\"value\":\"v\"}}");

        assertEquals(
                new Run(
                        0,
                        "Key: /k\nCreated-Index: 18446744073709551614\n"
                                + "Modified-Index: 18446744073709551615\nPrevNode.Value: v\n"
                                + "TTL: 0\nIndex: 18446744073709551615\n",
                        ""),
                run("--no-sync", "-o", "extended", "rm", "/k"));
    }

    @Test
    void shouldTryTheNextEndpoint() {
        answer("/v2/keys", 200, "{\"action\":\"get\",\"node\":{\"key\":\"/k\",\"value\":\"v\"}}");

        // The order is one by chance.
        for (int i = 0; i < 8; i++) {
            assertEquals(
                    new Run(0, "v\n", ""),
                    run("--no-sync", "--endpoints", "http://127.0.0.1:1," + url, "get", "/k"));
        }
    }

    @Test
    void shouldTellTheTroubleOfEachEndpoint() {
        answer("/v2/keys", 503, "");

        final String reason = "client: etcd member " + url + " has no leader";
        assertEquals(
                new Run(
                        4,
                        "",
                        "Error:  client: etcd cluster is unavailable or misconfigured; error #0: "
                                + reason
                                + "\n\nerror #0: "
                                + reason
                                + "\n\n"),
                run("--no-sync", "get", "/k"));
    }

    @Test
    void shouldGiveUpWhenItsTimeIsOver() {
        final String[] words = {"--total-timeout", "1ns", "get", "/k"};

        assertEquals(new Run(2, "", "Error:  context deadline exceeded\n"), run(words));
        assertEquals(
                new Run(4, "", "Error:  context deadline exceeded\n"),
                run("--no-sync", "--total-timeout", "1ns", "get", "/k"));
        assertEquals(
                new Run(1, "", "context deadline exceeded\n"),
                run("--no-sync", "--total-timeout", "1ns", "member", "list"));
        assertEquals(List.of(), asked);
    }

    @Test
    void shouldSayThatAnAnswerIsNoStores() {
        answer("/v2/keys", 200, "<html>");

        assertEquals(
                new Run(
                        4,
                        "",
                        "Error:  client: response is invalid json. The endpoint is probably not"
                                + " valid etcd cluster endpoint.\n"),
                run("--no-sync", "get", "/k"));
    }

    @Test
    void shouldCountWhoIsHealthy() {
        answer(
                "/v2/members",
                200,
                "{\"members\":[{\"id\":\"1\",\"name\":\"a\",\"peerURLs\":[],\"clientURLs\":[\""
                        + url
                        + "\"]},{\"id\":\"2\",\"name\":\"b\",\"peerURLs\":[],\"clientURLs\":"
                        + "[\"http://127.0.0.1:1\"]},{\"id\":\"3\",\"name\":\"\",\"peerURLs\":[],"
                        + "\"clientURLs\":[]}]}");
        answer("/health", 200, "{\"health\":\"true\"}");

        assertEquals(
                new Run(
                        5,
                        "member 1 is healthy: got healthy result from "
                                + url
                                + "\nfailed to check the health of member 2 on http://127.0.0.1:1:"
                                + " Get \"http://127.0.0.1:1/health\": dial tcp 127.0.0.1:1:"
                                + " connect: connection refused\nmember 2 is unreachable:"
                                + " [http://127.0.0.1:1] are all unreachable\nmember 3 is"
                                + " unreachable: no available published client urls\ncluster is"
                                + " degraded\n",
                        ""),
                run("cluster-health"));
    }

    @Test
    void shouldTakeItsOwnVariablesBeforeThoseOfEtcdctl() {
        answer("/v2/keys", 200, "{\"action\":\"get\",\"node\":{\"key\":\"/k\",\"value\":\"v\"}}");

        final Map<String, String> both =
                Map.of(
                        "LARCHCTL_ENDPOINTS", url,
                        "ETCDCTL_ENDPOINTS", "http://127.0.0.1:1",
                        "ETCDCTL_USERNAME", "a:b");
        assertEquals(0, Run.larchctl(both, "", "--no-sync", "get", "/k").status());
        assertTrue(asked.get(0).endsWith(" Basic YTpi"), asked::toString);
        assertEquals(
                0,
                Run.larchctl(Map.of("ETCDCTL_PEERS", url), "", "--no-sync", "get", "/k").status());
    }

    @Test
    void shouldExplainItself() {
        for (final String[] words : new String[][] {{}, {"--help"}, {"-h"}, {"help"}, {"h"}}) {
            final Run run = run(words);
            assertEquals(0, run.status());
            assertTrue(run.out().startsWith("Usage: larchctl "), run.out());
            assertTrue(run.out().contains("cluster-health"), run.out());
        }
        for (final String[] words : new String[][] {{"help", "set"}, {"set", "--help"}}) {
            assertTrue(run(words).out().startsWith("Usage: larchctl set "), run(words).out());
        }
        assertTrue(run("member").out().contains("remove"), run("member").out());
        assertTrue(run("-v").out().startsWith("larchctl version: "), run("-v").out());
    }

    @Test
    void shouldCompleteCommandLines() {
        for (final String shell : List.of("bash", "zsh")) {
            final Run run = run("completion", shell);
            assertEquals(0, run.status());
            assertTrue(run.out().contains("--swap-with-index"), run.out());
            assertTrue(run.out().contains("cluster-health"), run.out());
        }
        assertEquals(
                new Run(1, "", "Provide the name of a shell: bash or zsh\n"),
                run("completion", "fish"));
    }
}
