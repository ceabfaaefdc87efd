package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A connection without a word is probed long before a firewall would forget it. */
@Tag("slow")
class KeepAliveTest {
    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldProbeIdleConnectionsOfClientsAndPeers() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ss")) || Servers.arePeersRequired(),
                "needs ss");
        final ServerProcess server = servers.larch().start();
        final List<String> command = server.command();
        for (final String flag : List.of("--listen-client-urls", "--listen-peer-urls")) {
            checkTimer(URI.create(command.get(command.indexOf(flag) + 1)));
        }
    }

    private static void checkTimer(final URI url) throws IOException, InterruptedException {
        try (Socket client = new Socket(url.getHost(), url.getPort())) {
            client.getOutputStream().write("GET /version HTTP/1.1\r\nHost: h\r\n\r\n".getBytes());
            client.getInputStream().read();
            final String sockets =
                    Command.run(
                                    Map.of(),
                                    List.of(
                                            "ss",
                                            "-Htno",
                                            "state",
                                            "established",
                                            "sport = :" + url.getPort(),
                                            "and",
                                            "dport = :" + client.getLocalPort()))
                            .output();
            // "timer:(keepalive,29sec,0)", in minutes if there are some.
            assertTrue(sockets.matches("(?s).*timer:\\(keepalive,[0-9.]+(sec|ms),0\\).*"), sockets);
        }
    }
}
