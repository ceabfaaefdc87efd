package io.larch.tools.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Requests over a small tree, from a seed: every operation with every parameter, mostly sensible so
 * that the tree lives, sometimes malformed. None of them waits, and nothing that they write expires
 * while a test runs.
 */
final class RandomRequests {
    private static final List<String> NAMES = List.of("a", "b", "c", "dir", "x.y", "z-1", "_h");
    private static final List<String> RARE_NAMES =
            List.of(
                    "sp%20ace",
                    "pl+us",
                    "%E4%BD%A0",
                    "你",
                    "%00%01",
                    "%ff%fe",
                    "%3Ca%3E%26",
                    "...",
                    "q%3Fm",
                    "a%2Fb",
                    "%7f",
                    "%25",
                    "p;q",
                    "\"quote\"",
                    "%e2%80%a8",
                    "c%61se",
                    "UPPER",
                    "%5Cback",
                    "e%2C:@=&$");
    private static final List<String> UNCLEAN_PATHS =
            List.of(
                    "/a//b",
                    "//a",
                    "/a/../b",
                    "/./c",
                    "/a/.",
                    "/a/..",
                    "/%2E%2E/a",
                    "/ds%2F%2Fx",
                    "/a/%zz",
                    "/a/%4");
    private static final List<String> VALUES =
            List.of(
                    "1",
                    "2",
                    "3",
                    "",
                    "long".repeat(80),
                    "%3Ca%3E%26%22%27",
                    "%00%1f%09%0a%0d",
                    "%ff%C3%28",
                    "%E2%80%A9",
                    "+");
    private static final List<String> BAD_BOOLEANS =
            List.of("", "maybe", "yes", "2", "TRue", "%20true");
    private static final List<String> BAD_NUMBERS =
            List.of(
                    "x",
                    "-1",
                    "%2B5",
                    "1.5",
                    "0x10",
                    "1e3",
                    "1_0",
                    "18446744073709551616",
                    "%2010");
    private static final List<String> TRUE = List.of("true", "1", "t", "T", "TRUE", "True");
    private static final List<String> FALSE = List.of("false", "0", "f", "F", "FALSE", "False");

    private final Random random;
    private long storeIndex = 4;

    RandomRequests(final long seed) {
        random = new Random(seed);
    }

    /** Tell the store's index, from which indexes to compare with are drawn. */
    void onStoreIndex(final long index) {
        storeIndex = index;
    }

    /** One of so many cases, from the same seed. */
    boolean oneIn(final int count) {
        return random.nextInt(count) == 0;
    }

    int below(final int bound) {
        return random.nextInt(bound);
    }

    HttpRequest next() {
        if (oneIn(50)) {
            return new HttpRequest(
                    pick(List.of("GET", "PUT", "DELETE", "HEAD", "POST")),
                    "/v2/keys" + pick(UNCLEAN_PATHS),
                    null);
        }
        final int choice = random.nextInt(100);
        if (choice < 25) {
            return read();
        }
        if (choice < 40) {
            return delete();
        }
        return choice < 48 ? write("POST") : write("PUT");
    }

    /** A key of one to three components; the first is one of a few. */
    String key() {
        final StringBuilder key = new StringBuilder();
        final int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            key.append('/').append(oneIn(40) ? pick(RARE_NAMES) : pick(NAMES));
        }
        return key.toString();
    }

    /** A key that all operations of these requests agree on: without rare names. */
    String plainKey() {
        final StringBuilder key = new StringBuilder();
        final int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            key.append('/').append(pick(NAMES));
        }
        return key.toString();
    }

    private HttpRequest read() {
        final List<String> query = new ArrayList<>();
        addBoolean(query, "recursive", 2);
        addBoolean(query, "sorted", 2);
        addBoolean(query, "quorum", 6);
        addBoolean(query, "dir", 20);
        addMalformed(query);
        return new HttpRequest(oneIn(8) ? "HEAD" : "GET", path(query), null);
    }

    private HttpRequest delete() {
        final List<String> query = new ArrayList<>();
        addBoolean(query, "recursive", 3);
        addBoolean(query, "dir", 3);
        addCondition(query, 4);
        addBoolean(query, "prevExist", 20);
        addMalformed(query);
        return new HttpRequest(
                "DELETE", path(query), oneIn(30) ? "prevValue=zzz&recursive=true" : null);
    }

    private HttpRequest write(final String method) {
        final List<String> form = new ArrayList<>();
        if (!oneIn(6)) {
            form.add("value=" + pick(VALUES));
        }
        addTtl(form);
        addBoolean(form, "dir", 6);
        addBoolean(form, "prevExist", 5);
        addCondition(form, 5);
        if (oneIn(8)) {
            form.removeIf(field -> field.startsWith("value=") && !oneIn(5));
            form.add("refresh=" + pick(TRUE));
        }
        addBoolean(form, "noValueOnSuccess", 15);
        addMalformed(form);
        return fromQueryOrBody(method, form);
    }

    private HttpRequest fromQueryOrBody(final String method, final List<String> form) {
        final List<String> query = new ArrayList<>();
        final List<String> body = new ArrayList<>();
        final boolean isMixed = oneIn(4);
        for (final String field : form) {
            (isMixed && random.nextBoolean() ? query : body).add(field);
        }
        if (oneIn(40)) {
            query.add("value=query");
        }
        return new HttpRequest(
                method,
                path(query),
                body.isEmpty() && oneIn(2) ? null : String.join("&", body),
                contentType());
    }

    private Map<String, String> contentType() {
        if (!oneIn(40)) {
            return Map.of();
        }
        return Map.of(
                "Content-Type",
                pick(
                        List.of(
                                "text/plain",
                                "application/json",
                                "multipart/form-data; boundary=x",
                                "application/x-www-form-urlencoded; charset=utf-8",
                                "APPLICATION/X-WWW-FORM-URLENCODED",
                                "bad/type/;;")));
    }

    private String path(final List<String> query) {
        final String key = oneIn(25) ? pick(List.of("", "/")) : key() + (oneIn(20) ? "/" : "");
        return "/v2/keys" + key + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private void addTtl(final List<String> form) {
        if (oneIn(5)) {
            form.add("ttl=" + pick(List.of("5000", "90000", "", "0005000", "1000000000")));
        }
    }

    private void addCondition(final List<String> form, final int oneIn) {
        if (oneIn(oneIn)) {
            form.add("prevValue=" + pick(VALUES.subList(0, 3)));
        }
        if (oneIn(oneIn)) {
            form.add("prevIndex=" + (oneIn(6) ? 0 : Math.max(0, storeIndex - random.nextInt(12))));
        }
    }

    private void addBoolean(final List<String> form, final String name, final int oneIn) {
        if (oneIn(oneIn)) {
            form.add(name + "=" + (oneIn(4) ? pick(FALSE) : pick(TRUE)));
        }
    }

    private void addMalformed(final List<String> form) {
        if (!oneIn(25)) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 ->
                    form.add(
                            pick(List.of("dir", "recursive", "sorted", "quorum", "stream", "wait"))
                                    + "="
                                    + pick(BAD_BOOLEANS));
            case 1 ->
                    form.add(
                            pick(List.of("prevExist", "refresh", "noValueOnSuccess"))
                                    + "="
                                    + pick(BAD_BOOLEANS));
            case 2 ->
                    form.add(
                            pick(List.of("prevIndex", "waitIndex", "ttl"))
                                    + "="
                                    + pick(BAD_NUMBERS));
            case 3 ->
                    form.add(
                            pick(
                                    List.of(
                                            "prevValue=",
                                            "prevIndex=",
                                            "waitIndex=",
                                            "recursive",
                                            "prevExist",
                                            "prevIndex=18446744073709551615")));
            case 4 ->
                    form.add(
                            pick(
                                    List.of(
                                            "a=%zz",
                                            "%4=1",
                                            "a;b=1",
                                            "unknown=1",
                                            "Value=1",
                                            "=",
                                            "&&",
                                            "%2",
                                            "value=%")));
            default -> form.add("value=second");
        }
    }

    private <T> T pick(final List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
