package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeysTest {
    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldAnswerASetAsEtcdDoes() {
        assertEquals(
                "HTTP/1.1 201 Created\r\n"
                        + "Content-Type: application/json\r\n"
                        + "X-Etcd-Cluster-Id: a10e20a2639400db\r\n"
                        + "X-Etcd-Index: 4\r\n"
                        + "X-Raft-Index: 11\r\n"
                        + "X-Raft-Term: 2\r\n"
                        + "Date: Sat, 21 Nov 2026 01:25:25 GMT\r\n"
                        + "Content-Length: 84\r\n"
                        + "\r\n"
                        + "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"x\",\"modifiedIndex\":4,\"createdIndex\":4}}\n",
                client.form("PUT", "/v2/keys/a", "value=x"));
        assertEquals(
                "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"x\",\"modifiedIndex\":4,\"createdIndex\":4}}\n",
                Client.bodyOf(client.get("/v2/keys/a")));
    }

    @Test
    void shouldAnswerAMissingKeyWithoutRaftHeaders() {
        assertEquals(
                "HTTP/1.1 404 Not Found\r\n"
                        + "Content-Type: application/json\r\n"
                        + "X-Etcd-Cluster-Id: a10e20a2639400db\r\n"
                        + "X-Etcd-Index: 3\r\n"
                        + "Date: Sat, 21 Nov 2026 01:25:25 GMT\r\n"
                        + "Content-Length: 70\r\n"
                        + "\r\n"
                        + "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/none\",\"index\":3}\n",
                client.get("/v2/keys/none"));
    }

    @Test
    void shouldTellAHeadsLengthWithoutBody() {
        final String reply = client.send("HEAD /v2/keys/none HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals("70", Client.headerOf(reply, "Content-Length"));
        assertEquals("", Client.bodyOf(reply));
    }

    @Test
    void shouldEscapeAValueAsEtcdDoes() {
        client.form(
                "PUT",
                "/v2/keys/v",
                "value=%3Ca%3E%26%22%27%5C%2F%09%0A%0D%08%0C%00%1F%7F%ff%E2%80%A8");
        assertTrue(
                client.get("/v2/keys/v")
                        .contains(
                                "\"value\":\"\\u003ca\\u003e\\u0026\\\"'\\\\/\\t\\n\\r\\u0008\\u000c\\u0000\\u001f\u007f\\ufffd\\u2028\""));
    }

    @Test
    void shouldPreferTheBodyOverTheQueryAndTheFirstValue() {
        client.form("PUT", "/v2/keys/a?value=query", "value=body&value=second");
        assertEquals("body", client.engine.last().value());
        client.form("PUT", "/v2/keys/a?value=a+%2B&value=b", "");
        assertEquals("a +", client.engine.last().value());
    }

    @Test
    void shouldIgnoreABodyThatIsNoForm() {
        client.request("PUT", "/v2/keys/a", "text/plain", "value=x");
        assertEquals("", client.engine.last().value());
        client.request("PUT", "/v2/keys/a", "", "value=x");
        assertEquals("", client.engine.last().value());
        client.request(
                "PUT", "/v2/keys/a", "Application/X-WWW-form-urlencoded; charset=utf-8", "value=x");
        assertEquals("x", client.engine.last().value());
    }

    @Test
    void shouldNotReadTheBodyOfADelete() {
        client.form("DELETE", "/v2/keys/a", "prevValue=zzz");
        assertEquals(CommandType.DELETE, client.engine.last().type());
    }

    @Test
    void shouldChooseTheOperation() {
        assertEquals(CommandType.SET, put("value=1"));
        assertEquals(CommandType.UPDATE, put("prevExist=true"));
        assertEquals(CommandType.CREATE, put("prevExist=false&prevValue=x&prevIndex=3"));
        assertEquals(CommandType.COMPARE_AND_SWAP, put("prevExist=true&prevIndex=3"));
        assertEquals(CommandType.COMPARE_AND_SWAP, put("prevValue=3"));
        assertEquals(CommandType.SET, put("prevIndex=0"));
        client.form("POST", "/v2/keys/q", "value=1&prevExist=true");
        assertEquals(CommandType.CREATE_IN_ORDER, client.engine.last().type());
        client.form("DELETE", "/v2/keys/q?prevIndex=18446744073709551615", "");
        assertEquals(CommandType.COMPARE_AND_DELETE, client.engine.last().type());
        assertEquals(-1L, client.engine.last().index());
    }

    private CommandType put(final String form) {
        client.form("PUT", "/v2/keys/a", form);
        return client.engine.last().type();
    }

    @Test
    void shouldLetQuorumBeatWait() {
        client.get("/v2/keys/a?quorum=true&wait=true");
        assertEquals(CommandType.GET, client.engine.last().type());
        assertEquals(CommandEnvelope.QUORUM, client.engine.last().flags());
        client.send("HEAD /v2/keys/a?quorum=true HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(0, client.engine.last().flags());
    }

    @Test
    void shouldMakeTheExpirationAbsolute() {
        put("ttl=5");
        assertEquals(Client.NOW_NANOS + 5_000_000_000L, client.engine.last().expirationNanos());
        assertEquals(Client.NOW_NANOS, client.engine.last().timestampNanos());
        put("ttl=0");
        assertEquals(Client.NOW_NANOS, client.engine.last().expirationNanos());
        put("ttl=");
        assertEquals(CommandEnvelope.PERMANENT, client.engine.last().expirationNanos());
        put("ttl=18446744073709551615");
        assertEquals(CommandEnvelope.PERMANENT, client.engine.last().expirationNanos());
        put("ttl=9223372036");
        assertEquals(CommandEnvelope.PERMANENT, client.engine.last().expirationNanos());
        put("ttl=0007000000000");
        assertTrue(client.engine.last().expirationNanos() > Client.NOW_NANOS);
    }

    @Test
    void shouldReportTheFirstProblemInEtcdsOrder() {
        assertError(210, "invalid URL escape \\\"%zz\\\"", "a=%zz&prevIndex=x");
        assertError(210, "invalid URL escape \\\"%4\\\"", "a=%4&prevIndex=x");
        assertError(210, "invalid semicolon separator in query", "a=%zz&b;c");
        assertError(203, "invalid value for \\\"prevIndex\\\"", "waitIndex=&prevIndex=&recursive");
        assertError(203, "invalid value for \\\"waitIndex\\\"", "recursive=x&waitIndex=1_0");
        assertError(209, "invalid value for \\\"recursive\\\"", "sorted=x&recursive");
        assertError(209, "invalid value for \\\"sorted\\\"", "wait=x&sorted=yes");
        assertError(209, "invalid value for \\\"wait\\\"", "dir=x&wait=tRUE");
        assertError(209, "invalid value for \\\"dir\\\"", "quorum=x&dir=2");
        assertError(209, "invalid value for \\\"quorum\\\"", "stream=x&quorum=");
        assertError(209, "invalid value for \\\"stream\\\"", "wait=true&stream=x");
        assertError(209, "\\\"wait\\\" can only be used with GET requests", "wait=1&prevValue=");
        assertError(201, "\\\"prevValue\\\" cannot be empty", "prevValue=&noValueOnSuccess=x");
        assertError(209, "invalid value for \\\"noValueOnSuccess\\\"", "noValueOnSuccess=x&ttl=x");
        assertError(202, "invalid value for \\\"ttl\\\"", "ttl=18446744073709551616&prevExist=x");
        assertError(209, "invalid value for prevExist", "prevExist=&refresh=x");
        assertError(209, "invalid value for refresh", "refresh=");
        assertError(211, "A value was provided on a refresh", "refresh=true&value=x");
        assertError(212, "No TTL value set", "refresh=true&ttl=&value=");
        assertTrue(client.engine.commands.isEmpty());
    }

    private void assertError(final int code, final String cause, final String form) {
        final String reply = client.form("PUT", "/v2/keys/a", form);
        assertEquals(400, Client.statusOf(reply), reply);
        assertEquals("0", Client.headerOf(reply, "X-Etcd-Index"));
        final String body = Client.bodyOf(reply);
        assertTrue(body.startsWith("{\"errorCode\":" + code + ",\"message\":"), body);
        assertTrue(body.endsWith(",\"cause\":\"" + cause + "\",\"index\":0}\n"), body);
    }

    @Test
    void shouldReportABadContentType() {
        assertTrue(
                client.request("PUT", "/v2/keys/a", "bad/type/;;", "value=x")
                        .contains("mime: unexpected content after media subtype"));
    }

    @Test
    void shouldLeaveOutTheNodeOnRequest() {
        assertEquals(
                "{\"action\":\"set\"}\n",
                Client.bodyOf(client.form("PUT", "/v2/keys/a?noValueOnSuccess=true", "value=x")));
        assertTrue(client.get("/v2/keys/a?noValueOnSuccess=true").contains("\"node\""));
    }

    @Test
    void shouldTakeAnyBytesInAKey() {
        client.get("/v2/keys/a%2Fb%3F%00%ff+%25;/");
        assertEquals("/a/b?\0\u00ff+%;", client.engine.last().path());
        client.get("/v2/keys");
        assertEquals("/", client.engine.last().path());
        client.get("/v2/keys/");
        assertEquals("/", client.engine.last().path());
        client.get("http://host:1/v2/keys/abs?sorted=true");
        assertEquals("/abs", client.engine.last().path());
    }

    @Test
    void shouldTakeAVeryDeepPath() {
        final String path = "/a".repeat(10_000);
        client.get("/v2/keys" + path);
        assertEquals(path, client.engine.last().path());
    }

    @Test
    void shouldTimeOutAndIgnoreTheLateReply() {
        client.engine.isAnswering = false;
        assertEquals("", client.form("PUT", "/v2/keys/a", "value=x"));
        client.advanceMs(6_900);
        assertEquals("", client.received());
        client.advanceMs(500);
        final String reply = client.received();
        assertEquals(500, Client.statusOf(reply));
        assertTrue(
                reply.endsWith(
                        "{\"errorCode\":300,\"message\":\"Raft Internal Error\",\"cause\":\"etcdserver: request timed out\",\"index\":0}\n"));
        client.engine.result(client.engine.last().id(), true, Action.SET, "/a", new byte[] {'x'});
        assertEquals("", client.received());
        client.engine.isAnswering = true;
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldRefuseWhenTheEngineIsFull() {
        client.engine.isFull = true;
        final String reply = client.form("PUT", "/v2/keys/a", "value=x");
        assertEquals(500, Client.statusOf(reply));
        assertTrue(reply.contains("\"errorCode\":300"));
        client.engine.isFull = false;
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldForgetAClientThatLeft() {
        client.engine.isAnswering = false;
        client.get("/v2/keys/a");
        client.channel.close();
        client.engine.result(client.engine.last().id(), false, Action.GET, "/a", new byte[0]);
        assertFalse(client.isOpen());
    }

    @Test
    void shouldNumberItsCommandsUnderItsPort() {
        client.get("/v2/keys/a");
        final long first = client.engine.last().id();
        client.get("/v2/keys/a");
        assertEquals(5, first >>> 48);
        assertEquals(first + 1, client.engine.last().id());
    }
}
