package io.larch.tools.transfer;

import io.larch.tools.client.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Writes v3 keys of a store in this process as text, and tells what it has. */
final class KvStoreText {
    private final FaultyStore store;

    KvStoreText(final FaultyStore store) {
        this.store = store;
    }

    static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String put(final String key, final String value, final long lease) {
        return "{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%d\"}"
                .formatted(base64(key), base64(value), lease);
    }

    /** Returns the revision. */
    long set(final String key, final String value) throws IOException {
        return set(key, value, 0);
    }

    long set(final String key, final String value, final long lease) throws IOException {
        return revision(store.call("kv/put", put(key, value, lease)));
    }

    long delete(final String from, final String end) throws IOException {
        return revision(
                store.call(
                        "kv/deleterange",
                        "{\"key\":\"%s\",\"range_end\":\"%s\"}"
                                .formatted(base64(from), base64(end))));
    }

    /** Puts keys, each with its name as its value, in one revision. */
    long setTogether(final String... keys) throws IOException {
        final StringBuilder puts = new StringBuilder();
        for (final String key : keys) {
            puts.append(puts.length() == 0 ? "" : ",")
                    .append("{\"request_put\":" + put(key, key, 0) + "}");
        }
        return revision(store.call("kv/txn", "{\"success\":[" + puts + "]}"));
    }

    void compact(final long revision) throws IOException {
        store.call("kv/compaction", "{\"revision\":\"%d\"}".formatted(revision));
    }

    void grant(final long lease, final long seconds) throws IOException {
        store.call("lease/grant", "{\"ID\":\"%d\",\"TTL\":\"%d\"}".formatted(lease, seconds));
    }

    void revoke(final long lease) throws IOException {
        store.call("lease/revoke", "{\"ID\":\"%d\"}".formatted(lease));
    }

    String grantedSeconds(final long lease) throws IOException {
        return String.valueOf(
                store.call("lease/timetolive", "{\"ID\":\"%d\"}".formatted(lease))
                        .get("grantedTTL"));
    }

    static long revision(final Map<String, Object> reply) throws IOException {
        return Long.parseLong(Json.text(Json.object(reply.get("header")).get("revision")));
    }

    long revision() throws IOException {
        return revision(all());
    }

    private Map<String, Object> all() throws IOException {
        return store.call("kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\"}");
    }

    /** A field of each key, by its name. */
    Map<String, String> field(final String name) throws IOException {
        final Map<String, String> fields = new TreeMap<>();
        for (final Object each : Json.list(all().get("kvs"))) {
            final Map<String, Object> kv = Json.object(each);
            final Object field = kv.get(name);
            fields.put(
                    text(kv.get("key")),
                    name.equals("value") ? text(field) : String.valueOf(field));
        }
        return fields;
    }

    /** Of each key its value. */
    Map<String, String> values() throws IOException {
        return field("value");
    }

    private static String text(final Object base64) {
        return base64 == null
                ? ""
                : new String(Base64.getDecoder().decode((String) base64), StandardCharsets.UTF_8);
    }
}
