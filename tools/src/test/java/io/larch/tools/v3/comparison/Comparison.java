package io.larch.tools.v3.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Asks a reference and the server under test the same, one request after the other, and compares
 * their answers field by field.
 *
 * <p>Watches are open together, while other requests go on: etcd looks only ten times a second for
 * those that want to know of the past. All must have told of it before a compaction takes it.
 *
 * <p>Ids of cluster and member and the raft term are each server's own. What is left of a lease is
 * counted while the other answers.
 */
final class Comparison {
    private static final List<String> OWN_FIELDS = List.of("cluster_id", "member_id", "raft_term");
    private static final long TTL_TOLERANCE_SECONDS = 5;
    private static final int MOST_WATCHES = 16;

    private final Server reference;
    private final Server tested;
    private final List<Asked> watches = new ArrayList<>();
    private long revision = 1;
    private long compactedRevision;

    /** Compares two that have both just been started. */
    Comparison(final Server reference, final Server tested) {
        this.reference = reference;
        this.tested = tested;
    }

    /** Asks all, as long as the answers agree. Returns the first difference; null without one. */
    Difference run(final Iterable<Request> requests) {
        int count = 0;
        for (final Request request : requests) {
            final Difference difference = ask(request, count++);
            if (difference != null) {
                return difference;
            }
        }
        return endWatches();
    }

    private Difference ask(final Request relative, final int number) {
        if (relative.isCompaction() || watches.size() == MOST_WATCHES) {
            final Difference difference = endWatches();
            if (difference != null) {
                return difference;
            }
        }
        final Request request = relative.at(revision, compactedRevision).after(compactedRevision);
        final Asked asked = new Asked(number, request, reference.ask(request), tested.ask(request));
        if (request.isWatch()) {
            watches.add(asked);
            return null;
        }
        return compare(asked);
    }

    private Difference endWatches() {
        Difference first = null;
        for (final Asked watch : watches) {
            final Difference difference = compare(watch);
            first = first == null ? difference : first;
        }
        watches.clear();
        return first;
    }

    private Difference compare(final Asked asked) {
        final Answer expected = asked.expected.get();
        final Answer actual = asked.actual.get();
        remember(asked.request, expected);
        final List<String> fields = new ArrayList<>();
        compare("status", expected.status(), actual.status(), fields);
        compare("", expected.tree(), actual.tree(), fields);
        final List<String> unexplained =
                fields.isEmpty()
                        ? fields
                        : KnownDifferences.unexplained(asked.request, expected, actual, fields);
        return unexplained.isEmpty()
                ? null
                : new Difference(asked.number, asked.request, expected, actual, unexplained);
    }

    private void remember(final Request request, final Answer answer) {
        revision = Math.max(revision, answer.number("header", "revision"));
        if (answer.at("fences") instanceof List<?> fences) {
            for (final Object fence : fences) {
                revision = Math.max(revision, new Answer(200, fence).number("header", "revision"));
            }
        }
        if (request.isCompaction() && answer.status() == 200) {
            compactedRevision =
                    Long.parseLong(request.body().replaceAll(".*\"revision\":\"(\\d+)\".*", "$1"));
        }
    }

    private static void compare(
            final String path,
            final Object expected,
            final Object actual,
            final List<String> differences) {
        if (Objects.equals(expected, actual)) {
            return;
        }
        if (expected instanceof Map<?, ?> left && actual instanceof Map<?, ?> right) {
            final Map<String, Object> names = new TreeMap<>();
            left.keySet().forEach(name -> names.put((String) name, name));
            right.keySet().forEach(name -> names.put((String) name, name));
            OWN_FIELDS.forEach(names::remove);
            for (final String name : names.keySet()) {
                compare(path + "." + name, left.get(name), right.get(name), differences);
            }
        } else if (expected instanceof List<?> left
                && actual instanceof List<?> right
                && left.size() == right.size()) {
            final List<?> one = ordered(path, left);
            final List<?> other = ordered(path, right);
            for (int i = 0; i < one.size(); i++) {
                compare(path + "[" + i + "]", one.get(i), other.get(i), differences);
            }
        } else if (!isSameTime(path, expected, actual)) {
            differences.add(path + ": expected " + expected + " but was " + actual);
        }
    }

    /** Leases and the keys of one come in any order. */
    private static List<?> ordered(final String path, final List<?> list) {
        return path.equals(".leases") || path.equals(".keys")
                ? list.stream().sorted(Comparator.comparing(Object::toString)).toList()
                : list;
    }

    private static boolean isSameTime(
            final String path, final Object expected, final Object actual) {
        return path.equals(".TTL")
                && expected instanceof String one
                && actual instanceof String other
                && Math.abs(Long.parseLong(one) - Long.parseLong(other)) <= TTL_TOLERANCE_SECONDS;
    }

    /** A request that both have been asked, as the so manieth. */
    private record Asked(
            int number, Request request, Supplier<Answer> expected, Supplier<Answer> actual) {}

    /**
     * Where two answers part.
     *
     * @param number how many requests went before.
     * @param request with revisions as numbers.
     * @param fields one text for each field.
     */
    record Difference(
            int number, Request request, Answer expected, Answer actual, List<String> fields) {
        @Override
        public String toString() {
            return request
                    + "\n  expected "
                    + expected
                    + "\n  but was  "
                    + actual
                    + "\n  "
                    + String.join("\n  ", fields);
        }
    }
}
