package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.route.PageTable;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP itself, well and badly spoken. */
class HttpProtocolTest {
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    // --- what is fine ---

    @Test
    void shouldTakeARequestInAnyPieces() {
        final String request =
                "\r\nPUT /v2/keys/a?x=1 HTTP/1.1\r\nHost: x\r\n"
                        + FORM
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "6;ext=1\r\nvalue=\r\n00a\r\n0123456789\r\n0\r\nTrailer: y\r\n\r\n";
        final StringBuilder replies = new StringBuilder();
        for (int i = 0; i < request.length(); i++) {
            replies.append(client.send(request.substring(i, i + 1)));
        }
        assertEquals(201, Client.statusOf(replies.toString()));
        assertEquals("0123456789", client.engine.last().value());
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
        final StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            requests.append("GET /v2/keys/k" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        final String replies = client.send(requests.toString());
        int at = 0;
        for (int i = 0; i < 200; i++) {
            at = replies.indexOf("\"cause\":\"/k" + i + "\"", at);
            assertTrue(at >= 0, "reply " + i);
        }
    }

    @Test
    void shouldHaveOneRequestAtATimeInTheEngine() {
        client.engine.isAnswering = false;
        client.get("/v2/keys/a");
        client.get("/v2/keys/b");
        assertEquals(1, client.engine.commands.size());
        client.engine.isAnswering = true;
        client.engine.error(
                client.engine.last().id(), io.larch.engine.codec.ErrorCode.KEY_NOT_FOUND, "/a");
        assertEquals(2, client.engine.commands.size());
        assertEquals(3, client.received().split("HTTP/1.1 404", -1).length);
    }

    @Test
    void shouldCloseAfterTheReplyWhenAsked() {
        final String reply =
                client.send("GET /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
        assertEquals("close", Client.headerOf(reply, "Connection"));
        assertFalse(client.isOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep-alive", "Keep-Alive", "x, keep-alive", "close, keep-alive"})
    void shouldStayWithAnOldClientThatWantsIt(final String connection) {
        final String reply =
                client.send("GET /v2/keys/a HTTP/1.0\r\nConnection: " + connection + "\r\n\r\n");
        assertTrue(reply.startsWith("HTTP/1.0 404 Not Found\r\n"), reply);
        assertEquals("keep-alive", Client.headerOf(reply, "Connection"));
        assertTrue(client.isOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: close\r\n", "Connection: x\r\n"})
    void shouldCloseWithoutAWordAfterAnOldClientsRequest(final String header) {
        final String reply = client.send("GET /v2/keys/a HTTP/1.0\r\n" + header + "\r\n");
        assertTrue(reply.startsWith("HTTP/1.0 404 Not Found\r\n"), reply);
        assertEquals(null, Client.headerOf(reply, "Connection"));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldAskForABodyThatWaitsForIt() {
        assertEquals(
                "HTTP/1.1 100 Continue\r\n\r\n",
                client.send(
                        "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                                + FORM
                                + "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n"));
        assertEquals(201, Client.statusOf(client.send("value=1")));
    }

    @Test
    void shouldNotAskForABodyThatNobodyWants() {
        final String reply =
                client.send(
                        "PUT /nothing HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                                + "Content-Length: 7\r\n\r\n");
        assertEquals(404, Client.statusOf(reply));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldSkipABodyThatNobodyWants() {
        final String replies =
                client.send(
                        "PUT /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nGET / HTTP"
                                + "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(2, replies.split("HTTP/1.1 404", -1).length - 1);
        assertTrue(client.isOpen());
    }

    @Test
    void shouldSendCorsHeadersOnlyWhereTheyAreWanted() {
        assertNull(Client.headerOf(client.get("/v2/keys/a"), "Access-Control-Allow-Origin"));
        client.close();
        client = new Client(new HttpContext().corsOrigins(Set.of("*")));
        assertTrue(
                client.send("OPTIONS /any HTTP/1.1\r\nHost: x\r\n\r\n")
                        .startsWith(
                                "HTTP/1.1 200 OK\r\n"
                                        + "Access-Control-Allow-Headers: accept, content-type, authorization\r\n"
                                        + "Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE\r\n"
                                        + "Access-Control-Allow-Origin: *\r\n"));
        client.close();
        client = new Client(new HttpContext().corsOrigins(Set.of("http://a")));
        assertNull(origin("http://b"));
        assertEquals("http://a", origin("http://a"));
    }

    private String origin(final String origin) {
        return Client.headerOf(
                client.send("GET /x HTTP/1.1\r\nHost: x\r\nOrigin: " + origin + "\r\n\r\n"),
                "Access-Control-Allow-Origin");
    }

    @Test
    void shouldRedirectToTheCleanPath() {
        assertEquals("/v2/keys/ds/x", location("/v2/keys/ds%2F%2Fx"));
        assertEquals("/v2/0/x", location("/v2/keys/%2E%2E/0/x"));
        assertEquals("/v2/keys/a%20b%3F/?q=%zz&r", location("/v2//keys/a%20b%3f//?q=%zz&r"));
        assertEquals("/", location("/.."));
        assertEquals("/a", location("/a/."));
        assertEquals("/a/", location("/a/b/../"));
        assertTrue(client.engine.commands.isEmpty());
    }

    private String location(final String target) {
        final String reply = client.get(target);
        assertEquals(301, Client.statusOf(reply));
        return Client.headerOf(reply, "Location");
    }

    // --- what is not ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
                "GET / HTTP/1.x\r\nHost: x\r\n\r\n",
                "GET / http/1.1\r\nHost: x\r\n\r\n",
                "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http:///x HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
                " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a\0 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PUT / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void shouldRefuseWhatIsNoRequest(final String request) {
        final String reply =
                client.send(request + "GET /v2/keys/smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(400, Client.statusOf(reply), reply);
        assertEquals("close", Client.headerOf(reply, "Connection"));
        assertEquals(2, reply.split("HTTP/1.1 ", -1).length, "one reply only");
        assertTrue(client.engine.commands.isEmpty());
        assertFalse(client.isOpen());
    }

    /** Two ways to say where a body ends: whoever stands in between may have read it the other. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "content-length: 0\r\nTRANSFER-ENCODING: Chunked\r\n",
                "Content-Length: 5\r\nA: b\r\nTransfer-Encoding:chunked\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n",
            })
    void shouldExecuteNothingOfARequestOfTwoLengths(final String headers) {
        for (final String target :
                new String[] {
                    "PUT /v2/keys/a", "POST /v2/members", "DELETE /v2/keys/a", "GET /v2/keys/a"
                }) {
            for (final Function<Pages, PageTable> kind :
                    List.<Function<Pages, PageTable>>of(Pages::forClients, Pages::forPeers)) {
                shouldExecuteNothing(
                        target
                                + " HTTP/1.1\r\nHost: x\r\n"
                                + "Content-Type: application/x-www-form-urlencoded\r\n"
                                + headers
                                + "\r\n0\r\n\r\nPUT /v2/keys/smuggled?value=1 HTTP/1.1\r\n"
                                + "Host: x\r\n\r\n",
                        kind);
            }
        }
    }

    /** However the bytes arrive: all at once, or one by one. */
    private static void shouldExecuteNothing(
            final String request, final Function<Pages, PageTable> kind) {
        for (final int pieceLength : new int[] {request.length(), 1}) {
            try (Client each = new Client(new HttpContext(), kind)) {
                final StringBuilder reply = new StringBuilder();
                for (int at = 0; at < request.length() && each.isOpen(); at += pieceLength) {
                    reply.append(
                            each.send(
                                    request.substring(
                                            at, Math.min(request.length(), at + pieceLength))));
                }
                final int status = Client.statusOf(reply.toString());
                assertTrue(status == 400 || status == 501, reply.toString());
                assertEquals("close", Client.headerOf(reply.toString(), "Connection"));
                assertEquals(2, reply.toString().split("HTTP/1.1 ", -1).length, "one reply only");
                assertTrue(each.engine.commands.isEmpty() && each.engine.queries.isEmpty());
                assertFalse(each.isOpen());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip, chunked",
                "chunked, chunked",
                "identity",
                "xchunked",
                "\u000bchunked"
            })
    void shouldRefuseOtherTransferEncodings(final String encoding) {
        final String reply =
                client.send(
                        "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                + encoding
                                + "\r\n\r\n0\r\n\r\n");
        assertTrue(Client.statusOf(reply) == 501 || Client.statusOf(reply) == 400, reply);
        assertFalse(client.isOpen());
    }

    @Test
    void shouldNameTheMissingHost() {
        assertEquals(
                "400 Bad Request: missing required Host header",
                Client.bodyOf(client.send("GET /v2/keys HTTP/1.1\r\n\r\n")));
    }

    @Test
    void shouldRefuseOtherVersionsAndExpectations() {
        assertEquals(505, Client.statusOf(client.send("GET / HTTP/2.0\r\nHost: x\r\n\r\n")));
        client.close();
        client = new Client();
        assertEquals(
                417,
                Client.statusOf(client.send("GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\r\n",
                "-1\r\n",
                "0x4\r\n",
                "fffffffffffffffff\r\n",
                "00000000000000000000000001\r\n",
                "5\r\nabcdefg\r\n0\r\n\r\n",
                "5\r\nabcde\n0\r\n\r\n",
                "7fffffffffffffff\r\n",
                "ffffffffffffffff\r\n",
                "5 5\rx"
            })
    void shouldRefuseBrokenChunks(final String chunks) {
        final String reply =
                client.send(
                        "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                                + FORM
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + chunks);
        assertEquals(400, Client.statusOf(reply), reply);
        assertTrue(reply.contains("\"errorCode\":210"), reply);
        assertTrue(client.engine.commands.isEmpty());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldNotExecuteADeleteWithABrokenBody() {
        final String reply =
                client.send(
                        "DELETE /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\nx\r\n");
        assertEquals("400 Bad Request", Client.bodyOf(reply));
        assertTrue(client.engine.commands.isEmpty());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBoundHeads() {
        final String line = "A: " + "b".repeat(1000) + "\r\n";
        client.write("GET / HTTP/1.1\r\nHost: x\r\n");
        String reply = "";
        for (int i = 0; i < 1100 && reply.isEmpty(); i++) {
            reply = client.send(line);
        }
        assertEquals(431, Client.statusOf(reply));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldTakeALongHead() {
        final String path = "/v2/keys/" + "a".repeat(60_000);
        assertEquals(404, Client.statusOf(client.get(path)));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldBoundFormsWithLengthAsEtcdDoes() {
        final int limit = 10 << 20;
        final String value = "v".repeat(limit - "value=".length());
        assertEquals(201, Client.statusOf(client.form("PUT", "/v2/keys/a", "value=" + value)));
        client.receivedInTime();
        final String reply =
                client.send(
                        "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                                + FORM
                                + "Content-Length: "
                                + (limit + 1)
                                + "\r\n\r\n");
        assertEquals(400, Client.statusOf(reply));
        assertTrue(reply.contains("\"errorCode\":210"));
        assertTrue(reply.contains("http: POST too large"));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBoundEndlessChunkedForms() {
        client.write(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                        + FORM
                        + "Transfer-Encoding: chunked\r\n\r\n");
        final String chunk = "10000\r\n" + "a".repeat(0x10000) + "\r\n";
        String reply = "";
        for (int i = 0; i < 200 && reply.isEmpty(); i++) {
            reply = client.send(chunk);
        }
        assertTrue(reply.contains("http: POST too large"), reply);
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBoundEndlessBodiesThatNobodyWants() {
        client.write("DELETE /v2/keys/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        String reply = "";
        for (int i = 0; i < 200_000 && reply.isEmpty(); i++) {
            reply = client.send("8\r\naaaaaaaa\r\n");
        }
        assertEquals(404, Client.statusOf(reply));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBoundTrailersAndExtensions() {
        final String head =
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                        + FORM
                        + "Transfer-Encoding: chunked\r\n\r\n";
        assertEquals(400, Client.statusOf(client.send(head + "0\r\n" + "A: b\r\n".repeat(2000))));
        client.close();
        client = new Client();
        assertEquals(400, Client.statusOf(client.send(head + "1;" + "e".repeat(5000))));
    }

    @Test
    void shouldEndSlowSenders() {
        client.write("GET /v2/keys/a HT");
        for (int i = 0; i < 5; i++) {
            client.advanceMs(11_000);
            assertEquals("", client.send("T"));
        }
        client.advanceMs(6_000);
        assertEquals(408, Client.statusOf(client.received()));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldWaitForABodyAsLongAsItMoves() {
        client.write(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n" + FORM + "Content-Length: 10\r\n\r\n");
        for (int i = 0; i < 9; i++) {
            client.advanceMs(50_000);
            assertEquals("", client.send("a"));
        }
        assertEquals(201, Client.statusOf(client.send("a")));
        client.advanceMs(200_000);
        assertTrue(client.isOpen());
    }

    @Test
    void shouldSurviveAnyBytes() {
        final Random random = new Random(7);
        final String[] words = {
            "GET ",
            "PUT ",
            "/v2/keys/a",
            "?",
            "%",
            "%zz",
            "=",
            "&",
            " HTTP/1.1\r\n",
            "Host: x\r\n",
            "\r\n",
            "\r\n\r\n",
            "\n",
            "\0",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            FORM,
            "value=1",
            "5\r\n",
            "0\r\n\r\n",
            "\u00ff\u00fe",
            "wait=true",
            "ttl=1",
            ":",
            ";"
        };
        for (int round = 0; round < 3_000; round++) {
            final StringBuilder bytes = new StringBuilder();
            for (int i = random.nextInt(20); i >= 0; i--) {
                bytes.append(
                        random.nextInt(4) == 0
                                ? String.valueOf((char) random.nextInt(256))
                                : words[random.nextInt(words.length)]);
            }
            try (Client one = new Client()) {
                final String reply = one.send(bytes.toString());
                assertTrue(reply.isEmpty() || reply.startsWith("HTTP/1.1 "), reply);
                one.channel.checkException();
            }
        }
    }

    @Test
    void shouldTakeABodyThatLooksLikeTheBeginningOfTls() {
        client.write(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n\r\nvalue=");
        client.write("\u0016\u0003");
        final String reply = client.send("x");
        assertEquals(201, Client.statusOf(reply), reply);
    }

    @Test
    void shouldRefuseTlsAtOnce() {
        final String reply = client.send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");
        assertTrue(reply.startsWith("HTTP/1.1 400 Bad Request\r\n"), reply);
        assertFalse(client.isOpen());
    }
}
