package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of etcd 0.4, on both kinds of listeners. */
class AdminPagesTest {
    private static final String MACHINE =
            "{\"name\":\"default\",\"state\":\"leader\",\"clientURL\":\"http://127.0.0.1:27379\","
                    + "\"peerURL\":\"http://127.0.0.1:27380\"}";

    private Client client;

    private void open(final boolean isForPeers) {
        client =
                isForPeers
                        ? new Client(new HttpContext(), Pages::forPeers)
                        : new Client(new HttpContext());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepTheConfigurationInTheTree(final boolean isForPeers) {
        open(isForPeers);
        assertEquals(
                "{\"activeSize\":9,\"removeDelay\":1800,\"syncInterval\":5}\n",
                body("/v2/admin/config"));

        final String reply =
                put("{\"activeSize\":5,\"removeDelay\":0.5,\"syncInterval\":\"x\",\"other\":[1]}");

        assertEquals(200, Client.statusOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
        final String expected = "{\"activeSize\":5,\"removeDelay\":2,\"syncInterval\":5}\n";
        assertEquals(expected, Client.bodyOf(reply));
        assertEquals(expected, body("/v2/admin/config"));
        assertEquals(
                "{\"activeSize\":3,\"removeDelay\":2,\"syncInterval\":2.5}\n",
                Client.bodyOf(put("{\"activeSize\":-7,\"syncInterval\":2.5}")));
        assertEquals("/_larch/admin/config", client.engine.last().path());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAConfigurationThatIsNoJson(final boolean isForPeers) {
        open(isForPeers);
        final String reply = put("x");
        assertEquals(500, Client.statusOf(reply));
        assertEquals(
                "invalid character 'x' looking for beginning of value\n", Client.bodyOf(reply));
        assertTrue(client.engine.commands.isEmpty());
        assertEquals(405, Client.statusOf(client.request("DELETE", "/v2/admin/config", "", "")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpOnATreeThatDoesNotAnswer(final boolean isForPeers) {
        open(isForPeers);
        client.engine.isAnswering = false;
        assertEquals("", put("{\"activeSize\":5}"));
        client.advanceMs(7_300);
        assertEquals(500, Client.statusOf(client.received()));
        client.engine.isAnswering = true;
        client.engine.isFull = true;
        assertEquals(500, Client.statusOf(client.get("/v2/admin/config")));
        client.engine.isFull = false;
        assertEquals(200, Client.statusOf(client.get("/v2/admin/config")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldShowMachines(final boolean isForPeers) {
        open(isForPeers);
        assertEquals("[" + MACHINE + "]\n", body("/v2/admin/machines"));
        assertEquals(MACHINE + "\n", body("/v2/admin/machines/default"));
        assertEquals(MACHINE + "\n", body("/v2/admin/machines/99bca5ffd3b6b513"));
        assertEquals("null\n", body("/v2/admin/machines/nobody"));
        assertEquals(404, Client.statusOf(client.get("/v2/admin/machines/")));
        assertEquals(404, Client.statusOf(client.get("/v2/admin/machines/a/b")));
    }

    @ParameterizedTest
    @CsvSource({"default", "99BCA5FFD3B6B513"})
    void shouldRemoveAMachineByNameOrId(final String name) {
        open(true);
        client.engine.outcome = ChangeOutcome.DONE;

        final String reply = client.request("DELETE", "/v2/admin/machines/" + name, "", "");

        assertEquals(200, Client.statusOf(reply));
        // 1796 as a varint, in eight bytes.
        assertEquals("\u0084\u000e\0\0\0\0\0\0", Client.bodyOf(reply));
        assertEquals(Query.Kind.CHANGE_MEMBERS, client.engine.queries.get(1).kind());
        assertEquals(0x99bca5ffd3b6b513L, client.engine.queries.get(1).change().memberId());
    }

    @ParameterizedTest
    @CsvSource({
        "nobody,DONE,404,No such member: nobody",
        "default,ID_NOT_FOUND,404,No such member: default",
        "default,LAST_MEMBER,409,etcdserver: the last member cannot be removed",
        "default,TIMED_OUT,500,etcdserver: request timed out; the change may yet be made"
    })
    void shouldTellWhyAMachineIsNotRemoved(
            final String name,
            final ChangeOutcome outcome,
            final int status,
            final String message) {
        open(true);
        client.engine.outcome = outcome;
        final String reply = client.request("DELETE", "/v2/admin/machines/" + name, "", "");
        assertEquals(status, Client.statusOf(reply));
        assertEquals("{\"message\":\"" + message + "\"}", Client.bodyOf(reply));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNameTheLeader(final boolean isForPeers) {
        open(isForPeers);
        final String reply = client.get("/v2/leader");
        assertEquals("http://127.0.0.1:27380", Client.bodyOf(reply));
        assertEquals("text/plain; charset=utf-8", Client.headerOf(reply, "Content-Type"));
        client.engine.leaderId = 0;
        final String during = client.get("/v2/leader");
        assertEquals(500, Client.statusOf(during));
        assertEquals(
                "{\"errorCode\":301,\"message\":\"During Leader Election\",\"index\":0}\n",
                Client.bodyOf(during));
    }

    private String put(final String json) {
        return client.request("PUT", "/v2/admin/config", "", json);
    }

    private String body(final String target) {
        return Client.bodyOf(client.get(target));
    }
}
