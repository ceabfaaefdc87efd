package io.larch.tools.v3.comparison;

import java.util.List;

/** Where Larch is meant to answer otherwise than etcd 3.4.23 does, and why. */
final class KnownDifferences {
    private static final List<Entry> ENTRIES =
            List.of(
                    new Entry(
                            "Alarms are answered with a header, as etcd's newer versions do.",
                            (request, expected, actual, field) ->
                                    request.path().equals("maintenance/alarm")
                                            && field.startsWith(".header: expected null but")),
                    new Entry(
                            "A store without space takes no puts; etcd overlooks those of nested"
                                    + " transactions.",
                            (request, expected, actual, field) ->
                                    request.body().contains("request_txn")
                                            && expected.status() == 200
                                            && actual.error().contains("space exceeded")));

    private KnownDifferences() {}

    /** The fields that none of them is about. */
    static List<String> unexplained(
            final Request request,
            final Answer expected,
            final Answer actual,
            final List<String> fields) {
        return fields.stream()
                .filter(
                        field ->
                                ENTRIES.stream()
                                        .noneMatch(
                                                entry ->
                                                        entry.test.isAbout(
                                                                request, expected, actual, field)))
                .toList();
    }

    /** One kind of difference. */
    private record Entry(String reason, Test test) {}

    /** Tells the fields of one kind of difference from all others. */
    private interface Test {
        boolean isAbout(Request request, Answer expected, Answer actual, String field);
    }
}
