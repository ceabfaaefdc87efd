package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.process.SocketTransport;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever serves the sockets, clients see the same. */
@Tag("slow")
class SocketsTest {
    private static final int LONG = 900_000;

    @RegisterExtension final Servers servers = new Servers();

    /** Short and long requests and answers, one behind the other, and an event. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldServeBy(final String sockets) throws IOException {
        assumeTrue(isAvailable(sockets), () -> "has no " + sockets);
        final ServerProcess server = servers.larch("--sockets", sockets).start();
        final Keys keys = new Keys(server);
        final String value = "v".repeat(LONG);

        assertTrue(server.log().contains("sockets = " + sockets + "\n"), server::log);
        try (HttpConnection watch = keys.watch("/long", "")) {
            assertEquals(201, keys.put("/long", "value=" + value).status());
            assertTrue(chunks(watch).contains(value));
        }
        assertTrue(keys.get("/long").text().contains(value));
        assertEquals(200, keys.put("/long", "value=short").status());
        assertTrue(keys.get("/long?quorum=true").text().contains("\"short\""));
        server.kill();
        server.start();
        assertTrue(keys.get("/long").text().contains("\"short\""));
    }

    @Test
    @Tag("fused-only")
    void shouldRefuseRingsWhereConnectionsAreHandedOver() throws IOException {
        assumeTrue(SocketTransport.IO_URING.isAvailable(), "has no io_uring");
        final ServerProcess server =
                servers.larch("--sockets", "io_uring", "--peer-transport", "tcp").launch();

        assertEquals(1, server.exitStatus());
        assertTrue(
                server.log().contains("C | larchd: -sockets=io_uring cannot serve peer URLs"),
                server::log);
        final ServerProcess check =
                servers.larch("--sockets", "io_uring", "--peer-transport", "tcp", "--check-config")
                        .launch();
        assertEquals(1, check.exitStatus());
        assertTrue(
                check.log().contains("problem: -sockets=io_uring cannot serve peer URLs"),
                check::log);
    }

    private static String chunks(final HttpConnection watch) throws IOException {
        final StringBuilder all = new StringBuilder();
        for (String next = watch.readChunk(); next != null; next = watch.readChunk()) {
            all.append(next);
        }
        return all.toString();
    }

    private static boolean isAvailable(final String sockets) {
        return SocketTransport.valueOf(sockets.toUpperCase(Locale.ROOT)).isAvailable();
    }
}
