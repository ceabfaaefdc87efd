package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.auth.AuthApplication;
import io.larch.engine.port.AuthViews;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What v2's users and roles keep from those who come by v3, which has none. */
class GuardedServicesTest {
    private final AuthViews views = new AuthViews();
    private final Client client =
            new Client(new HttpContext().auth(views).bcryptCost(4).v3(V3Options.DEFAULT));
    private final FakeEngine engine = client.engine;

    @AfterEach
    void close() {
        client.close();
        assertEquals(0, client.counters.faults());
    }

    private String send(final String method, final String path, final String body) {
        return client.request(method, path, "application/json", body);
    }

    private void enable() {
        engine.auth = new AuthApplication(views);
        final String root = "{\"user\":\"root\",\"password\":\"secret\"}";
        assertEquals(201, Client.statusOf(send("PUT", "/v2/auth/users/root", root)));
        assertEquals(200, Client.statusOf(send("PUT", "/v2/auth/enable", "")));
        engine.queries.clear();
    }

    @Test
    void shouldRefuseWhatOnlyRootMayDo() {
        enable();
        for (final String call :
                new String[] {
                    "cluster/member/add {\"peerURLs\":[\"http://a:1\"]}",
                    "cluster/member/remove {\"ID\":\"1\"}",
                    "cluster/member/update {\"ID\":\"1\",\"peerURLs\":[\"http://a:1\"]}",
                    "cluster/member/promote {\"ID\":\"1\"}",
                    "maintenance/transfer-leadership {\"targetID\":\"1\"}",
                    "maintenance/alarm {\"action\":\"ACTIVATE\",\"alarm\":\"NOSPACE\"}",
                    "maintenance/alarm {\"action\":\"DEACTIVATE\",\"alarm\":\"NOSPACE\"}"
                }) {
            final int space = call.indexOf(' ');
            final String answer =
                    send("POST", "/v3/" + call.substring(0, space), call.substring(space + 1));
            assertEquals(403, Client.statusOf(answer), call);
            assertTrue(answer.endsWith("\"etcdserver: permission denied\",\"code\":7}"), answer);
        }
        assertTrue(engine.kvCommands.isEmpty());
        assertTrue(engine.queries.isEmpty());
    }

    @Test
    void shouldLetEverybodyLook() {
        enable();
        assertEquals(200, Client.statusOf(send("POST", "/v3/cluster/member/list", "{}")));
        engine.kv = asked -> engine.kvResult(asked.id(), 5, new byte[0]);
        assertEquals(200, Client.statusOf(send("POST", "/v3/maintenance/alarm", "{}")));
    }

    @Test
    void shouldLetEverybodyChangeWhatHasNoUsers() {
        final String added =
                send("POST", "/v3/cluster/member/add", "{\"peerURLs\":[\"http://a:1\"]}");
        assertEquals(200, Client.statusOf(added));
    }
}
