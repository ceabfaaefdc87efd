package io.larch.tools.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** JSON of stores that recorded files have not. */
class SnapshotJsonTest {
    private static StoredTree read(final String json) throws IOException {
        return SnapshotJson.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** As etcd 2.3 writes it, with a field more than 3.4. */
    private static String node(final String expiration, final String value, final String children) {
        return ("{\"Path\":\"/1\",\"CreatedIndex\":1,\"ModifiedIndex\":2,\"ExpireTime\":\"%s\","
                        + "\"ACL\":\"\",\"Value\":\"%s\",\"Children\":%s}")
                .formatted(expiration, value, children);
    }

    private static String store(final String children) {
        return "{\"Root\":%s,\"WatcherHub\":{\"EventHistory\":{\"StartIndex\":1}},\"CurrentIndex\":9}"
                .formatted(node("0001-01-01T00:00:00Z", "", children));
    }

    @Test
    void shouldReadMoreLevelsThanAStackHas() throws IOException {
        final int levels = 100_000;
        final String name = "{\"1\":";
        final String[] around = node("0001-01-01T00:00:00Z", "", name + "@}").split("@");
        final StoredTree tree =
                read(
                        store(
                                name
                                        + around[0].repeat(levels)
                                        + node("0001-01-01T00:00:00Z", "x", "null")
                                        + around[1].repeat(levels)
                                        + "}"));

        assertEquals("x", tree.find("/1".repeat(levels + 1)).value());
        assertEquals(9, tree.index());
    }

    @Test
    void shouldReadTimesOfAnyZone() throws IOException {
        final StoredTree tree =
                read(store("{\"a\":" + node("2026-11-29T17:10:29.9+01:00", "x", "null") + "}"));

        assertEquals(1_795_968_629_900_000_000L, tree.find("/a").expirationNanos());
        tree.expire(1_795_968_629_899_999_999L);
        assertTrue(tree.find("/a") != null);
        tree.expire(1_795_968_629_900_000_000L);
        assertTrue(tree.find("/a") == null);
        assertEquals(10, tree.index());
    }

    @Test
    void shouldRefuseWhatIsNoStore() {
        assertThrows(IOException.class, () -> read("{}"));
        assertThrows(IOException.class, () -> read("{\"Root\":{},\"CurrentIndex\":1}"));
        assertThrows(IOException.class, () -> read(store("null")));
        assertThrows(IOException.class, () -> read(store("{\"a\":[]}")));
        assertThrows(IOException.class, () -> read(store("{}").substring(0, 90)));
        assertThrows(
                IOException.class, () -> read(store("{\"a\":" + node("soon", "x", "null") + "}")));
    }
}
