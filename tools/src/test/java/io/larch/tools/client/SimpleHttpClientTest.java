package io.larch.tools.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server says which name it was asked by, and what for; nobody else is on its machine. */
class SimpleHttpClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final AtomicInteger accepted = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 9);
        server.createContext(
                "/",
                exchange -> {
                    final String body =
                            exchange.getRequestHeaders().getFirst("Host")
                                    + " "
                                    + exchange.getRequestURI()
                                    + new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8);
                    // It closes when it was asked to, and has to say so.
                    exchange.getResponseHeaders().set("Connection", "close");
                    exchange.sendResponseHeaders(200, body.length());
                    exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** A server that says one thing to everybody who has sent a request, and then closes. */
    private ServerSocket answering(final String reply) throws IOException {
        return answering(reply, false);
    }

    /** The same; a silent one does not close until its client does. */
    private ServerSocket answering(final String reply, final boolean isSilent) throws IOException {
        final ServerSocket socket = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.1"));
        final Thread thread =
                new Thread(
                        () -> {
                            while (!socket.isClosed()) {
                                try (Socket client = socket.accept()) {
                                    accepted.incrementAndGet();
                                    final InputStream in = client.getInputStream();
                                    // Head and body of the short requests here come at once.
                                    in.read(new byte[4096]);
                                    client.getOutputStream()
                                            .write(reply.getBytes(StandardCharsets.US_ASCII));
                                    while (isSilent && in.read() >= 0) {}
                                } catch (final IOException e) {
                                    // The client has closed, or the test is over.
                                }
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        return socket;
    }

    private static URI uri(final ServerSocket socket, final String path) {
        return URI.create("http://peer:" + socket.getLocalPort() + path);
    }

    private static InetAddress[] resolve(final String... addresses) throws UnknownHostException {
        final InetAddress[] resolved = new InetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            resolved[i] = InetAddress.getByName(addresses[i]);
        }
        return resolved;
    }

    private SimpleHttpClient exchange(final String... addresses) {
        return new SimpleHttpClient(TIMEOUT, TIMEOUT, null, null, host -> resolve(addresses));
    }

    private URI uri(final String pathAndQuery) {
        return URI.create("http://peer:" + server.getAddress().getPort() + pathAndQuery);
    }

    @Test
    void shouldGoOnToTheNextAddressOfAName() throws IOException {
        final String host = "peer:" + server.getAddress().getPort();
        final SimpleHttpClient exchange = exchange("127.0.0.77", "127.0.0.78", "127.0.0.1");

        assertEquals(host + " /members?a=%20b", exchange.get(uri("/members?a=%20b")).body());
        assertEquals(host + " /keyvalue=1", exchange.put(uri("/key"), "value=1").body());
    }

    @Test
    void shouldAskANameThatJavaTakesForNone() throws IOException {
        final String authority = "etcd_1:" + server.getAddress().getPort();

        assertEquals(
                authority + " /members",
                exchange("127.0.0.1").get(URI.create("http://" + authority + "/members")).body());
    }

    @Test
    void shouldKeepMethodAndBodyWhenItIsRedirected() throws IOException {
        for (final int status : List.of(301, 302, 303, 307, 308)) {
            try (ServerSocket leader =
                    answering(
                            "HTTP/1.1 "
                                    + status
                                    + " -\r\nLocation: "
                                    + uri("/elsewhere")
                                    + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")) {
                assertEquals(
                        "peer:" + server.getAddress().getPort() + " /elsewherevalue=1",
                        exchange("127.0.0.1").put(uri(leader, "/key"), "value=1").body());
            }
        }
    }

    @Test
    void shouldNotRepeatWhatMayHaveBeenHeard() throws IOException {
        try (ServerSocket deaf = answering("")) {
            final SimpleHttpClient client = exchange("127.0.0.1", "127.0.0.1");

            assertThrows(IOException.class, () -> client.put(uri(deaf, "/key"), "value=1"));
        }
        assertEquals(1, accepted.get());
    }

    @Test
    void shouldNotWaitForeverForTheRestOfAReply() throws IOException {
        final Duration shortly = Duration.ofMillis(300);
        try (ServerSocket slow =
                answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", true)) {
            final SimpleHttpClient client =
                    new SimpleHttpClient(
                            TIMEOUT, shortly, null, null, host -> resolve("127.0.0.1"));

            final IOException failure =
                    assertThrows(IOException.class, () -> client.get(uri(slow, "/")));
            assertEquals("no answer in time", SimpleHttpClient.reason(failure));
        }
    }

    @Test
    void shouldSayThatANameIsUnknown() {
        final SimpleHttpClient client =
                new SimpleHttpClient(
                        TIMEOUT,
                        TIMEOUT,
                        null,
                        null,
                        host -> {
                            throw new UnknownHostException(host);
                        });

        final IOException failure = assertThrows(IOException.class, () -> client.get(uri("/")));
        assertEquals("no such host: peer", SimpleHttpClient.reason(failure));
    }

    @Test
    void shouldSayThatNobodyIsAtAnyAddress() {
        final IOException failure =
                assertThrows(
                        IOException.class,
                        () -> exchange("127.0.0.77", "127.0.0.78").get(uri("/")));
        assertEquals("connection refused", SimpleHttpClient.reason(failure));
    }
}
