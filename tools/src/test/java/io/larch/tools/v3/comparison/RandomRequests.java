package io.larch.tools.v3.comparison;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Requests over a few keys and a few leases, from a seed: every message with every field, mostly
 * sensible so that the store lives, sometimes wrong. No lease that they grant ends by itself while
 * a test runs.
 */
final class RandomRequests {
    private static final String ZERO = "\0";
    private static final List<String> KEYS =
            List.of("a", "aa", "ab", "b", "b/", "b/1", "b/2", "b/10", "c", "d", "\0", "\u00ff");
    private static final List<String> ENDS =
            List.of(ZERO, "b", "ac", "b0", "c", "d\0", "\u00ff\u00ff", "a", "b/2");
    private static final List<String> VALUES =
            List.of("1", "2", "3", "", "long".repeat(50), "\0\u00ff");
    private static final List<String> TARGETS = List.of("KEY", "VERSION", "CREATE", "MOD", "VALUE");
    private static final List<String> RESULTS = List.of("EQUAL", "GREATER", "LESS", "NOT_EQUAL");
    private static final int LEASES = 8;

    /** Deeper than anybody nests. */
    private static final int DEEPEST = 3;

    private final Random random;

    /** Whether the last alarm was raised. */
    private boolean isFull;

    RandomRequests(final long seed) {
        random = new Random(seed);
    }

    Request next() {
        if (isFull && oneIn(20)) {
            return alarm("DEACTIVATE");
        }
        final int choice = random.nextInt(1000);
        if (choice < 300) {
            return request("kv/put", put());
        }
        if (choice < 520) {
            return request("kv/range", range());
        }
        if (choice < 590) {
            return request("kv/deleterange", deleteRange());
        }
        if (choice < 780) {
            // etcd overlooks what nested ones put into a store that is full.
            return request("kv/txn", txn(isFull ? DEEPEST : 0));
        }
        if (choice < 800) {
            return request(Request.COMPACTION, compaction());
        }
        if (choice < 830) {
            return request(Request.WATCH, fields("create_request", watch()));
        }
        if (choice < 985) {
            return lease();
        }
        return alarm(oneIn(2) ? "GET" : oneIn(3) ? "ACTIVATE" : "DEACTIVATE");
    }

    private Request lease() {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> request("lease/grant", grant());
            case 3, 4 -> request(oneIn(3) ? "kv/lease/revoke" : "lease/revoke", leaseId());
            case 5 -> {
                final Map<String, Object> fields = leaseId();
                maybe(fields, "keys", 2, true);
                yield request(oneIn(3) ? "kv/lease/timetolive" : "lease/timetolive", fields);
            }
            case 6 -> request("lease/keepalive", leaseId());
            default -> request(oneIn(3) ? "kv/lease/leases" : "lease/leases", fields());
        };
    }

    private Request alarm(final String action) {
        final Map<String, Object> fields = fields();
        fields.put("action", action);
        if (!action.equals("GET")) {
            fields.put("memberID", "1");
            fields.put("alarm", "NOSPACE");
            isFull = action.equals("ACTIVATE");
        }
        return request("maintenance/alarm", fields);
    }

    private Map<String, Object> put() {
        final Map<String, Object> fields = fields();
        key(fields);
        if (!oneIn(20)) {
            fields.put("value", base64(pick(VALUES)));
        }
        if (oneIn(4)) {
            fields.put("lease", lease(20));
        }
        maybe(fields, "prev_kv", 4, true);
        if (oneIn(15)) {
            fields.put("ignore_value", true);
            if (!oneIn(6)) {
                fields.remove("value");
            }
        }
        if (oneIn(15)) {
            fields.put("ignore_lease", true);
            if (!oneIn(6)) {
                fields.remove("lease");
            }
        }
        return fields;
    }

    private Map<String, Object> range() {
        final Map<String, Object> fields = fields();
        keys(fields);
        maybe(fields, "limit", 4, Integer.toString(random.nextInt(6)));
        maybe(fields, "revision", 3, revision());
        if (oneIn(3)) {
            maybe(fields, "sort_order", 2, pick(List.of("ASCEND", "DESCEND")));
            maybe(fields, "sort_target", 2, pick(TARGETS));
        }
        maybe(fields, "serializable", 5, true);
        maybe(fields, "keys_only", 6, true);
        maybe(fields, "count_only", 8, true);
        for (final String bound :
                List.of(
                        "min_mod_revision",
                        "max_mod_revision",
                        "min_create_revision",
                        "max_create_revision")) {
            maybe(fields, bound, 12, "{now-" + random.nextInt(60) + "}");
        }
        return fields;
    }

    private Map<String, Object> deleteRange() {
        final Map<String, Object> fields = fields();
        if (oneIn(3)) {
            keys(fields);
        } else {
            key(fields);
        }
        maybe(fields, "prev_kv", 3, true);
        return fields;
    }

    private Map<String, Object> txn(final int depth) {
        final Map<String, Object> fields = fields();
        fields.put("compare", several(this::compare));
        fields.put("success", several(() -> operation(depth)));
        fields.put("failure", several(() -> operation(depth)));
        return fields;
    }

    private Map<String, Object> operation(final int depth) {
        final int choice = random.nextInt(100);
        if (choice < 40) {
            return fields("request_put", put());
        }
        if (choice < 70) {
            return fields("request_range", range());
        }
        if (choice < 85 || depth == DEEPEST) {
            final Map<String, Object> fields = deleteRange();
            // etcd finds no key put twice when all from a key on is deleted, and Larch does.
            fields.remove("range_end", base64(ZERO));
            return fields("request_delete_range", fields);
        }
        return choice < 98 ? fields("request_txn", txn(depth + 1)) : fields();
    }

    private Map<String, Object> compare() {
        final Map<String, Object> fields = fields();
        fields.put("result", pick(RESULTS));
        if (oneIn(5)) {
            keys(fields);
        } else {
            key(fields);
        }
        final String target = pick(List.of("VERSION", "CREATE", "MOD", "VALUE", "LEASE"));
        fields.put("target", target);
        if (oneIn(12)) {
            return fields;
        }
        switch (target) {
            case "VERSION" -> fields.put("version", Integer.toString(random.nextInt(4)));
            case "CREATE" -> fields.put("create_revision", comparedRevision());
            case "MOD" -> fields.put("mod_revision", comparedRevision());
            case "VALUE" -> fields.put("value", base64(pick(VALUES)));
            default -> fields.put("lease", lease(3));
        }
        return fields;
    }

    private String comparedRevision() {
        return oneIn(3) ? "0" : "{now-" + random.nextInt(20) + "}";
    }

    private Map<String, Object> compaction() {
        final Map<String, Object> fields = fields();
        fields.put(
                "revision",
                switch (random.nextInt(8)) {
                    case 0 -> "{now+" + (1 + random.nextInt(3)) + "}";
                    case 1 -> "{compacted-" + random.nextInt(3) + "}";
                    case 2 -> "{now-0}";
                    default -> "{now-" + random.nextInt(40) + "}";
                });
        maybe(fields, "physical", 3, true);
        return fields;
    }

    private Map<String, Object> grant() {
        final Map<String, Object> fields = fields();
        fields.put("TTL", oneIn(25) ? "9000000001" : Integer.toString(1000 + random.nextInt(9000)));
        // Not 0: each server would choose one of its own.
        fields.put("ID", Integer.toString(1 + random.nextInt(LEASES)));
        return fields;
    }

    private Map<String, Object> leaseId() {
        return fields("ID", lease(10));
    }

    private Map<String, Object> watch() {
        final Map<String, Object> fields = fields();
        keys(fields);
        // Watches from a revision in the future are silent, and those from 0 see no past.
        if (!oneIn(5)) {
            fields.put(
                    "start_revision",
                    oneIn(4) ? "{compacted+" + random.nextInt(3) + "}" : pastRevision());
        }
        maybe(fields, "prev_kv", 2, true);
        maybe(fields, "progress_notify", 4, true);
        maybe(fields, "fragment", 4, true);
        maybe(fields, "watch_id", 6, Integer.toString(random.nextInt(5)));
        if (oneIn(4)) {
            fields.put("filters", List.of(pick(List.of("NOPUT", "NODELETE"))));
        }
        return fields;
    }

    private String pastRevision() {
        return "{now-" + random.nextInt(oneIn(3) ? 200 : 20) + "}";
    }

    private String revision() {
        return switch (random.nextInt(10)) {
            case 0 -> "{now+" + (1 + random.nextInt(3)) + "}";
            case 1 -> "{compacted+" + random.nextInt(2) + "}";
            case 2 -> "{compacted-1}";
            case 3 -> "-1";
            default -> pastRevision();
        };
    }

    private void key(final Map<String, Object> fields) {
        if (!oneIn(80)) {
            fields.put("key", base64(pick(KEYS)));
        }
    }

    private void keys(final Map<String, Object> fields) {
        key(fields);
        if (!oneIn(4)) {
            fields.put("range_end", base64(pick(ENDS)));
        }
    }

    /** A lease of the few; one in so many times none. */
    private String lease(final int none) {
        return Integer.toString(oneIn(none) ? 0 : 1 + random.nextInt(LEASES));
    }

    private List<Object> several(final Supplier<Object> one) {
        final List<Object> list = new ArrayList<>();
        final int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            list.add(one.get());
        }
        return list;
    }

    private void maybe(
            final Map<String, Object> fields, final String name, final int in, final Object value) {
        if (oneIn(in)) {
            fields.put(name, value);
        }
    }

    private boolean oneIn(final int count) {
        return random.nextInt(count) == 0;
    }

    private <T> T pick(final List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static Map<String, Object> fields() {
        return new LinkedHashMap<>();
    }

    private static Map<String, Object> fields(final String name, final Object value) {
        final Map<String, Object> fields = fields();
        fields.put(name, value);
        return fields;
    }

    private static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Request request(final String path, final Map<String, Object> fields) {
        try {
            return new Request(path, JSON.std.asString(fields));
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
