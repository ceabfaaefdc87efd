package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.http.Http2Client.Answer;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers over HTTP/1.1 answers over HTTP/2. */
class Http2PagesTest {
    private final Http2Client client = new Http2Client();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/version",
                "/health",
                "/v2/members",
                "/v2/stats/self",
                "/v2/stats/store",
                "/v2/keys/missing",
                "/v2/keys/a?wait=maybe",
                "/no/such/page",
                "/v2//keys/a/../b?x=1"
            })
    void shouldAnswerAsOverHttp1(final String path) {
        try (Client http1 = new Client()) {
            final String expected = http1.get(path);

            final Answer answer = client.get(path);

            assertEquals(Client.statusOf(expected), Integer.parseInt(answer.status()));
            assertEquals(Client.bodyOf(expected), answer.body.toString());
            assertTrue(answer.isComplete);
            for (final String header :
                    List.of("Content-Type", "Content-Length", "X-Etcd-Index", "Location", "Date")) {
                assertEquals(
                        Client.headerOf(expected, header),
                        answer.header(header.toLowerCase(java.util.Locale.ROOT)),
                        header);
            }
            assertNull(answer.header("connection"));
        }
    }

    @Test
    void shouldWriteAndReadKeys() {
        final Answer put = client.form("PUT", "/v2/keys/a", "value=b%20c");
        final Answer get = client.get("/v2/keys/a");

        assertEquals("201", put.status());
        assertEquals("b c", client.server.engine.commands.get(0).value());
        assertEquals("200", get.status());
        assertTrue(get.body.toString().contains("\"value\":\"b c\""), get.body::toString);
    }

    @Test
    void shouldTellNoBodyToHead() {
        client.form("PUT", "/v2/keys/a", "value=b");

        final Answer head = client.open(Http2Client.request("HEAD", "/v2/keys/a"), true);
        client.exchange();

        assertEquals("200", head.status());
        assertEquals("", head.body.toString());
        assertTrue(head.isComplete);
    }

    @Test
    void shouldAnswerStreamsAsTheirAnswersCome() {
        client.server.engine.isAnswering = false;
        final Answer waiting = client.get("/v2/keys/a");
        client.server.engine.isAnswering = true;

        final Answer other = client.get("/version");

        assertTrue(other.isComplete);
        assertFalse(waiting.isComplete);
        client.server.engine.answerHeldBack();
        client.exchange();
        assertEquals("404", waiting.status());
        assertTrue(waiting.isComplete);
    }

    @Test
    void shouldWatchOnceAndForEver() {
        final Answer poll = client.get("/v2/keys/a?wait=true");
        final Answer stream = client.get("/v2/keys/a?wait=true&stream=true");
        final Long[] watches = client.server.engine.openWatches.toArray(Long[]::new);

        client.server.engine.events(Action.SET, "/a", "x", watches[0], watches[1]);
        client.server.engine.events(Action.SET, "/a", "y", watches[1]);
        client.server.engine.handler.onBatchEnd();
        client.exchange();

        assertEquals("200", poll.status());
        assertTrue(poll.isComplete);
        assertEquals(1, poll.body.toString().split("\"action\"", -1).length - 1);
        assertFalse(stream.isComplete);
        assertEquals(2, stream.body.toString().split("\"action\"", -1).length - 1);
        assertFalse(stream.body.toString().contains("\r\n"), "chunks have no place in a frame");

        client.reset(stream);

        assertTrue(client.server.engine.openWatches.size() <= 1);
        assertFalse(client.server.engine.openWatches.contains(watches[1]));
    }

    @Test
    void shouldKeepNothingOfResetRequests() {
        client.server.engine.isAnswering = false;
        final Answer waiting = client.get("/v2/keys/a");
        final Answer unfinished =
                client.open(
                        Http2Client.request("PUT", "/v2/keys/a")
                                .add("content-type", "application/x-www-form-urlencoded"),
                        false);
        client.send(unfinished, "value=".getBytes(StandardCharsets.UTF_8), false);
        client.exchange();

        client.reset(waiting);
        client.reset(unfinished);
        client.server.engine.answerHeldBack();
        client.server.advanceMs(1_000);
        client.exchange();

        assertTrue(client.server.loop.isIdle());
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
    }

    @Test
    void shouldAnswerBeforeABodyThatNobodyWants() {
        final Answer answer = client.open(Http2Client.request("GET", "/version"), false);
        client.send(answer, new byte[10], false);
        client.exchange();
        assertFalse(answer.isComplete);

        client.send(answer, new byte[10], true);
        client.exchange();

        assertEquals("200", answer.status());
        assertTrue(answer.isComplete);
    }

    @Test
    void shouldNotWaitForeverForARequest() {
        final Answer answer = client.open(Http2Client.request("PUT", "/v2/keys/a"), false);
        client.exchange();

        client.server.advanceMs(61_000);
        client.exchange();

        assertEquals("408", answer.status());
        assertTrue(answer.isComplete);
        assertEquals(Http2Error.NO_ERROR.code(), answer.error);
    }

    @Test
    void shouldAnswerWhenTheEngineDoesNotInTime() {
        client.server.engine.isAnswering = false;
        final Answer answer = client.get("/v2/keys/a?quorum=true");

        client.server.advanceMs(8_000);
        client.exchange();

        assertEquals("500", answer.status());
        assertTrue(answer.body.toString().contains("request timed out"), answer.body::toString);
    }

    @Test
    void shouldPrintLongAnswersAsWindowsOpen() {
        client.close();
        final Client server = new Client();
        try (Http2Client slow = new Http2Client(server, new Http2Settings().initialWindowSize(1))) {
            server.engine.isAnswering = false;
            final Answer answer = slow.get("/v2/keys/a");
            slow.isReading = false;

            server.engine.result(
                    server.engine.last().id(), false, Action.GET, "/a", new byte[300 << 10]);
            server.engine.handler.onBatchEnd();
            slow.exchangeInTime();

            assertEquals("200", answer.status());
            assertEquals(1, answer.body.length());
            slow.isReading = true;
            slow.window(1 << 20);
            slow.exchangeInTime();
            assertTrue(answer.isComplete);
            assertTrue(answer.body.length() > 300 << 10);
        }
    }

    @Test
    void shouldCutWhoDoesNotTakeAnAnswer() {
        client.close();
        final Client server = new Client();
        try (Http2Client slow = new Http2Client(server, new Http2Settings().initialWindowSize(1))) {
            slow.isReading = false;
            final Answer answer = slow.get("/version");

            for (int i = 0; i < 40; i++) {
                server.advanceMs(1_000);
                slow.exchange();
            }

            assertEquals(Http2Error.INTERNAL_ERROR.code(), answer.error);
            assertTrue(server.loop.isIdle());
        }
    }

    @Test
    void shouldSpeakHttp1OnTheSamePort() {
        try (Client http1 = new Client().listening()) {
            assertTrue(http1.get("/version").startsWith("HTTP/1.1 200 OK"));
            assertTrue(http1.get("/version").startsWith("HTTP/1.1 200 OK"));
        }
        try (Client http1 = new Client().listening()) {
            http1.write("PR");
            assertTrue(
                    http1.send("OPFIND / HTTP/1.1\r\nHost: x\r\n\r\n").startsWith("HTTP/1.1 404"));
        }
    }

    @Test
    void shouldNotWaitForeverForAPreface() {
        try (Client begun = new Client().listening()) {
            begun.write("PRI * HTTP/2.0\r\n");
            assertTrue(begun.isOpen());

            begun.advanceMs(61_000);

            assertFalse(begun.isOpen());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method|GET /version HTTP/1.1\r\nx: y\r\nz:",
                ":path|/version HTTP/1.1\r\nx: y\r\nz:",
                ":path|/version x",
                ":authority|x\r\ny: z",
                "a|b\r\nhost: evil",
                "a|b\nhost: evil",
                "a|b\rc",
                "a|b\0c",
                "a\r\nhost: evil|b",
                "host: evil|b"
            })
    void shouldNotTakeLinesForWhatIsNone(final String header) {
        final int bar = header.indexOf('|');
        final Http2Headers headers = new DefaultHttp2Headers(false);
        headers.method("GET").path("/version").scheme("http").authority("x");
        headers.set(header.substring(0, bar), header.substring(bar + 1));

        final Answer answer = client.open(headers, true);
        client.exchange();

        assertTrue(answer.headers == null ? answer.error != null : "400".equals(answer.status()));
        assertEquals(0, client.server.counters.faults());
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
    }

    @Test
    void shouldKeepNothingOfARequestThatFailsAsItBegins() {
        client.server.fault = new IllegalStateException("injected");

        final Answer answer = client.get("/v2/keys/a");

        assertEquals(Http2Error.INTERNAL_ERROR.code(), answer.error);
        assertEquals(1, client.server.counters.faults());
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
        assertTrue(client.server.loop.isIdle());
        assertTrue(client.get("/version").isComplete);
    }
}
