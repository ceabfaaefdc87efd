package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the peer port answers over HTTP. */
class PeerPortTest {
    private final Client client =
            new Client(new HttpContext().corsOrigins(Set.of("*")), Pages::forPeers);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldListMembersAsNumbers() {
        final String reply = client.get("/members");

        assertEquals(
                "[{\"id\":11077911701611787539,\"peerURLs\":[\"http://127.0.0.1:27380\"],"
                        + "\"name\":\"default\",\"clientURLs\":[\"http://127.0.0.1:27379\"]}]\n",
                Client.bodyOf(reply));
        assertTrue(reply.contains("X-Etcd-Cluster-Id: a10e20a2639400db\r\n"));
        assertFalse(reply.contains("Access-Control"), reply);
        assertEquals(404, Client.statusOf(client.get("/members/")));
        assertEquals(405, Client.statusOf(client.request("OPTIONS", "/members", "", "")));
    }

    @Test
    void shouldServeNoKeysAndNoClientPages() {
        for (final String path :
                new String[] {
                    "/v2/keys/a",
                    "/v2/members",
                    "/v2/stats/self",
                    "/health",
                    "/leases",
                    "/",
                    "/raftx"
                }) {
            final String reply = client.get(path);
            assertEquals(404, Client.statusOf(reply), path);
            assertEquals("404 page not found\n", Client.bodyOf(reply));
        }
        assertEquals(0, client.engine.commands.size());
        assertEquals(200, Client.statusOf(client.get("/version")));
    }

    @Test
    void shouldSayThatItIsAlive() {
        assertEquals(
                "{\"OK\":true,\"Now\":\"2026-11-21T01:25:25.123456789Z\"}\n",
                Client.bodyOf(client.get("/raft/probing")));
    }

    @Test
    void shouldTellAnEtcdThatItCannotTalkToIt() {
        assertEquals("412 incompatible version", post("/raft", ""));
        assertEquals("412 incompatible version", post("/raft/snapshot", version("3.4.23")));
        assertEquals("412 cluster ID mismatch", post("/raft", version("2.3.8")));
        final String cluster = "X-Etcd-Cluster-ID:  a10e20a2639400db \r\n";
        assertEquals(
                "400 error unmarshaling raft message", post("/raft", version("2.3.8") + cluster));
        assertEquals("405 Method Not Allowed", summary(client.get("/raft")));
        assertEquals("412 incompatible version", summary(client.get("/raft/stream/msgapp/1")));
        assertEquals(
                "404 error sender not found",
                summary(
                        client.send(
                                "GET /raft/stream/msgapp/1 HTTP/1.1\r\nHost: x\r\n"
                                        + version("2.3.8")
                                        + cluster
                                        + "\r\n")));
    }

    private static String version(final String version) {
        return "X-Server-Version: " + version + "\r\n";
    }

    private String post(final String path, final String headers) {
        return summary(
                client.send(
                        "POST "
                                + path
                                + " HTTP/1.1\r\nHost: x\r\n"
                                + headers
                                + "Content-Length: 1\r\n\r\nx"));
    }

    private static String summary(final String reply) {
        return Client.statusOf(reply) + " " + Client.bodyOf(reply).strip();
    }
}
