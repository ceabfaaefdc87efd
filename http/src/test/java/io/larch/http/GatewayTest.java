package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.port.Reply;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.HexFormat;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The v3 API by JSON, over HTTP/1.1. */
class GatewayTest {
    private static final String HEADER =
            "{\"header\":{\"cluster_id\":\"11605249171607781595\",\"member_id\":\"9\","
                    + "\"revision\":\"5\",\"raft_term\":\"2\"}";

    private final Client client = new Client(new HttpContext().memberId(9).v3(V3Options.DEFAULT));
    private final FakeEngine engine = client.engine;

    @AfterEach
    void close() {
        client.close();
        assertEquals(0, client.counters.faults());
    }

    private String post(final String path, final String body) {
        return client.request("POST", path, "application/json", body);
    }

    private static byte[] hex(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void shouldAnswerACallWithAnObject() {
        engine.kv = asked -> engine.kvResult(asked.id(), 5, hex("12030a0161" + "2001"));
        final String answer = post("/v3/kv/range", "{\"key\":\"YQ==\"}");
        assertArrayEquals(hex("0a0161"), engine.lastKv().body());
        assertEquals(KvCommand.RANGE, engine.lastKv().type());
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("\r\nContent-Type: application/json\r\n"), answer);
        assertTrue(answer.contains("\r\nGrpc-Metadata-Content-Type: application/grpc\r\n"), answer);
        assertEquals(HEADER + ",\"kvs\":[{\"key\":\"YQ==\"}],\"count\":\"1\"}", body(answer));
    }

    @Test
    void shouldTellErrorsAsEtcdDoes() {
        engine.kv = asked -> engine.kvError(asked.id(), KvError.LEASE_NOT_FOUND);
        final String refused = post("/v3beta/kv/put", "{\"key\":\"YQ==\",\"lease\":\"7\"}");
        assertTrue(refused.startsWith("HTTP/1.1 404 Not Found\r\n"), refused);
        assertEquals(
                "{\"error\":\"etcdserver: requested lease not found\","
                        + "\"message\":\"etcdserver: requested lease not found\",\"code\":5}",
                body(refused));
        final String empty = post("/v3/kv/range", "");
        assertTrue(empty.startsWith("HTTP/1.1 400 Bad Request\r\n"), empty);
        assertTrue(
                body(empty).startsWith("{\"error\":\"etcdserver: key is not provided\","), empty);
        final String bad = post("/v3/kv/range", "{\"limit\":\"x\"}");
        assertTrue(bad.startsWith("HTTP/1.1 400 Bad Request\r\n"), bad);
        assertTrue(body(bad).endsWith(",\"code\":3}"), bad);
        final String unoffered = post("/v3/auth/enable", "{}");
        assertTrue(unoffered.startsWith("HTTP/1.1 501 Not Implemented\r\n"), unoffered);
        assertTrue(post("/v3/kv/nothing", "{}").startsWith("HTTP/1.1 404 Not Found\r\n"));
        assertTrue(post("/v3/kv/rangestream", "{}").startsWith("HTTP/1.1 404 Not Found\r\n"));
        assertTrue(client.get("/v3/kv/range").startsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
    }

    @Test
    void shouldPrintALongAnswerAsItComes() {
        final byte[] body = hex("120d0a01611a08" + "00".repeat(8) + "12030a0162" + "2002");
        engine.kv =
                asked ->
                        engine.handler.onReply(
                                new Reply().begin(Reply.Kind.READ_OPENED, asked.id()));
        String answer = post("/v3/kv/range", "{\"key\":\"YQ==\",\"range_end\":\"AA==\"}");
        final long id = engine.lastKv().id();
        for (int i = 0; i < body.length; i++) {
            final ExpandableArrayBuffer part = new ExpandableArrayBuffer();
            final int at = i == 0 ? KvReply.encodeSlicedHead(part, 0, body.length) : 0;
            part.putByte(at, body[i]);
            engine.part(id, 5, part, at + 1, i == body.length - 1);
            engine.handler.onBatchEnd();
            answer += client.received();
        }
        assertTrue(answer.contains("\r\nTransfer-Encoding: chunked\r\n"), answer);
        assertEquals(
                HEADER + ",\"kvs\":[{\"key\":\"YQ==\"},{\"key\":\"Yg==\"}],\"count\":\"2\"}",
                unchunked(answer));
    }

    /** The engine has answered in time; how long the client takes is its own affair. */
    @Test
    void shouldNotEndALongAnswerForTheTimeItTakes() {
        engine.kv =
                asked ->
                        engine.handler.onReply(
                                new Reply().begin(Reply.Kind.READ_OPENED, asked.id()));
        String answer = post("/v3/kv/range", "{\"key\":\"YQ==\"}");
        final ExpandableArrayBuffer part = new ExpandableArrayBuffer();
        final int at = KvReply.encodeSlicedHead(part, 0, 2);
        part.putByte(at, (byte) 0x20);
        engine.part(engine.lastKv().id(), 5, part, at + 1, false);
        engine.handler.onBatchEnd();
        client.advanceMs(60_000);
        part.putByte(0, (byte) 7);
        engine.part(engine.lastKv().id(), 5, part, 1, true);
        engine.handler.onBatchEnd();
        answer += client.received();
        assertTrue(answer.contains("\"count\":\"7\"}"), answer);
        assertTrue(client.isOpen());
    }

    @Test
    void shouldTellAWatchLineByLine() {
        engine.kv =
                asked -> {
                    if (asked.type() == KvCommand.WATCH) {
                        engine.kvWatchStart(asked.id(), 5);
                    }
                };
        String answer = post("/v3/watch", "{\"create_request\":{\"key\":\"YQ==\"}}");
        final long id = engine.lastKv().id();
        engine.kvEvents(5, new byte[][] {hex("12030a0161")}, id);
        engine.handler.onBatchEnd();
        answer += client.received();
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertEquals(
                "{\"result\":"
                        + HEADER
                        + ",\"created\":true}}\n"
                        + "{\"result\":"
                        + HEADER
                        + ",\"events\":[{\"kv\":{\"key\":\"YQ==\"}}]}}\n",
                unchunked(answer));
        assertFalse(answer.endsWith("0\r\n\r\n"));
        client.channel.close();
        assertTrue(engine.openWatches.isEmpty());
    }

    @Test
    void shouldRefuseWhatIsTooLongForAMessage() {
        final String tooLong = "HTTP/1.1 429 Too Many Requests\r\n";
        for (final int length : new int[] {11 << 20, 3 << 20}) {
            try (Client other = new Client(new HttpContext().v3(V3Options.DEFAULT))) {
                final String answer =
                        other.request(
                                "POST",
                                "/v3/lease/grant",
                                "application/json",
                                "{\"TTL\":\"9\"}" + " ".repeat(length));
                assertTrue(answer.startsWith(tooLong), answer);
                assertTrue(body(answer).endsWith(",\"code\":8}"), answer);
                assertTrue(other.engine.kvCommands.isEmpty());
                assertEquals(0, other.counters.faults());
            }
        }
        final String text = "a".repeat((2 << 20) + 1);
        final String answer = post("/v3/cluster/member/add", "{\"peerURLs\":[\"" + text + "\"]}");
        assertTrue(answer.startsWith(tooLong), answer);
        assertTrue(engine.queries.isEmpty());
    }

    @Test
    void shouldRefuseAMalformedBody() {
        final String answer =
                client.send(
                        "POST /v3/lease/grant HTTP/1.1\r\nHost: x\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\nx\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
        assertTrue(engine.kvCommands.isEmpty());
    }

    @Test
    void shouldTakeTheLongestPut() {
        final int length = V3Options.DEFAULT.maxRequestBytes() - 16;
        post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + "YWFh".repeat(length / 3) + "\"}");
        assertEquals(KvCommand.PUT, engine.lastKv().type());
    }

    /** The call is over before there is a handler. */
    @Test
    void shouldEndACallThatWantsALeaderWhenThereIsNone() {
        engine.leaderId = 0;
        for (final String path : new String[] {"watch", "lease/keepalive"}) {
            final String answer =
                    client.send(
                            "POST /v3/"
                                    + path
                                    + " HTTP/1.1\r\nHost: x\r\nGrpc-Metadata-hasleader: true\r\n"
                                    + "Content-Length: 2\r\n\r\n{}");
            assertTrue(answer.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), answer);
            assertTrue(answer.contains("etcdserver: no leader"), answer);
        }
        assertTrue(engine.kvCommands.isEmpty());
        client.advanceMs(10_000);
        assertTrue(client.loop.isIdle());
        assertTrue(client.get("/v3/kv/range").startsWith("HTTP/1.1 405 "));
    }

    private void halfClose() {
        client.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        client.channel.runPendingTasks();
    }

    @Test
    void shouldEndAWatchWhoseClientSaysNoMore() {
        engine.kv =
                asked -> {
                    if (asked.type() == KvCommand.WATCH) {
                        engine.kvWatchStart(asked.id(), 5);
                    }
                };
        final String begun = post("/v3/watch", "{\"create_request\":{\"key\":\"YQ==\"}}");
        assertFalse(begun.endsWith("0\r\n\r\n"), begun);
        halfClose();
        final String end = client.received();
        assertTrue(end.endsWith("0\r\n\r\n"), end);
        assertTrue(engine.openWatches.isEmpty());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldTellAClientThatSaysNoMoreWhatItAskedFor() {
        final String nothing = post("/v3/watch", "{\"create_request\":{\"key\":\"YQ==\"}}");
        engine.handler.onBatchEnd();
        halfClose();
        engine.kvWatchStart(engine.lastKv().id(), 5);
        engine.kvWatchStart(engine.lastKv().id(), 5);
        engine.kvEvents(5, new byte[][] {hex("12030a0161")}, engine.lastKv().id());
        engine.handler.onBatchEnd();
        final String answer = nothing + client.received();
        assertTrue(answer.contains("\"created\":true"), answer);
        assertTrue(answer.contains("\"events\":[{\"kv\":{\"key\":\"YQ==\"}}]"), answer);
        assertTrue(answer.endsWith("0\r\n\r\n"), answer);
        assertTrue(engine.openWatches.isEmpty());
    }

    @Test
    void shouldNotKeepAClientThatSaysNothingAtAll() {
        assertEquals("", post("/v3/watch", "{}"));
        halfClose();
        client.advanceMs(10_000);
        assertFalse(client.isOpen());
        assertTrue(client.received().contains("etcdserver: request timed out"));
    }

    @Test
    void shouldAnswerACallOfAClientThatSaysNoMore() {
        assertEquals("", post("/v3/kv/range", "{\"key\":\"YQ==\"}"));
        halfClose();
        engine.kvResult(engine.lastKv().id(), 5, hex("2001"));
        engine.handler.onBatchEnd();
        assertTrue(client.received().endsWith("\"count\":\"1\"}"));
    }

    private static String body(final String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static String unchunked(final String answer) {
        final StringBuilder text = new StringBuilder();
        String rest = body(answer);
        while (!rest.isEmpty()) {
            final int end = rest.indexOf("\r\n");
            final int length = Integer.parseInt(rest.substring(0, end), 16);
            text.append(rest, end + 2, end + 2 + length);
            rest = rest.substring(end + 4 + length);
        }
        return text.toString();
    }
}
