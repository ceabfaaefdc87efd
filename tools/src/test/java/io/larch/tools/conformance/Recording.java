package io.larch.tools.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a real etcd answered to a list of requests: JSON lines, one exchange each, in order from an
 * empty store.
 */
public final class Recording {
    private static final JsonFactory JSON = new JsonFactory();

    private Recording() {}

    /** Read a recording from the class path, by the name of its file. */
    public static List<Exchange> resource(final String name) throws IOException {
        try (InputStream in = Recording.class.getResourceAsStream("/conformance/" + name)) {
            if (in == null) {
                throw new IOException("no such recording: " + name);
            }
            return read(in);
        }
    }

    /** Read a recording from a file. */
    public static List<Exchange> file(final Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return read(in);
        }
    }

    private static List<Exchange> read(final InputStream in) throws IOException {
        final List<Exchange> exchanges = new ArrayList<>();
        final BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.isBlank()) {
                exchanges.add(parse(line));
            }
        }
        return exchanges;
    }

    private static Exchange parse(final String line) throws IOException {
        final Map<String, Object> fields = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                final String name = parser.currentName();
                final JsonToken token = parser.nextToken();
                fields.put(
                        name,
                        token == JsonToken.START_OBJECT
                                ? strings(parser)
                                : parser.getValueAsString());
            }
        }
        return new Exchange(
                (String) fields.get("method"),
                (String) fields.get("path"),
                (String) fields.get("body"),
                stringMap(fields.get("headers")),
                Integer.parseInt((String) fields.get("status")),
                stringMap(fields.get("replyHeaders")),
                (String) fields.get("replyBody"));
    }

    private static Map<String, String> strings(final JsonParser parser) throws IOException {
        final Map<String, String> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            final String name = parser.currentName();
            parser.nextToken();
            map.put(name, parser.getValueAsString());
        }
        return map;
    }

    private static Map<String, String> stringMap(final Object value) {
        final Map<String, String> map = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((name, text) -> map.put((String) name, (String) text));
        return map;
    }
}
