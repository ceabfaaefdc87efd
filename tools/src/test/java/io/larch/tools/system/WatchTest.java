package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

@Tag("slow")
class WatchTest {
    @RegisterExtension final Servers servers = new Servers();

    @ParameterizedTest
    @EachProduct
    void shouldAnswerALongPollWithTheFirstEventAndEnd(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        try (HttpConnection watch = keys.watch("/w", "")) {
            final long index = keys.indexOfPut("/w", "value=1");

            assertEquals(
                    "{\"action\":\"set\",\"node\":{\"key\":\"/w\",\"value\":\"1\",\"modifiedIndex\":"
                            + index
                            + ",\"createdIndex\":"
                            + index
                            + "}}\n",
                    watch.readChunk());
            assertNull(watch.readChunk());
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldUseTheConnectionAgainAfterALongPoll(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        try (HttpConnection watch = keys.watch("/w", "")) {
            keys.put("/w", "value=1");
            watch.readChunk();
            watch.readChunk();

            watch.sendRequest("GET", "/v2/keys/w", null, java.util.Map.of());

            assertEquals(200, watch.readReply(false).status());
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldStreamEachEventOfAKeyInOrder(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        try (HttpConnection watch = keys.watch("/as", "&stream=true")) {
            keys.put("/as", "value=1");
            keys.put("/as?prevExist=true", "value=2");
            keys.put("/as?prevValue=2", "value=3");
            keys.delete("/as?prevValue=3");
            keys.put("/as?prevExist=false", "value=1");
            keys.put("/as", "dir=true");
            keys.put("/as/child", "value=unseen");
            keys.delete("/as?recursive=true");
            keys.put("/as", "value=last");

            final List<String> actions = new ArrayList<>();
            long lastIndex = 0;
            while (!actions.contains("set last")) {
                final Object event = JsonTree.parse(watch.readChunk());
                final long index = (long) JsonTree.at(event, "node", "modifiedIndex");
                assertTrue(index >= lastIndex);
                // etcd sends a stream the removal of its own node twice.
                if (index > lastIndex) {
                    actions.add(
                            JsonTree.at(event, "action")
                                    + " "
                                    + JsonTree.at(event, "node", "value"));
                }
                lastIndex = index;
            }
            assertEquals(
                    List.of(
                            "set 1",
                            "update 2",
                            "compareAndSwap 3",
                            "compareAndDelete null",
                            "create 1",
                            "set null",
                            "delete null",
                            "set last"),
                    actions);
        }
    }

    @Test
    void shouldSendAStreamTheRemovalOfItsNodeOnce() throws IOException {
        final Keys keys = new Keys(Product.LARCH.start(servers));
        keys.put("/once", "value=1");
        try (HttpConnection watch = keys.watch("/once", "&stream=true")) {
            keys.delete("/once");
            keys.put("/once", "value=2");

            assertEquals("delete", JsonTree.at(JsonTree.parse(watch.readChunk()), "action"));
            assertEquals("set", JsonTree.at(JsonTree.parse(watch.readChunk()), "action"));
        }
    }

    @Test
    void shouldStreamAllEventsSinceAPastIndex() throws IOException {
        final Keys keys = new Keys(Product.LARCH.start(servers));
        final long first = keys.indexOfPut("/past/1", "value=1");
        keys.put("/elsewhere", "value=1");
        keys.put("/past/2", "value=2");
        try (HttpConnection watch =
                keys.watch("/past", "&recursive=true&stream=true&waitIndex=" + first)) {
            keys.put("/past/3", "value=3");

            for (final String value : List.of("1", "2", "3")) {
                assertEquals(
                        value, JsonTree.at(JsonTree.parse(watch.readChunk()), "node", "value"));
            }
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldSeeEventsBelowARecursiveWatchUnlessTheyAreHidden(final Product product)
            throws IOException {
        final Keys keys = new Keys(product.start(servers));
        try (HttpConnection all = keys.watch("", "&recursive=true&stream=true");
                HttpConnection hidden = keys.watch("/x/_y", "&recursive=true&stream=true")) {
            keys.put("/_x", "value=0");
            keys.put("/x/_y/z", "value=1");
            keys.put("/x/y", "value=2");

            assertEquals("/x/y", JsonTree.at(JsonTree.parse(all.readChunk()), "node", "key"));
            assertEquals("/x/_y/z", JsonTree.at(JsonTree.parse(hidden.readChunk()), "node", "key"));
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldTellWatchersOfARemovedSubtreeWhenTheirKeyExisted(final Product product)
            throws IOException {
        final Keys keys = new Keys(product.start(servers));
        keys.put("/pa/b/c", "value=1");
        try (HttpConnection deep = keys.watch("/pa/b/c", "");
                HttpConnection absent = keys.watch("/pa/b/zz", "")) {
            keys.delete("/pa?recursive=true");
            keys.put("/pa/b/zz", "value=now");

            assertEquals("/pa", JsonTree.at(JsonTree.parse(deep.readChunk()), "node", "key"));
            assertEquals("now", JsonTree.at(JsonTree.parse(absent.readChunk()), "node", "value"));
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldNotTellWatchersOfARefresh(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        keys.put("/r", "value=1&ttl=100");
        try (HttpConnection watch = keys.watch("/r", "")) {
            keys.put("/r", "refresh=true&ttl=200");
            keys.put("/r", "value=2");

            assertEquals("2", JsonTree.at(JsonTree.parse(watch.readChunk()), "node", "value"));
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldWaitForAnEventThatIsNotEarlierThanWaitIndex(final Product product)
            throws IOException {
        final Keys keys = new Keys(product.start(servers));
        final long index = keys.indexOfPut("/f", "value=0");
        try (HttpConnection watch = keys.watch("/f", "&waitIndex=" + (index + 3))) {
            keys.put("/f", "value=1");
            keys.put("/f", "value=2");
            keys.put("/f", "value=3");

            assertEquals("3", JsonTree.at(JsonTree.parse(watch.readChunk()), "node", "value"));
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldRefuseAWaitIndexThatLeftTheHistory(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        final long first = keys.indexOfPut("/h", "value=0");
        long last = first;
        try (HttpConnection connection = new HttpConnection(server.url(), 20_000)) {
            for (int i = 0; i < 1000; i++) {
                connection.sendRequest("PUT", "/v2/keys/h", "value=" + i, java.util.Map.of());
                last = connection.readReply(false).longHeader("X-Etcd-Index");
            }
        }

        final HttpReply reply = keys.get("/h?wait=true&waitIndex=" + first);

        assertEquals(400, reply.status());
        assertEquals(last, reply.longHeader("X-Etcd-Index"));
        assertEquals(
                "{\"errorCode\":401,\"message\":\"The event in requested index is outdated and cleared\","
                        + "\"cause\":\"the requested history has been cleared ["
                        + (first + 1)
                        + "/"
                        + first
                        + "]\",\"index\":"
                        + last
                        + "}\n",
                reply.text());
        assertEquals(200, keys.get("/h?wait=true&waitIndex=" + (first + 1)).status());
    }

    @ParameterizedTest
    @EachProduct
    void shouldForgetAWatcherThatGoesAway(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        final HttpConnection poll = keys.watch("/g", "");
        final HttpConnection stream = keys.watch("/g", "&stream=true");
        keys.awaitWatchers(2);

        poll.close();
        stream.close();

        keys.awaitWatchers(0);
    }

    @ParameterizedTest
    @EachProduct
    void shouldEndAWatchOfHttp10ByClosing(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        try (HttpConnection watch = new HttpConnection(server.url(), 20_000)) {
            watch.send(
                    "GET /v2/keys/old?wait=true HTTP/1.0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            final HttpReply head = watch.readHead();
            keys.put("/old", "value=1");
            final String body = new String(watch.readToEnd(), StandardCharsets.UTF_8);

            assertNull(head.header("Transfer-Encoding"));
            assertTrue(body.startsWith("{\"action\":\"set\"") && body.endsWith("}\n"), body);
        }
    }
}
