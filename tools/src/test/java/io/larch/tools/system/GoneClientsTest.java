package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that ask and are gone, in every order of request, reply, half-close, close and reset:
 * each descriptor and each watcher is free again, without a change of any key.
 */
@Tag("slow")
class GoneClientsTest {
    private static final int ROUNDS = 4;
    private static final String HOST = " HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String WATCH = "GET /v2/keys/gone?wait=true" + HOST;
    private static final String READ = "GET /v2/keys/none" + HOST;
    private static final String WRITE =
            "PUT /v2/keys/written HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\nvalue=1";

    private static final List<String> REQUESTS =
            List.of(
                    WATCH,
                    "GET /v2/keys/gone?wait=true&stream=true&recursive=true" + HOST,
                    "GET /v2/keys/none?quorum=true" + HOST,
                    READ,
                    WRITE,
                    "GET /v2/members" + HOST,
                    "PUT /v2/keys/written HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\nval");

    @RegisterExtension final Servers servers = new Servers();

    private enum End {
        CLOSE,
        RESET,
        HALF_CLOSE,
        HALF_CLOSE_AND_CLOSE,
        HALF_CLOSE_AND_RESET
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "nio"})
    void shouldFreeWhatTheyHeld(final String sockets) throws Exception {
        final ServerProcess server = servers.larch("--sockets", sockets).start();
        final Keys keys = new Keys(server);
        keys.put("/written", "value=0");
        keys.awaitWatchers(0);
        final int before = sockets(server);
        final List<Socket> halfClosed = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (final End end : End.values()) {
                for (final String request : REQUESTS) {
                    for (final String all : sequences(request)) {
                        final Socket socket = connect(server.url());
                        socket.getOutputStream().write(all.getBytes(StandardCharsets.US_ASCII));
                        if (round % 2 == 1) {
                            awaitReply(socket, request);
                        }
                        end(socket, end);
                        if (!socket.isClosed()) {
                            halfClosed.add(socket);
                        }
                    }
                }
            }
        }
        for (final Socket socket : halfClosed) {
            socket.getInputStream().readAllBytes();
            socket.close();
        }
        keys.awaitWatchers(0);
        keys.await("sockets of a server without clients", () -> sockets(server) <= before);
        assertEquals(200, keys.put("/written", "value=1").status());
    }

    /** A request alone, before and behind others. */
    private static List<String> sequences(final String request) {
        return List.of(request, READ + request, WRITE + request, WATCH + request, request + READ);
    }

    private static Socket connect(final URI url) throws IOException {
        final Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Reads a byte, so that the request has been taken; nobody answers a piece of one. */
    private static void awaitReply(final Socket socket, final String request) throws IOException {
        if (!request.endsWith("val")) {
            socket.getInputStream().read();
        }
    }

    private static void end(final Socket socket, final End end) throws IOException {
        switch (end) {
            case CLOSE -> socket.close();
            case RESET -> reset(socket);
            case HALF_CLOSE -> socket.shutdownOutput();
            case HALF_CLOSE_AND_CLOSE -> {
                socket.shutdownOutput();
                socket.close();
            }
            case HALF_CLOSE_AND_RESET -> {
                socket.shutdownOutput();
                reset(socket);
            }
        }
    }

    private static void reset(final Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static int sockets(final ServerProcess server) throws IOException {
        int count = 0;
        try (Stream<Path> files = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            for (final Path file : files.toList()) {
                count += isSocket(file) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isSocket(final Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (final NoSuchFileException closed) {
            return false;
        }
    }
}
