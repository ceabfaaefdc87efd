package io.larch.tools.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void shouldReadWhatServersSay() throws IOException {
        final Map<String, Object> reply =
                Json.object(
                        Json.parse(
                                "{\"index\":7,\"id\":18446744073709551615,\"name\":\"\\u00e9\","
                                        + "\"urls\":[\"a\",\"b\"],\"none\":null,\"yes\":true,\"index\":8}"));

        assertEquals(8, Json.number(reply.get("index")));
        assertEquals(-1, Json.unsigned(reply.get("id")));
        assertEquals("\u00e9", Json.text(reply.get("name")));
        assertEquals(List.of("a", "b"), Json.texts(reply.get("urls")));
        assertEquals(List.of(), Json.list(reply.get("none")));
        assertEquals(Boolean.TRUE, reply.get("yes"));
    }

    @Test
    void shouldRefuseWhatIsNotOneJsonValue() {
        for (final String text : List.of("", " ", "<html>", "{", "{} {}", "[1,]", "nul")) {
            assertThrows(IOException.class, () -> Json.parse(text), text);
        }
    }

    @Test
    void shouldRefuseAnotherShape() {
        assertThrows(IOException.class, () -> Json.object(Json.parse("[]")));
        assertThrows(IOException.class, () -> Json.list(Json.parse("{}")));
        assertThrows(IOException.class, () -> Json.text(Json.parse("1")));
        assertThrows(IOException.class, () -> Json.number(Json.parse("1.5")));
        assertThrows(IOException.class, () -> Json.number(Json.parse("18446744073709551615")));
        assertThrows(IOException.class, () -> Json.unsigned(Json.parse("-1")));
        assertThrows(IOException.class, () -> Json.unsigned(Json.parse("18446744073709551616")));
    }
}
