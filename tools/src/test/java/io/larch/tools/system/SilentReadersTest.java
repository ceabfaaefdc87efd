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
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that ask for 44 MB each and never read: what waits for them is bounded in time. They are
 * cut, counted and logged when it is over; until then everybody else is served as before.
 */
@Tag("slow")
class SilentReadersTest {
    private static final int CLIENTS = 45;

    /** More than there is memory for at once. */
    private static final int MANY_CLIENTS = 700;

    /** A half of it is for answers. */
    private static final String LITTLE_MEMORY = "-XX:MaxDirectMemorySize=96m";

    private static final long BOUND_BYTES = 48 << 20;
    private static final int KEYS = 44;
    private static final String VALUE = "v".repeat(1_000_000);
    private static final String CUT = "larch_http_slow_readers_cut_total";
    private static final String WAITING = "larch_http_output_bytes";
    private static final String LINE = " connections of clients that do not read their answers";

    @RegisterExtension final Servers servers = new Servers();

    private final List<AutoCloseable> silent = new ArrayList<>();

    /** Two servers at once, since one of them lets its clients wait for half a minute. */
    @Test
    void shouldBeCutWhenTheirTimeIsOverOrTheirMemoryIsWanted() throws Exception {
        final ServerProcess patient = servers.larch().start();
        final ServerProcess small = servers.larchOnJava(LITTLE_MEMORY).start();
        try {
            askAndNeverRead(patient, CLIENTS);
            askAndNeverRead(small, MANY_CLIENTS);
            areCutForMemory(small);
            areCutInTime(patient);
        } finally {
            CloseHelper.closeAll(silent);
        }
    }

    private static void areCutInTime(final ServerProcess server) throws Exception {
        final Keys keys = new Keys(server);
        serves(server);
        LarchCluster.await("the end of the patience", () -> isCut(keys, CLIENTS));
        serves(server);
        assertTrue(server.log().contains(LINE), server.log());
        keys.await("memory of answers that nobody took", () -> keys.metric(WAITING) == 0);
    }

    /** Their sockets are full before long; from then on what waits for them is bounded. */
    private static void areCutForMemory(final ServerProcess server) throws Exception {
        final Keys keys = new Keys(server);
        final double[] most = new double[1];
        keys.await(
                "clients that are cut for others",
                () -> {
                    most[0] = Math.max(most[0], keys.metric(WAITING));
                    return keys.metric(CUT) > 0;
                });
        serves(server);
        assertTrue(server.log().contains(LINE), server.log());
        assertFalse(server.log().contains("fault of this server"), server.log());
        // What is on its way to sockets when it is too much is counted, too.
        assertTrue(most[0] <= BOUND_BYTES * 1.25, () -> "bytes that waited: " + most[0]);
    }

    private static void fill(final ServerProcess server) throws IOException {
        final Keys keys = new Keys(server);
        for (int i = 0; i < KEYS; i++) {
            assertEquals(201, keys.put("/list/" + i, "value=" + VALUE).status());
        }
    }

    private void askAndNeverRead(final ServerProcess server, final int clients) throws IOException {
        fill(server);
        for (int i = 0; i < clients; i++) {
            final HttpConnection client = new HttpConnection(server.url(), 30_000, 4_096);
            silent.add(client);
            client.sendRequest("GET", "/v2/keys/list?recursive=true", null, Map.of());
        }
    }

    private static void serves(final ServerProcess server) throws IOException {
        final Keys keys = new Keys(server);
        assertTrue(keys.put("/other", "value=1").status() < 300);
        final HttpReply listing = keys.get("/list?recursive=true");
        assertEquals(200, listing.status());
        assertTrue(listing.body().length > KEYS * VALUE.length());
    }

    private static boolean isCut(final Keys keys, final int clients) {
        try {
            return keys.metric(CUT) >= clients;
        } catch (final IOException e) {
            throw new IllegalStateException("no metrics", e);
        }
    }
}
