package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A store at its limit refuses what would grow it, does the rest, and loses nothing. */
@Tag("slow")
@Tag("fused-only")
class CapacityTest {
    private static final int MAX_NODES = 200;
    private static final int MAX_BYTES = 2_000_000;
    private static final int VALUE_LENGTH = 50_000;

    /** The root and the directory of the keys. */
    private static final int OTHER_NODES = 2;

    @RegisterExtension final Servers servers = new Servers();

    private final Map<String, String> acknowledged = new LinkedHashMap<>();
    private ServerProcess server;
    private Keys keys;
    private int nextKey;

    @BeforeEach
    void forget() {
        acknowledged.clear();
        nextKey = 0;
    }

    private void start(final String... flags) throws IOException {
        server = servers.larch(flags).start();
        keys = new Keys(server);
    }

    /** Puts new keys until one is refused; returns the refusal. */
    private HttpReply fill(final int valueLength) throws IOException {
        while (true) {
            final String key = "/full/" + nextKey++;
            final String value = (key + ".").repeat(valueLength).substring(0, valueLength);
            final HttpReply reply = keys.put(key, "value=" + value);
            if (reply.status() != 201) {
                return reply;
            }
            acknowledged.put(key, value);
        }
    }

    private void assertFull(final HttpReply refusal) throws IOException {
        final long index = keys.get("/").longHeader("X-Etcd-Index");
        assertEquals(507, refusal.status(), refusal::toString);
        assertEquals(
                "{\"errorCode\":405,\"message\":\"Store capacity exceeded\",\"cause\":\"the store is full\",\"index\":"
                        + index
                        + "}\n",
                refusal.text());
        assertEquals(503, keys.health());
    }

    private void assertNothingLost() throws IOException {
        for (final Map.Entry<String, String> write : acknowledged.entrySet()) {
            final HttpReply reply = keys.get(write.getKey() + "?quorum=true");
            assertEquals(200, reply.status(), write::getKey);
            assertEquals(
                    write.getValue(), JsonTree.at(JsonTree.parse(reply.text()), "node", "value"));
        }
        final Object all = JsonTree.parse(keys.get("/full?quorum=true").text());
        assertEquals(acknowledged.size(), ((java.util.List<?>) at(all)).size());
    }

    private static Object at(final Object listing) {
        return JsonTree.at(listing, "node", "nodes");
    }

    private void delete(final int count) throws IOException {
        for (final String key : acknowledged.keySet().stream().limit(count).toList()) {
            assertEquals(200, keys.delete(key).status());
            acknowledged.remove(key);
        }
    }

    @Test
    void shouldTakeAsManyNodesAsAllowedAndAsManyAgainAfterDeletes() throws IOException {
        start("--max-nodes", Integer.toString(MAX_NODES));

        assertFull(fill(10));
        assertEquals(MAX_NODES - OTHER_NODES, acknowledged.size());
        assertFull(keys.post("/full", "value=1"));
        assertFull(keys.put("/elsewhere", "dir=true"));
        assertNothingLost();

        final String some = "/full/7";
        assertEquals(200, keys.put(some, "value=changed").status());
        assertEquals(200, keys.put(some + "?prevValue=changed", "value=again").status());
        assertEquals(201, putInsteadOf("/full/8", "/elsewhere").status());
        acknowledged.put(some, "again");

        delete(MAX_NODES / 2);
        assertEquals(200, keys.health());
        assertFull(fill(10));
        assertEquals(MAX_NODES - OTHER_NODES - 1, acknowledged.size());
        assertNothingLost();
    }

    /** A put into the room that a delete just left. */
    private HttpReply putInsteadOf(final String old, final String key) throws IOException {
        assertEquals(200, keys.delete(old).status());
        acknowledged.remove(old);
        return keys.put(key, "value=1");
    }

    @Test
    void shouldTakeAsManyBytesAsAllowedAndAsManyAgainAfterDeletes() throws IOException {
        start("--max-bytes", Integer.toString(MAX_BYTES));

        assertFull(fill(VALUE_LENGTH));
        final int count = acknowledged.size();
        assertTrue(count < MAX_BYTES / VALUE_LENGTH);
        assertTrue(count >= MAX_BYTES / (VALUE_LENGTH + 500), "only " + count);
        assertFull(keys.put("/full/0", "value=" + "x".repeat(VALUE_LENGTH * 2)));
        assertFull(keys.put("/full/0?prevExist=true", "value=" + "x".repeat(VALUE_LENGTH * 2)));
        assertEquals(200, keys.put("/full/0", "value=short").status());
        acknowledged.put("/full/0", "short");
        assertNothingLost();

        delete(count / 2);
        assertEquals(200, keys.health());
        assertFull(fill(VALUE_LENGTH));
        assertEquals(count, acknowledged.size());
        assertNothingLost();
        assertEquals(200, keys.delete("/full?recursive=true").status());
        assertEquals(200, keys.health());
    }

    @Test
    void shouldHaveEverythingAndStillBeFullAfterAKillAtTheLimit() throws IOException {
        start("--max-nodes", Integer.toString(MAX_NODES), "--snapshot-count", "150");
        fill(100);

        for (int round = 0; round < 2; round++) {
            server.kill();
            server.startFull();
            assertNothingLost();
            assertFull(keys.put("/full/more", "value=1"));
            delete(30);
            assertFull(fill(100));
            assertEquals(MAX_NODES - OTHER_NODES, acknowledged.size());
        }
    }
}
