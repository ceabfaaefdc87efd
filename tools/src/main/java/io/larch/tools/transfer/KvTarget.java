package io.larch.tools.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.client.Json;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A store by its v3 API, as its JSON gateway has it. Used by one thread. */
final class KvTarget {
    private static final int INVALID_ARGUMENT = 3;
    private static final int NOT_FOUND = 5;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int FAILED_PRECONDITION = 9;
    private static final int LEASES_PER_REQUEST = 1_000;
    private static final Pattern TOO_LARGE =
            Pattern.compile("too many operations|too large|larger than max");
    private static final JsonFactory JSON = new JsonFactory();

    private final V2Client client;

    KvTarget(final V2Client client) {
        this.client = client;
    }

    /**
     * What a store has of a key.
     *
     * @param value null: it was not asked for.
     */
    record Found(byte[] key, byte[] value, long lease) {}

    /**
     * Some keys of a range, in their order.
     *
     * @param cluster whose they are.
     * @param hasMore whether there are more behind them.
     */
    record Page(String cluster, List<Found> keys, boolean hasMore) {}

    /** A change of a key: a put, or a deletion if there is no value. */
    record Change(byte[] key, byte[] value, long lease) {
        int length() {
            return key.length + (value == null ? 0 : value.length);
        }
    }

    /** A transaction has more in it than the store takes. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(final String reason) {
            super(reason);
        }
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static String json(final Writing writing) throws IOException {
        final StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            writing.write(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void bytes(final JsonGenerator json, final String name, final byte[] value)
            throws IOException {
        json.writeStringField(name, Base64.getEncoder().encodeToString(value));
    }

    private Map<String, Object> ask(final String what, final String path, final String json)
            throws IOException {
        final StoreReply reply = client.post(path, json);
        if (!reply.isSuccess()) {
            throw refused(what, reply);
        }
        return reply.fields();
    }

    private TransferException refused(final String what, final StoreReply reply) {
        final String advice =
                switch (code(reply)) {
                    case RESOURCE_EXHAUSTED -> "; make room, then run the same again";
                    default ->
                            reply.fields().containsKey("code")
                                    ? ""
                                    : "; has it the v3 API, and its JSON gateway?";
                };
        return new TransferException(
                Kind.REFUSED,
                "the %s refuses %s: %s%s"
                        .formatted(client.site().name(), what, reply.reason(), advice));
    }

    private static int code(final StoreReply reply) {
        return reply.fields().get("code") instanceof Integer code ? code : 0;
    }

    /**
     * Reads keys from one on.
     *
     * @param end see {@link KvRange#end}.
     */
    Page page(final byte[] from, final byte[] end, final int limit, final boolean withValues)
            throws IOException {
        final Map<String, Object> reply =
                ask(
                        "to list keys",
                        "/v3/kv/range",
                        json(
                                json -> {
                                    bytes(json, "key", from);
                                    bytes(json, "range_end", end);
                                    json.writeNumberField("limit", limit);
                                    json.writeBooleanField("keys_only", !withValues);
                                }));
        final List<Found> keys = new ArrayList<>();
        for (final Object each : Json.list(reply.get("kvs"))) {
            final Map<String, Object> kv = Json.object(each);
            keys.add(
                    new Found(
                            bytes(kv.get("key")),
                            withValues ? bytes(kv.get("value")) : null,
                            number(kv.get("lease"))));
        }
        final Object cluster = Json.object(reply.get("header")).get("cluster_id");
        return new Page(String.valueOf(cluster), keys, Boolean.TRUE.equals(reply.get("more")));
    }

    private static byte[] bytes(final Object value) throws IOException {
        try {
            return value == null ? new byte[0] : Base64.getDecoder().decode(Json.text(value));
        } catch (final IllegalArgumentException e) {
            throw new IOException("no base64: " + value, e);
        }
    }

    private static long number(final Object value) throws IOException {
        try {
            return value == null ? 0 : Long.parseLong(String.valueOf(value));
        } catch (final NumberFormatException e) {
            throw new IOException("no number: " + value, e);
        }
    }

    /**
     * Does all of it, or nothing, in one revision. Doing it twice is as good as once.
     *
     * @throws TooLargeException if less of it may do.
     */
    void change(final List<Change> changes) throws IOException {
        final StoreReply reply =
                client.post(
                        "/v3/kv/txn",
                        json(
                                json -> {
                                    json.writeArrayFieldStart("success");
                                    for (final Change each : changes) {
                                        json.writeStartObject();
                                        write(json, each);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                }));
        if (reply.isSuccess()) {
            return;
        }
        final String reason = reply.reason();
        final boolean isTooLarge =
                (code(reply) == INVALID_ARGUMENT || code(reply) == RESOURCE_EXHAUSTED)
                        && TOO_LARGE.matcher(reason).find();
        if (isTooLarge) {
            throw new TooLargeException(reason);
        }
        if (code(reply) == NOT_FOUND) {
            throw new TransferException(
                    Kind.REFUSED,
                    "a lease has ended in the %s before its keys were there: %s; run the same"
                                    .formatted(client.site().name(), reason)
                            + " again with --force");
        }
        throw refused("to write keys", reply);
    }

    private static void write(final JsonGenerator json, final Change change) throws IOException {
        final boolean isPut = change.value() != null;
        json.writeObjectFieldStart(isPut ? "request_put" : "request_delete_range");
        bytes(json, "key", change.key());
        if (isPut) {
            bytes(json, "value", change.value());
            json.writeStringField("lease", Long.toString(change.lease()));
        }
        json.writeEndObject();
    }

    /** Grants a lease; false: there is one of this id. */
    boolean grant(final long id, final long ttlSeconds) throws IOException {
        final StoreReply reply =
                client.post(
                        "/v3/lease/grant",
                        json(
                                json -> {
                                    json.writeStringField("ID", Long.toString(id));
                                    json.writeStringField("TTL", Long.toString(ttlSeconds));
                                }));
        if (code(reply) == FAILED_PRECONDITION) {
            return false;
        }
        if (!reply.isSuccess()) {
            throw refused("a lease of %d s".formatted(ttlSeconds), reply);
        }
        return true;
    }

    /** Lets leases begin anew. */
    void keepAlive(final Collection<Long> ids) throws IOException {
        final StringBuilder requests = new StringBuilder();
        int count = 0;
        for (final long id : ids) {
            requests.append("{\"ID\":\"").append(id).append("\"}");
            if (++count % LEASES_PER_REQUEST == 0 || count == ids.size()) {
                final StoreReply reply = client.post("/v3/lease/keepalive", requests.toString());
                if (!reply.isSuccess()) {
                    throw refused("to keep leases", reply);
                }
                requests.setLength(0);
            }
        }
    }

    /** Ids of all leases that there are. */
    Set<Long> leases() throws IOException {
        final Set<Long> ids = new HashSet<>();
        final Map<String, Object> reply = ask("to list leases", "/v3/lease/leases", "{}");
        for (final Object each : Json.list(reply.get("leases"))) {
            ids.add(number(Json.object(each).get("ID")));
        }
        return ids;
    }
}
