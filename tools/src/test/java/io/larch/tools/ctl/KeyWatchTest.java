package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyWatchTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private Keys keys;

    /** Every second watch ends without an event; the others have one, at index 7. */
    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v2/keys",
                exchange -> {
                    asked.add(exchange.getRequestURI().getRawQuery());
                    final byte[] event =
                            "{\"action\":\"set\",\"node\":{\"key\":\"/k\",\"modifiedIndex\":7}}"
                                    .getBytes(StandardCharsets.UTF_8);
                    final boolean isEmpty = asked.size() % 2 == 1;
                    exchange.sendResponseHeaders(200, isEmpty ? -1 : event.length);
                    if (!isEmpty) {
                        exchange.getResponseBody().write(event);
                    }
                    exchange.close();
                });
        server.start();
        final Cluster cluster =
                new Cluster(
                        List.of("http://127.0.0.1:" + server.getAddress().getPort()),
                        new Cluster.Settings(
                                Duration.ofSeconds(60), Duration.ZERO, null, "", line -> {}));
        keys = new Keys(cluster, Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldGoOnBehindTheLastEvent() throws IOException {
        final KeyWatch watch = keys.watch("/k", true, 0);

        assertEquals(7, watch.next().node().modifiedIndex());
        assertEquals(7, watch.next().node().modifiedIndex());
        assertEquals(
                List.of(
                        "recursive=true&wait=true&waitIndex=0",
                        "recursive=true&wait=true&waitIndex=0",
                        "recursive=true&wait=true&waitIndex=8",
                        "recursive=true&wait=true&waitIndex=8"),
                asked);
    }

    @Test
    void shouldBeginBehindAnIndex() throws IOException {
        keys.watch("/k", false, 3).next();

        assertEquals("recursive=false&wait=true&waitIndex=4", asked.get(0));
    }
}
