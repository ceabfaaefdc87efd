package io.larch.tools.bootstrap.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.member.InitialCluster;
import io.larch.tools.bootstrap.discovery.DiscoveryException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoveryServiceTest {
    private static final long SELF = 0xaaL;
    private static final String SELF_URLS = "a=http://127.0.0.1:1";
    private static final String PLAIN = "?quorum=false&recursive=false&sorted=false";
    private static final String GET_SIZE = "GET /v2/keys/t/_config/size" + PLAIN;
    private static final String GET_TOKEN = "GET /v2/keys/t" + PLAIN;
    private static final String PUT_SELF =
            "PUT /v2/keys/t/aa?prevExist=false value=a%3Dhttp%3A%2F%2F127.0.0.1%3A1";
    private static final String A = node("aa", SELF_URLS, 11);
    private static final String B = node("bb", "b=http://127.0.0.1:2", 12);
    private static final String C = node("cc", "c=http://127.0.0.1:3", 10);

    private final List<Long> waits = new ArrayList<>();
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldRegisterAndWaitUntilAllAreThere() throws DiscoveryException {
        size("3").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("3").token(11, A, C);
        server.then(200, "{\"action\":\"create\",\"node\":" + B + "}", 11);
        size("3").token(12, A, B, C);

        assertEquals(
                "a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3",
                join().toString());

        assertEquals(
                List.of(
                        GET_SIZE,
                        GET_TOKEN,
                        PUT_SELF,
                        GET_SIZE,
                        GET_TOKEN,
                        "GET /v2/keys/t?recursive=true&wait=true&waitIndex=12",
                        GET_SIZE,
                        GET_TOKEN),
                server.requests());
        assertEquals(List.of(), waits);
    }

    @Test
    void shouldTakeTheOldestWhenTooManyHaveRegistered() throws DiscoveryException {
        size("2").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("2").token(12, B, A, C);

        assertEquals("a=http://127.0.0.1:1,c=http://127.0.0.1:3", join().toString());
    }

    @Test
    void shouldLeaveNoTraceWhenTheClusterIsFull() {
        size("1").token(10, C);

        assertEquals(Reason.FULL, failure().reason());
        assertEquals(List.of(GET_SIZE, GET_TOKEN), server.requests());
    }

    @Test
    void shouldBeOneTooManyWhenOthersWereFaster() {
        size("1").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("1").token(11, A, C);

        assertEquals("discovery: cluster is full", failure().getMessage());
    }

    @Test
    void shouldRefuseToRegisterTwice() {
        size("3").token(11, A);
        server.then(412, error(105, "Key already exists", "/t/aa", 11));

        assertEquals(Reason.DUPLICATE_ID, failure().reason());
    }

    @Test
    void shouldGoOnWhenItsOwnRegistrationLostTheAnswer() throws DiscoveryException {
        size("1").token(9);
        server.thenLoseAnswer();
        server.then(412, error(105, "Key already exists", "/t/aa", 11));
        size("1").token(11, A);

        assertEquals(SELF_URLS, join().toString());
        assertEquals(List.of(2L), waits);
    }

    @Test
    void shouldTellAnUnknownTokenInTheServicesWords() {
        server.then(404, error(100, "Key not found", "/t", 1397));

        assertEquals("100: Key not found (/t) [1397]", failure().getMessage());
    }

    @Test
    void shouldRefuseASizeThatIsNoNumber() {
        for (final String size : List.of("x", "", "0", "-3")) {
            size(size);

            assertEquals(Reason.BAD_SIZE, failure().reason(), size);
        }
    }

    @Test
    void shouldRefuseWhatIsNoKeyService() {
        server.then(200, "<html>");

        assertEquals("discovery: bad discovery endpoint", failure().getMessage());
    }

    @Test
    void shouldRefuseMembersOfTheSameName() {
        size("2").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("2").token(12, A, node("dd", "a=http://127.0.0.1:4", 12));

        assertEquals(Reason.DUPLICATE_NAME, failure().reason());
    }

    @Test
    void shouldRefuseMembersWithoutAUrl() {
        size("2").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("2").token(12, A, node("dd", "nonsense", 12));

        assertEquals(Reason.BAD_URL, failure().reason());
    }

    @Test
    void shouldWaitLongerAndLongerForAServiceThatDoesNotAnswer()
            throws DiscoveryException, IOException {
        final int port = server.port();
        server.close();
        final LongConsumer startAtTheThird =
                seconds -> {
                    waits.add(seconds);
                    if (waits.size() == 3) {
                        restart(port);
                        server.then(500, "");
                        size("1").token(9);
                        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
                        size("1").token(11, A);
                    }
                };

        assertEquals(SELF_URLS, service("", startAtTheThird).join(SELF_URLS).toString());
        assertEquals(List.of(2L, 4L, 8L, 16L), waits);
    }

    @Test
    void shouldNotWaitLongerThanSomeMinutes() {
        for (int i = 0; i < 12; i++) {
            server.then(503, "");
        }
        server.then(200, "<html>");

        failure();

        assertEquals(256L, waits.get(11));
    }

    @Test
    void shouldLookAgainWhenAWatchCannotGoOn() throws DiscoveryException {
        size("2").token(9);
        server.then(201, "{\"action\":\"create\",\"node\":" + A + "}", 11);
        size("2").token(11, A);
        server.then(400, error(401, "The event in requested index is outdated", "...", 2000));
        size("2").token(2000, A);
        server.then(200, "");
        size("2").token(2000, A, B);

        assertEquals("a=http://127.0.0.1:1,b=http://127.0.0.1:2", join().toString());
        assertTrue(
                server.requests()
                        .contains("GET /v2/keys/t?recursive=true&wait=true&waitIndex=2001"));
    }

    @Test
    void shouldAskThroughAProxy() throws DiscoveryException {
        server.then(404, error(100, "Key not found", "/t", 3));

        assertThrows(
                DiscoveryException.class,
                () ->
                        new DiscoveryService(
                                        "http://discovery.invalid/t",
                                        "127.0.0.1:" + server.port(),
                                        SELF,
                                        waits::add)
                                .join(SELF_URLS));
        assertEquals(
                List.of("GET http://discovery.invalid/t/_config/size" + PLAIN), server.requests());
    }

    @Test
    void shouldTakeAUrlInCapitalsAndWithoutAHost() throws DiscoveryException {
        server.then(404, error(100, "Key not found", "/t", 3));

        assertThrows(
                DiscoveryException.class,
                () ->
                        new DiscoveryService(
                                        "HTTP://:" + server.port() + "/v2/keys/t",
                                        "",
                                        SELF,
                                        waits::add)
                                .join(SELF_URLS));
        assertEquals(List.of(GET_SIZE), server.requests());
    }

    @Test
    void shouldRefuseWhatIsNoUrl() {
        for (final String url :
                List.of("nonsense", "ftp://d:1/t", "http://d:1/t?x=1", "http:// ")) {
            assertThrows(
                    DiscoveryException.class,
                    () -> new DiscoveryService(url, "", SELF, waits::add),
                    url);
        }
    }

    private ScriptedServer restart(final int port) {
        try {
            server = new ScriptedServer(port);
            return server;
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private DiscoveryServiceTest size(final String size) {
        server.then(
                200,
                "{\"action\":\"get\",\"node\":{\"key\":\"/t/_config/size\",\"value\":\"%s\"}}"
                        .formatted(size));
        return this;
    }

    private void token(final long index, final String... nodes) {
        server.then(
                200,
                "{\"action\":\"get\",\"node\":{\"key\":\"/t\",\"dir\":true,\"nodes\":["
                        + "{\"key\":\"/t/_config\",\"dir\":true,\"createdIndex\":1}"
                        + (nodes.length == 0 ? "" : "," + String.join(",", nodes))
                        + "]}}",
                index);
    }

    private static String node(final String id, final String value, final long index) {
        return "{\"key\":\"/t/%s\",\"value\":\"%s\",\"modifiedIndex\":%d,\"createdIndex\":%d}"
                .formatted(id, value, index, index);
    }

    private static String error(
            final int code, final String message, final String cause, final long index) {
        return "{\"errorCode\":%d,\"message\":\"%s\",\"cause\":\"%s\",\"index\":%d}"
                .formatted(code, message, cause, index);
    }

    private InitialCluster join() throws DiscoveryException {
        return service("", waits::add).join(SELF_URLS);
    }

    private DiscoveryException failure() {
        return assertThrows(DiscoveryException.class, this::join);
    }

    private DiscoveryService service(final String proxy, final LongConsumer sleep)
            throws DiscoveryException {
        return new DiscoveryService(server.url() + "/v2/keys/t", proxy, SELF, sleep);
    }
}
