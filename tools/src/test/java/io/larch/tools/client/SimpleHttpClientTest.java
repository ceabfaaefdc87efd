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
import java.util.concurrent.atomic.AtomicReference;
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

    private String bodyOf(final String reply) throws IOException {
        try (ServerSocket server = answering(reply)) {
            return exchange("127.0.0.1").get(uri(server, "/")).body();
        }
    }

    @Test
    void shouldReadABodyHoweverItIsFramed() throws IOException {
        assertEquals("ab", bodyOf("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc"));
        assertEquals("abc", bodyOf("HTTP/1.0 200 OK\r\n\r\nabc"));
        assertEquals(
                "abcdefghijkl",
                bodyOf(
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
                                + "A;x=y\r\nabcdefghij\r\n002\r\nkl\r\n0\r\nX: y\r\n\r\nz"));
        assertEquals("", bodyOf("HTTP/1.1 204 No Content\r\n\r\nabc"));
        assertEquals(
                "a",
                bodyOf(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\n"
                                + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"));
    }

    @Test
    void shouldTakeNoHalfOrGarbledReplyForAReply() {
        for (final String reply :
                List.of(
                        "",
                        "SSH-2.0-x\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                        "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nabc",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
                        "HTTP/1.1 200 OK\r\nX: " + "y".repeat(300_000) + "\r\n\r\n")) {
            assertThrows(IOException.class, () -> bodyOf(reply), reply);
        }
    }

    /** A proxy is told of the whole URL, and of TLS only where it leads to. */
    @Test
    void shouldAskAProxy() throws IOException {
        final InetSocketAddress proxy =
                new InetSocketAddress("127.0.0.1", server.getAddress().getPort());
        final SimpleHttpClient client =
                new SimpleHttpClient(
                        TIMEOUT,
                        TIMEOUT,
                        proxy,
                        null,
                        host -> {
                            throw new UnknownHostException(host);
                        });

        assertEquals(
                "far.example:81 http://far.example:81/a?b",
                client.get(URI.create("http://far.example:81/a?b")).body());
        try (ServerSocket refusing = answering("HTTP/1.1 403 Forbidden\r\n\r\n")) {
            final IOException failure =
                    assertThrows(
                            IOException.class,
                            () ->
                                    new SimpleHttpClient(
                                                    TIMEOUT,
                                                    TIMEOUT,
                                                    new InetSocketAddress(
                                                            "127.0.0.1", refusing.getLocalPort()))
                                            .get(URI.create("https://far.example/")));
            assertEquals("the proxy lets nobody through: status 403", failure.getMessage());
        }
    }

    @Test
    void shouldEndWithWhoWaitsForIt() throws Exception {
        try (ServerSocket silent = answering("", true)) {
            final AtomicReference<IOException> failure = new AtomicReference<>();
            final Thread asking =
                    new Thread(
                            () ->
                                    failure.set(
                                            assertThrows(
                                                    IOException.class,
                                                    () ->
                                                            exchange("127.0.0.1")
                                                                    .get(uri(silent, "/")))));
            asking.start();
            while (accepted.get() == 0) {
                Thread.onSpinWait();
            }
            asking.interrupt();
            asking.join();
            assertEquals("interrupted", failure.get().getMessage());
        }
    }
}
