package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** Waits for expiries through watches, never for the time itself. */
@Tag("slow")
class ExpiryTest {
    @RegisterExtension final Servers servers = new Servers();

    @ParameterizedTest
    @EachProduct
    void shouldTellWatchersThatAKeyExpired(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        final long created = keys.indexOfPut("/ex", "value=1&ttl=1");
        try (HttpConnection watch = keys.watch("/ex", "&waitIndex=" + (created + 1))) {
            final Object event = JsonTree.parse(watch.readChunk());

            assertEquals("expire", JsonTree.at(event, "action"));
            assertEquals(created + 1, JsonTree.at(event, "node", "modifiedIndex"));
            assertEquals(created, JsonTree.at(event, "node", "createdIndex"));
            assertNull(JsonTree.at(event, "node", "value"));
            assertEquals("1", JsonTree.at(event, "prevNode", "value"));
        }
        assertEquals(404, keys.get("/ex").status());
    }

    @ParameterizedTest
    @EachProduct
    void shouldExpireInOrderOfTimeWithOneIndexEach(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        try (HttpConnection watch = keys.watch("/order", "&recursive=true&stream=true")) {
            keys.put("/order/late", "value=1&ttl=2");
            keys.put("/order/soon", "value=1&ttl=1");
            final long last = keys.indexOfPut("/order/then", "value=1&ttl=1");

            final List<String> expired = new ArrayList<>();
            long index = last;
            while (expired.size() < 3) {
                final Object event = JsonTree.parse(watch.readChunk());
                if ("expire".equals(JsonTree.at(event, "action"))) {
                    expired.add((String) JsonTree.at(event, "node", "key"));
                    index++;
                    assertEquals(index, JsonTree.at(event, "node", "modifiedIndex"));
                }
            }
            assertEquals(List.of("/order/soon", "/order/then", "/order/late"), expired);
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldExpireADirectoryWithAllBelowAsOneEvent(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        keys.put("/exd", "dir=true&ttl=1");
        final long last = keys.indexOfPut("/exd/child", "value=1&ttl=1000");
        try (HttpConnection watch = keys.watch("/exd", "&waitIndex=" + (last + 1))) {
            final Object event = JsonTree.parse(watch.readChunk());

            assertEquals("expire", JsonTree.at(event, "action"));
            assertEquals("/exd", JsonTree.at(event, "node", "key"));
            assertEquals(last + 1, JsonTree.at(event, "node", "modifiedIndex"));
        }
        assertEquals(404, keys.get("/exd/child").status());
        assertEquals(last + 2, keys.indexOfPut("/after", "value=1"));
    }

    @ParameterizedTest
    @EachProduct
    void shouldKeepAKeyThatIsRefreshed(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        keys.put("/kept", "value=1&ttl=1");
        keys.put("/kept", "refresh=true&ttl=1000");
        final long clock = keys.indexOfPut("/clock", "value=1&ttl=1");
        try (HttpConnection watch = keys.watch("/clock", "&waitIndex=" + (clock + 1))) {
            assertEquals("expire", JsonTree.at(JsonTree.parse(watch.readChunk()), "action"));
        }
        assertEquals("1", JsonTree.at(JsonTree.parse(keys.get("/kept").text()), "node", "value"));
    }

    @ParameterizedTest
    @EachProduct
    void shouldExpireAKeyWithATtlOfZeroAtOnce(final Product product) throws IOException {
        final Keys keys = new Keys(product.start(servers));
        final String reply = keys.put("/zero", "value=1&ttl=0").text();
        final long created = (long) JsonTree.at(JsonTree.parse(reply), "node", "createdIndex");

        assertTrue(reply.contains("\"expiration\":") && !reply.contains("\"ttl\":"), reply);
        try (HttpConnection watch = keys.watch("/zero", "&waitIndex=" + (created + 1))) {
            assertEquals("expire", JsonTree.at(JsonTree.parse(watch.readChunk()), "action"));
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldExpireAfterARestart(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        final Keys keys = new Keys(server);
        final long created = keys.indexOfPut("/gone", "value=1&ttl=1");
        keys.put("/stays", "value=1&ttl=1000");

        server.kill();
        server.start();

        try (HttpConnection watch = keys.watch("/gone", "&waitIndex=" + (created + 1))) {
            assertEquals("expire", JsonTree.at(JsonTree.parse(watch.readChunk()), "action"));
        }
        assertEquals(200, keys.get("/stays").status());
    }

    @Test
    void shouldMakeAKeyPermanentWhenItsTtlOverflows() throws IOException {
        final Keys keys = new Keys(Product.LARCH.start(servers));

        for (final String ttl :
                List.of(
                        "9223372036854775807",
                        "18446744073709551615",
                        "9223372036",
                        "99999999999999")) {
            final String reply = keys.put("/far", "value=1&ttl=" + ttl).text();
            final Object node = JsonTree.at(JsonTree.parse(reply), "node");
            assertNull(JsonTree.at(node, "expiration"), reply);
            assertNull(JsonTree.at(node, "ttl"), reply);
        }
    }
}
