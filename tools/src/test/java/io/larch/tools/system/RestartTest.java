package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

@Tag("slow")
class RestartTest {
    private static final int SIGTERM_STATUS = 143;

    @RegisterExtension final Servers servers = new Servers();

    @ParameterizedTest
    @EachProduct
    void shouldEndWithTheStatusOfTheSignalAndComeBackWithTheSameTree(final Product product)
            throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        for (int i = 0; i < 50; i++) {
            keys.put("/r/" + i % 7 + "/" + i, "value=" + i);
        }
        keys.put("/r/3/3?prevExist=true", "value=changed");
        keys.delete("/r/4?recursive=true");
        keys.put("/r/_hidden", "value=h");
        final long last = keys.indexOfPut("/r/empty", "dir=true");
        final String before = keys.get("/r?recursive=true&sorted=true").text();

        assertEquals(SIGTERM_STATUS, server.terminate());
        server.start();

        assertEquals(before, keys.get("/r?recursive=true&sorted=true").text());
        assertEquals(
                "h", JsonTree.at(JsonTree.parse(keys.get("/r/_hidden").text()), "node", "value"));
        // A member publishes its addresses at each start, which takes one index.
        assertEquals(last + 2, keys.indexOfPut("/r/next", "value=1"));
    }

    @ParameterizedTest
    @EachProduct
    void shouldRememberItsHistoryOverARestart(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        final long index = keys.indexOfPut("/h", "value=old");
        keys.put("/h", "value=new");

        server.terminate();
        server.start();

        try (HttpConnection watch = keys.watch("/h", "&waitIndex=" + index)) {
            assertEquals("old", JsonTree.at(JsonTree.parse(watch.readChunk()), "node", "value"));
        }
    }

    @Test
    void shouldComeBackFromASnapshotAndTheLogAfterIt() throws IOException {
        final ServerProcess server = servers.larch("--snapshot-count", "100").start();
        final Keys keys = new Keys(server);
        for (int i = 0; i < 450; i++) {
            keys.put("/s/" + i % 90, "value=" + i);
        }
        keys.put("/s/ttl", "value=1&ttl=5000");
        keys.delete("/s/17");
        final String before = keys.get("/s?recursive=true&sorted=true&quorum=true").text();

        server.kill();
        server.start();

        final String after = keys.get("/s?recursive=true&sorted=true&quorum=true").text();
        assertEquals(withoutTimes(before), withoutTimes(after));
        assertTrue(expiration(after).compareTo(expiration(before)) >= 0, before + after);
    }

    private static java.time.Instant expiration(final String body) {
        return java.time.Instant.parse(
                body.replaceAll("(?s).*\"expiration\":\"([^\"]*)\".*", "$1"));
    }

    /** Time stands still for TTLs while no member is up, so the expiration has moved. */
    private static String withoutTimes(final String body) {
        return body.replaceAll("\"ttl\":\\d+|\"expiration\":\"[^\"]*\"", "");
    }

    @Test
    void shouldRefuseTheDataOfARunningMember() throws IOException {
        final ServerProcess server = Product.LARCH.start(servers);
        final Keys keys = new Keys(server);
        keys.put("/mine", "value=1");

        final ServerProcess second = servers.onSameData(server).launch();

        assertNotEquals(0, second.exitStatus());
        assertTrue(second.log().contains("data"), second.log());
        assertEquals(200, keys.get("/mine?quorum=true").status());
        assertEquals(201, keys.put("/more", "value=1").status());
    }
}
