package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store whose answer does not come to its end. */
class BrokenAnswerTest {
    private static final String BEGINNING =
            "{\"action\":\"get\",\"node\":{\"dir\":true,\"nodes\":[{\"key\":\"/a\",\"value\":\"1\"},";

    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(final String body, final boolean isSilentThen) {
        server.createContext(
                "/v2/keys",
                exchange -> {
                    exchange.getResponseHeaders().set("X-Etcd-Index", "7");
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    if (isSilentThen) {
                        try {
                            end.await();
                        } catch (final InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    exchange.close();
                });
    }

    private Picture picture() throws IOException {
        final URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return V2Pictures.open(
                new V2Client(
                        new Site(
                                "source",
                                List.of(url),
                                null,
                                "",
                                Duration.ofMillis(500),
                                Duration.ofMinutes(1))),
                "/",
                0);
    }

    @Test
    void shouldNotWaitForEverForTheRest() throws IOException {
        answer(BEGINNING, true);
        try (Picture picture = picture()) {
            final TransferException e =
                    assertThrows(TransferException.class, () -> Digest.of(picture));

            assertEquals(Kind.UNREACHABLE, e.kind());
            assertTrue(e.getMessage().startsWith("the source broke off"), e.getMessage());
        }
    }

    @Test
    void shouldNotTakeHalfAnAnswerForAWhole() throws IOException {
        answer(BEGINNING.substring(0, BEGINNING.length() - 1), false);
        try (Picture picture = picture()) {
            assertEquals(Entry.file("/a", "1"), picture.next());

            assertThrows(IOException.class, picture::next);
        }
    }
}
