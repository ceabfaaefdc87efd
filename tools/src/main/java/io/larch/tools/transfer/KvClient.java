package io.larch.tools.transfer;

import static io.larch.tools.transfer.KvGateway.bytes;
import static io.larch.tools.transfer.KvGateway.json;
import static io.larch.tools.transfer.KvGateway.number;

import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.client.Json;
import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is asked of a store by its v3 API. Used by one thread. */
final class KvClient {
    private static final int LEASES_PER_REQUEST = 1_000;
    private static final Pattern TOO_LARGE =
            Pattern.compile("too many operations|too large|larger than max");
    private static final String NEWEST = "0";

    private final V2Client client;
    private final KvGateway gateway;

    KvClient(final Site site) {
        client = new V2Client(site);
        gateway = new KvGateway(client);
    }

    Site site() {
        return gateway.site();
    }

    KvGateway gateway() {
        return gateway;
    }

    /**
     * Some keys of a range, in their order.
     *
     * @param cluster whose they are.
     * @param revision of the store when it answered.
     * @param count of all keys in the range.
     * @param hasMore whether there are more behind them.
     */
    record Page(String cluster, long revision, long count, List<KvEntry> keys, boolean hasMore) {}

    /**
     * A change of a key: a put, or a deletion if there is no value.
     *
     * @param isCreation whether the key was not there before.
     */
    record Change(byte[] key, byte[] value, long lease, boolean isCreation) {
        boolean isPut() {
            return value != null;
        }

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

    /** A key is to hang on a lease that there is not. */
    static final class NoLeaseException extends IOException {
        private static final long serialVersionUID = 1L;

        NoLeaseException(final String reason) {
            super(reason);
        }
    }

    /** Whether the store has this API. */
    boolean exists() throws IOException {
        final StoreReply reply = gateway.post("/v3/lease/leases", "{}");
        return reply.status() != 404 || reply.fields().containsKey("code");
    }

    /** Of the server; empty: it does not tell. */
    String version() throws IOException {
        final StoreReply reply = client.ask("GET", "/version", null);
        return reply.fields().get("etcdserver") instanceof String version ? version : "";
    }

    /**
     * What a store says of itself: no keys are in it.
     *
     * @param revision 0: now, or one that the store must remember.
     * @throws OutdatedException if it does not.
     */
    Page head(final KvRange range, final long revision) throws IOException {
        return page(
                json -> {
                    bytes(json, "key", range.start());
                    json.writeBooleanField("count_only", true);
                    json.writeStringField("revision", Long.toString(revision));
                });
    }

    /** How many keys there are. */
    long count(final KvRange range) throws IOException {
        return page(json -> {
                    bytes(json, "key", range.start());
                    bytes(json, "range_end", range.end());
                    json.writeBooleanField("count_only", true);
                })
                .count();
    }

    /**
     * Reads keys from one on.
     *
     * @param end see {@link KvRange#end}.
     * @param revision of which moment; 0: now.
     * @throws OutdatedException if the store has forgotten that.
     */
    Page page(final byte[] from, final byte[] end, final int limit, final long revision)
            throws IOException {
        return page(
                json -> {
                    bytes(json, "key", from);
                    bytes(json, "range_end", end);
                    json.writeNumberField("limit", limit);
                    json.writeStringField("revision", Long.toString(revision));
                });
    }

    private Page page(final KvGateway.Writing range) throws IOException {
        final Map<String, Object> reply = read("/v3/kv/range", json(range));
        final List<KvEntry> keys = new ArrayList<>();
        for (final Object each : Json.list(reply.get("kvs"))) {
            keys.add(entry(Json.object(each)));
        }
        final Map<String, Object> header = Json.object(reply.get("header"));
        return new Page(
                String.valueOf(header.get("cluster_id")),
                number(header.get("revision")),
                number(reply.get("count")),
                keys,
                Boolean.TRUE.equals(reply.get("more")));
    }

    private static KvEntry entry(final Map<String, Object> kv) throws IOException {
        final byte[] value = bytes(kv.get("value"));
        return new KvEntry(
                bytes(kv.get("key")),
                number(kv.get("create_revision")),
                number(kv.get("mod_revision")),
                0,
                number(kv.get("version")),
                number(kv.get("lease")),
                value,
                0,
                value.length);
    }

    /** A key as it is now; null: it is not there. */
    KvEntry get(final byte[] key) throws IOException {
        return values(List.of(key), 0).get(0);
    }

    /**
     * Reads keys in one request, each null if it is not there.
     *
     * @param revision of which moment; 0: now.
     * @throws OutdatedException if the store has forgotten that.
     * @throws TooLargeException if fewer may do.
     */
    List<KvEntry> values(final List<byte[]> keys, final long revision) throws IOException {
        final String moment = revision == 0 ? NEWEST : Long.toString(revision);
        final Map<String, Object> reply =
                read(
                        "/v3/kv/txn",
                        json(
                                json -> {
                                    json.writeArrayFieldStart("success");
                                    for (final byte[] key : keys) {
                                        json.writeStartObject();
                                        json.writeObjectFieldStart("request_range");
                                        bytes(json, "key", key);
                                        json.writeStringField("revision", moment);
                                        json.writeEndObject();
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                }));
        final List<KvEntry> found = new ArrayList<>();
        for (final Object each : Json.list(reply.get("responses"))) {
            final Object range = Json.object(each).get("response_range");
            final List<Object> kvs = Json.list(Json.object(range).get("kvs"));
            found.add(kvs.isEmpty() ? null : entry(Json.object(kvs.get(0))));
        }
        if (found.size() != keys.size()) {
            throw new IOException(
                    "asked for %d keys, the %s answered %d"
                            .formatted(keys.size(), site().name(), found.size()));
        }
        return found;
    }

    private Map<String, Object> read(final String path, final String json) throws IOException {
        final StoreReply reply = gateway.post(path, json);
        if (KvGateway.code(reply) == KvGateway.OUT_OF_RANGE) {
            throw new OutdatedException(reply.reason());
        }
        refuseTooLarge(reply);
        if (!reply.isSuccess()) {
            throw gateway.refused("to list keys", reply);
        }
        return reply.fields();
    }

    private static void refuseTooLarge(final StoreReply reply) throws TooLargeException {
        final int code = KvGateway.code(reply);
        final boolean isTooLarge =
                (code == KvGateway.INVALID_ARGUMENT || code == KvGateway.RESOURCE_EXHAUSTED)
                        && TOO_LARGE.matcher(reply.reason()).find();
        if (isTooLarge) {
            throw new TooLargeException(reply.reason());
        }
    }

    /**
     * Does all of it, or nothing, in one revision. Doing it twice is as good as once.
     *
     * @throws TooLargeException if less of it may do.
     * @throws NoLeaseException if a lease is missing.
     */
    void change(final Collection<Change> changes) throws IOException {
        final StoreReply reply =
                gateway.post(
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
        refuseTooLarge(reply);
        if (KvGateway.code(reply) == KvGateway.NOT_FOUND) {
            throw new NoLeaseException(reply.reason());
        }
        throw gateway.refused("to write keys", reply);
    }

    private static void write(final JsonGenerator json, final Change change) throws IOException {
        json.writeObjectFieldStart(change.isPut() ? "request_put" : "request_delete_range");
        bytes(json, "key", change.key());
        if (change.isPut()) {
            bytes(json, "value", change.value());
            json.writeStringField("lease", Long.toString(change.lease()));
        }
        json.writeEndObject();
    }

    /** Grants a lease; false: there is one of this id. */
    boolean grant(final long id, final long ttlSeconds) throws IOException {
        final StoreReply reply =
                gateway.post(
                        "/v3/lease/grant",
                        json(
                                json -> {
                                    json.writeStringField("ID", Long.toString(id));
                                    json.writeStringField("TTL", Long.toString(ttlSeconds));
                                }));
        if (KvGateway.code(reply) == KvGateway.FAILED_PRECONDITION) {
            return false;
        }
        if (!reply.isSuccess()) {
            throw gateway.refused("a lease of %d s".formatted(ttlSeconds), reply);
        }
        return true;
    }

    /** Lets leases begin anew; returns those that there are no more. */
    Set<Long> keepAlive(final Collection<Long> ids) throws IOException {
        final Set<Long> gone = new HashSet<>();
        final List<Long> all = new ArrayList<>(ids);
        for (int i = 0; i < all.size(); i += LEASES_PER_REQUEST) {
            keepAlive(all.subList(i, Math.min(all.size(), i + LEASES_PER_REQUEST)), gone);
        }
        return gone;
    }

    /** Without a leader the answer ends early; the same is asked again then. */
    private void keepAlive(final List<Long> ids, final Set<Long> gone) throws IOException {
        final StringBuilder requests = new StringBuilder();
        ids.forEach(id -> requests.append("{\"ID\":\"").append(id).append("\"}"));
        final long startNanos = System.nanoTime();
        while (true) {
            final StoreReply reply = gateway.post("/v3/lease/keepalive", requests.toString());
            if (!reply.isSuccess()) {
                throw gateway.refused("to keep leases", reply);
            }
            final List<Map<String, Object>> results = new ArrayList<>();
            for (final String line : reply.text().lines().toList()) {
                final Object result = Json.object(Json.parse(line)).get("result");
                if (result != null) {
                    results.add(Json.object(result));
                }
            }
            if (results.size() == ids.size()) {
                for (final Map<String, Object> result : results) {
                    if (number(result.get("TTL")) <= 0) {
                        gone.add(number(result.get("ID")));
                    }
                }
                return;
            }
            if (System.nanoTime() - startNanos > site().patience().toNanos()) {
                throw gateway.refused("to keep leases", reply);
            }
            V2Client.pause();
        }
    }

    /** The time that a lease was granted, in seconds; 0: there is no such lease. */
    long grantedSeconds(final long id) throws IOException {
        final Map<String, Object> reply =
                gateway.call(
                        "to tell of leases",
                        "/v3/lease/timetolive",
                        json -> json.writeStringField("ID", Long.toString(id)));
        return Math.max(0, number(reply.get("grantedTTL")));
    }

    /** Ids of all leases that there are. */
    Set<Long> leases() throws IOException {
        final Set<Long> ids = new HashSet<>();
        final Map<String, Object> reply =
                gateway.call("to list leases", "/v3/lease/leases", json -> {});
        for (final Object each : Json.list(reply.get("leases"))) {
            ids.add(number(Json.object(each).get("ID")));
        }
        return ids;
    }

    /** Asks to be told what becomes of a range from a revision on. The caller closes the body. */
    HttpResponse<InputStream> watch(final KvRange range, final long fromRevision)
            throws IOException {
        return gateway.stream(
                "/v3/watch",
                json -> {
                    json.writeObjectFieldStart("create_request");
                    bytes(json, "key", range.start());
                    bytes(json, "range_end", range.end());
                    json.writeStringField("start_revision", Long.toString(fromRevision));
                    json.writeBooleanField("fragment", true);
                    json.writeEndObject();
                });
    }
}
