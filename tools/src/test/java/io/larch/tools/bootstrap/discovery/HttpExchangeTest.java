package io.larch.tools.bootstrap.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server says which name it was asked by, and what for; nobody else is on its machine. */
class HttpExchangeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

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

    private static InetAddress[] resolve(final String... addresses) throws UnknownHostException {
        final InetAddress[] resolved = new InetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            resolved[i] = InetAddress.getByName(addresses[i]);
        }
        return resolved;
    }

    private HttpExchange exchange(final String... addresses) {
        return new HttpExchange(TIMEOUT, TIMEOUT, Proxy.NO_PROXY, host -> resolve(addresses));
    }

    private URI uri(final String pathAndQuery) {
        return URI.create("http://peer:" + server.getAddress().getPort() + pathAndQuery);
    }

    @Test
    void shouldGoOnToTheNextAddressOfAName() throws IOException {
        final String host = "peer:" + server.getAddress().getPort();
        final HttpExchange exchange = exchange("127.0.0.77", "127.0.0.78", "127.0.0.1");

        assertEquals(host + " /members?a=%20b", exchange.get(uri("/members?a=%20b")).body());
        assertEquals(host + " /keyvalue=1", exchange.put(uri("/key"), "value=1").body());
    }

    @Test
    void shouldSayThatNobodyIsAtAnyAddress() {
        final IOException failure =
                assertThrows(
                        IOException.class,
                        () -> exchange("127.0.0.77", "127.0.0.78").get(uri("/")));
        assertEquals("connection refused", HttpExchange.reason(failure));
    }
}
