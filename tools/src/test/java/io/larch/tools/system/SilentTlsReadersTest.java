package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@link SilentReadersTest} shows, within TLS: clients that ask for 20 MB each and never read
 * are cut off for the memory that they hold, and whoever reads gets every byte.
 */
@Tag("slow")
@Tag("fused-only")
@Timeout(120)
class SilentTlsReadersTest {
    private static final int MOST_CLIENTS = 200;
    private static final int CLIENTS_AT_ONCE = 20;

    /** A half of it is for answers. */
    private static final String LITTLE_MEMORY = "-XX:MaxDirectMemorySize=48m";

    private static final long BOUND_BYTES = 24 << 20;
    private static final int KEYS = 20;
    private static final int VALUE_BYTES = 1_000_000;
    private static final String CUT = "larch_http_slow_readers_cut_total";
    private static final String WAITING = "larch_http_output_bytes";

    @RegisterExtension final Servers servers = Servers.overTls();

    @Test
    void shouldBeCutWhenTheirMemoryIsWantedAndOthersServed() throws Exception {
        final ServerProcess server = servers.larchOnJava(LITTLE_MEMORY).start();
        final Keys keys = new Keys(server);
        for (int i = 0; i < KEYS; i++) {
            assertEquals(201, keys.put("/list/" + i, "value=" + value(i)).status());
        }
        final List<AutoCloseable> silent = new ArrayList<>();
        try {
            final double[] most = new double[1];
            while (silent.size() < MOST_CLIENTS && keys.metric(CUT) == 0) {
                for (int i = 0; i < CLIENTS_AT_ONCE; i++) {
                    final HttpConnection client = new HttpConnection(server.url(), 30_000, 4_096);
                    silent.add(client);
                    client.sendRequest("GET", "/v2/keys/list?recursive=true", null, Map.of());
                }
                most[0] = Math.max(most[0], keys.metric(WAITING));
            }
            keys.await(
                    "clients that are cut for others",
                    () -> {
                        most[0] = Math.max(most[0], keys.metric(WAITING));
                        return keys.metric(CUT) > 0;
                    });
            serves(keys);
            assertTrue(
                    server.log().contains(" connections of clients that do not read their answers"),
                    server::log);
            assertFalse(server.log().contains("fault of this server"), server::log);
            // What is on its way to sockets when it is too much is counted, too.
            assertTrue(most[0] <= BOUND_BYTES * 1.25, () -> "bytes that waited: " + most[0]);
        } finally {
            CloseHelper.closeAll(silent);
        }
        keys.await("memory of answers that nobody took", () -> keys.metric(WAITING) == 0);
    }

    private static String value(final int key) {
        return Character.toString('a' + key).repeat(VALUE_BYTES);
    }

    private static void serves(final Keys keys) throws IOException {
        assertEquals(201, keys.put("/other", "value=1").status());
        final HttpReply listing = keys.get("/list?recursive=true");
        assertEquals(200, listing.status());
        final String text = listing.text();
        for (int i = 0; i < KEYS; i++) {
            assertTrue(text.contains('"' + value(i) + '"'), "the value of " + i + " is whole");
        }
    }
}
