package io.larch.tools.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.larch.tools.tls.TestAuthority;
import io.larch.tools.tls.TlsContexts;
import io.larch.tools.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a server whose certificate is for 127.0.0.1 and localhost. */
class SecretExchangeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private TestAuthority authority;
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        final TestAuthority.Issued own = authority.server("server");
        server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 9);
        server.setHttpsConfigurator(
                new HttpsConfigurator(
                        TlsContexts.loadClient("test", TlsSettings.files(own.cert(), own.key(), ""))
                                .javaClient()
                                .get()));
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, 1);
                    exchange.getResponseBody().write('a');
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String get(final String host, final SSLContext tls) throws IOException {
        return new SimpleHttpClient(
                        TIMEOUT,
                        TIMEOUT,
                        null,
                        tls,
                        name -> new InetAddress[] {InetAddress.getByName("127.0.0.1")})
                .get(URI.create("https://" + host + ":" + server.getAddress().getPort() + "/"))
                .body();
    }

    @Test
    void shouldBelieveOnlyWhoHasTheNameThatWasAsked() throws Exception {
        final SSLContext trusting =
                TlsContexts.loadClient("test", TlsSettings.files("", "", authority.file()))
                        .javaClient()
                        .get();

        assertEquals("a", get("127.0.0.1", trusting));
        assertEquals("a", get("localhost", trusting));
        final IOException failure =
                assertThrows(SSLException.class, () -> get("elsewhere.example", trusting));
        assertTrue(failure.getMessage().contains("elsewhere.example"), failure.getMessage());
        assertThrows(SSLException.class, () -> get("127.0.0.1", null));
    }
}
