package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("slow")
class ServerExitTest {
    private static final int ENDED_BY_SIGTERM = 143;

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldEndByTheSignalAfterAnOrderlyStop() throws IOException {
        final ServerProcess larch = servers.larch().start();

        assertEquals(ENDED_BY_SIGTERM, larch.terminate());
        assertTrue(
                larch.log().contains("N | larchd: received terminated signal, shutting down..."));
    }

    @Test
    void shouldSayThatAPortIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String url = "http://127.0.0.1:" + taken.getLocalPort();
            final ServerProcess larch =
                    servers.larch("--listen-client-urls", url, "--advertise-client-urls", url)
                            .launch();

            assertEquals(1, larch.exitStatus());
            assertTrue(
                    larch.log()
                            .contains(
                                    "C | larchd: listen tcp 127.0.0.1:"
                                            + taken.getLocalPort()
                                            + ": bind: address already in use"),
                    larch.log());
        }
    }

    @Test
    void shouldExitWithUsageForAnUnknownFlag() throws IOException {
        final ServerProcess larch = servers.larch("-bogus").launch();

        assertEquals(2, larch.exitStatus());
        assertTrue(larch.log().startsWith("flag provided but not defined: -bogus\nusage: "));
    }
}
