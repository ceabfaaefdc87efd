package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of a gateway that answers what it is told to. */
class KvGatewayTest {
    private static final String OK = "{\"header\":{\"revision\":\"7\"}}";

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Deque<String> answers = new ArrayDeque<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(final HttpExchange exchange) throws IOException {
        final String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(
                exchange.getRequestURI()
                        + " "
                        + exchange.getRequestHeaders().getFirst("Authorization")
                        + (body.contains("password") ? " " + body : ""));
        final String answer = answers.remove();
        final byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.contains("\"code\"") ? 400 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private KvClient client(final String user) {
        final String authorization =
                user.isEmpty()
                        ? ""
                        : "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(user.getBytes(StandardCharsets.UTF_8));
        return new KvClient(
                new Site(
                        "source",
                        List.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
                        null,
                        authorization,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30)));
    }

    private static String error(final int code, final String message) {
        return "{\"error\":\"x\",\"message\":\"etcdserver: %s\",\"code\":%d}"
                .formatted(message, code);
    }

    @Test
    void shouldGetATokenAndAnotherWhenItIsNoLongerTaken() throws IOException {
        final KvClient client = client("ann:a:b");
        answers.addAll(List.of(error(16, "invalid auth token"), "{\"token\":\"T1\"}", OK, OK));
        assertEquals(7, client.head(KvRange.of(""), 0).revision());
        client.head(KvRange.of(""), 0);
        answers.addAll(
                List.of(error(3, "revision of auth store is old"), "{\"token\":\"T2\"}", OK));
        client.head(KvRange.of(""), 0);

        final String login = "/v3/auth/authenticate null {\"name\":\"ann\",\"password\":\"a:b\"}";
        final String basic =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString("ann:a:b".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                List.of(
                        "/v3/kv/range " + basic,
                        login,
                        "/v3/kv/range T1",
                        "/v3/kv/range T1",
                        "/v3/kv/range T1",
                        login,
                        "/v3/kv/range T2"),
                asked);
    }

    @Test
    void shouldSayThatAUserIsNeeded() {
        answers.add(error(3, "user name is empty"));
        final String told =
                assertThrows(TransferException.class, () -> client("").head(KvRange.of(""), 0))
                        .getMessage();
        assertEquals(
                "the source refuses to list keys: etcdserver: user name is empty; a user with"
                        + " permission for these keys is needed",
                told);
    }

    @Test
    void shouldAskAgainAStoreThatHasTooMuchToDo() throws IOException {
        answers.addAll(List.of(error(8, "too many requests"), OK));
        assertEquals(7, client("").head(KvRange.of(""), 0).revision());
        answers.add(error(8, "mvcc: database space exceeded"));
        final TransferException full =
                assertThrows(TransferException.class, () -> client("").change(List.of(change())));
        assertTrue(full.getMessage().endsWith("; make room, then run the same again"));
    }

    private static KvClient.Change change() {
        return new KvClient.Change(new byte[] {1}, new byte[] {2}, 0, false);
    }

    @Test
    void shouldTellWhichLeasesAreGone() throws IOException {
        answers.add("{\"result\":{\"ID\":\"7\",\"TTL\":\"100\"}}\n{\"result\":{\"ID\":\"8\"}}\n");
        assertEquals(Set.of(8L), client("").keepAlive(List.of(7L, 8L)));
    }

    /** Without a leader the answer ends early. */
    @Test
    void shouldKeepLeasesThatWereNotAnsweredFor() throws IOException {
        answers.add("{\"result\":{\"ID\":\"7\",\"TTL\":\"9\"}}\n{\"error\":{\"message\":\"x\"}}\n");
        answers.add(
                "{\"result\":{\"ID\":\"7\",\"TTL\":\"9\"}}\n{\"result\":{\"ID\":\"8\",\"TTL\":\"9\"}}\n");
        assertEquals(Set.of(), client("").keepAlive(List.of(7L, 8L)));
        assertEquals(2, asked.size());
    }

    @Test
    void shouldTellWhatIsForgottenFromWhatIsRefused() {
        answers.add(error(11, "mvcc: required revision has been compacted"));
        assertThrows(OutdatedException.class, () -> client("").head(KvRange.of(""), 5));
        answers.add(error(3, "too many operations in txn request"));
        assertThrows(KvClient.TooLargeException.class, () -> client("").change(List.of(change())));
        answers.add(error(5, "requested lease not found"));
        assertThrows(KvClient.NoLeaseException.class, () -> client("").change(List.of(change())));
    }
}
