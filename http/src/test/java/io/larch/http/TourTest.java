package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests and replies recorded from etcd 2.3.8, those of them that need no store. */
class TourTest {
    private static final Path TOUR =
            Path.of("..", "tools", "src", "test", "resources", "conformance", "tour.jsonl");

    /** One recorded exchange; maps hold strings or maps. */
    private record Exchange(Map<String, Object> fields) {
        String text(final String name) {
            return (String) fields.get(name);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> headers(final String name) {
            return (Map<String, Object>) fields.get(name);
        }

        int status() {
            return Integer.parseInt(text("status"));
        }

        boolean needsStore() {
            final String body = text("replyBody");
            final String type = (String) headers("replyHeaders").get("Content-Type");
            return text("path").startsWith("/v2/keys")
                            && "application/json".equals(type)
                            && !body.startsWith("{\"errorCode\":2")
                    || text("path").equals("/v2/stats/self")
                    || text("path").equals("/v2/stats/store");
        }
    }

    @Test
    void shouldAnswerAsRecorded() throws IOException {
        int compared = 0;
        for (final String line : Files.readAllLines(TOUR)) {
            final Exchange exchange = parse(line);
            if (!exchange.needsStore()) {
                compare(exchange, line);
                compared++;
            }
        }
        assertTrue(compared > 150, "compared " + compared);
    }

    private static void compare(final Exchange exchange, final String line) {
        try (Client client = new Client()) {
            final String reply = client.send(request(exchange));
            assertEquals(exchange.status(), Client.statusOf(reply), line);
            exchange.headers("replyHeaders")
                    .forEach(
                            (name, value) ->
                                    assertEquals(value, Client.headerOf(reply, name), line));
            assertEquals(exchange.text("replyBody"), Client.bodyOf(reply), line);
        }
    }

    private static String request(final Exchange exchange) {
        final StringBuilder text = new StringBuilder();
        text.append(exchange.text("method")).append(' ').append(latin1(exchange.text("path")));
        text.append(" HTTP/1.1\r\nHost: x\r\n");
        exchange.headers("headers")
                .forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        final String body = exchange.text("body");
        if (body == null) {
            return text.append("\r\n").toString();
        }
        if (!exchange.headers("headers").containsKey("Content-Type")) {
            text.append("Content-Type: application/x-www-form-urlencoded\r\n");
        }
        final String bytes = latin1(body);
        return text.append("Content-Length: " + bytes.length() + "\r\n\r\n" + bytes).toString();
    }

    private static String latin1(final String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static Exchange parse(final String line) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            parser.nextToken();
            return new Exchange(object(parser));
        }
    }

    private static Map<String, Object> object(final JsonParser parser) throws IOException {
        final Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final String name = parser.currentName();
            final JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                fields.put(name, object(parser));
            } else if (token == JsonToken.START_ARRAY) {
                final List<String> skipped = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    skipped.add(parser.getText());
                }
            } else {
                fields.put(name, token == JsonToken.VALUE_NULL ? null : parser.getText());
            }
        }
        return fields;
    }
}
