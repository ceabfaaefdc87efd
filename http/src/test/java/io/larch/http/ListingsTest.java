package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.http.Http2Client.Answer;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What says the same as something printed before is told by its text, with a head of its own. */
class ListingsTest {
    /** A reply to a read of the one key. */
    private record Told(String etcdIndex, String body) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellTheTextOfANumberAgain(final boolean isHttp2) {
        final Client client = new Client();
        if (isHttp2) {
            try (Http2Client http2 = new Http2Client(client, new Http2Settings())) {
                check(client.engine, http2);
            }
        } else {
            try (client) {
                check(client);
            }
        }
    }

    private static void check(final Client client) {
        check(
                client.engine,
                value -> client.form("PUT", "/v2/keys/a", "value=" + value),
                () -> {
                    final String reply = client.get("/v2/keys/a");
                    return new Told(Client.headerOf(reply, "X-Etcd-Index"), Client.bodyOf(reply));
                });
    }

    private static void check(final FakeEngine engine, final Http2Client client) {
        check(
                engine,
                value -> client.form("PUT", "/v2/keys/a", "value=" + value),
                () -> {
                    final Answer answer = client.get("/v2/keys/a");
                    return new Told(
                            answer.header("x-etcd-index").toString(), answer.body.toString());
                });
    }

    private static void check(
            final FakeEngine engine, final Consumer<String> put, final Supplier<Told> get) {
        engine.listing = 7;
        put.accept("x");
        final Told first = get.get();
        assertEquals(new Told("4", text("x", 4)), first);
        assertEquals(first, get.get());

        // The number is what tells: an engine never lets it stand for anything else.
        put.accept("y");
        assertEquals(new Told("5", text("x", 4)), get.get());

        engine.listing = 8;
        final Told second = new Told("5", text("y", 5));
        assertEquals(second, get.get());
        assertEquals(second, get.get());
        engine.listing = 7;
        assertEquals(new Told("5", text("x", 4)), get.get());
        engine.listing = 0;
        put.accept("z");
        assertEquals(new Told("6", text("z", 6)), get.get());
    }

    private static String text(final String value, final int index) {
        return "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\""
                + value
                + "\",\"modifiedIndex\":"
                + index
                + ",\"createdIndex\":"
                + index
                + "}}\n";
    }

    @Test
    void shouldTellTheLengthOfAKnownTextToHead() {
        try (Client client = new Client()) {
            client.engine.listing = 7;
            client.form("PUT", "/v2/keys/a", "value=x");
            final String reply = client.get("/v2/keys/a");
            final String head = client.send("HEAD /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(
                    Client.headerOf(reply, "Content-Length"),
                    Client.headerOf(head, "Content-Length"));
            assertEquals("", Client.bodyOf(head));
        }
    }
}
