package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The v3 keys and leases of a server, by its JSON gateway. */
public record KvServer(ServerProcess process) {
    private static final SimpleHttpClient CLIENT = new SimpleHttpClient(Duration.ofSeconds(30));

    public static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A request, or the part of one, that puts a key. */
    public static String put(final String key, final String value, final long lease) {
        return "{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%d\"}"
                .formatted(base64(key), base64(value), lease);
    }

    /** An operation of a transaction. */
    public static String asPut(final String put) {
        return "{\"request_put\":" + put + "}";
    }

    public static String success(final String... operations) {
        return "\"success\":[" + String.join(",", operations) + "]";
    }

    /** Calls a method, such as {@code kv/put}. */
    public Map<String, Object> ask(final String method, final String json) throws IOException {
        final HttpReply reply =
                CLIENT.exchange(
                        "POST",
                        URI.create(process.url() + "/v3/" + method),
                        Map.of("Content-Type", "application/json"),
                        json);
        assertEquals(200, reply.status(), reply::body);
        return Json.object(Json.parse(reply.body()));
    }

    public void grant(final long id, final long seconds) throws IOException {
        ask("lease/grant", "{\"ID\":\"%d\",\"TTL\":\"%d\"}".formatted(id, seconds));
    }

    /** Of each key its value and its lease, and of each lease its time. */
    public Map<String, Object> content() throws IOException {
        final Map<String, Object> content = new TreeMap<>();
        final Map<String, Object> reply =
                ask("kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\"}");
        for (final Object each : Json.list(reply.get("kvs"))) {
            final Map<String, Object> kv = Json.object(each);
            content.put(
                    (String) kv.get("key"),
                    kv.getOrDefault("value", "") + " " + kv.getOrDefault("lease", "0"));
        }
        final TreeSet<String> leases = new TreeSet<>();
        for (final Object each : Json.list(ask("lease/leases", "{}").get("leases"))) {
            final Object id = Json.object(each).get("ID");
            leases.add(
                    id
                            + " "
                            + ask("lease/timetolive", "{\"ID\":\"" + id + "\"}").get("grantedTTL"));
        }
        content.put("leases", leases);
        return content;
    }
}
