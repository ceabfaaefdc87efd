package io.larch.tools.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Compares a reply with the expected one: status, the headers of the API, and the body byte by
 * byte, apart from what {@link Masks} hides.
 */
final class ReplyComparison {
    /** Headers that are compared by value; one that is not expected must not be there. */
    private static final List<String> COMPARED_HEADERS =
            List.of(
                    "Content-Type",
                    "X-Etcd-Cluster-Id",
                    "X-Etcd-Index",
                    "X-Content-Type-Options",
                    "Location",
                    "Allow");

    /**
     * Headers that are compared by presence: each server writes its own number of internal entries.
     */
    private static final List<String> PRESENT_HEADERS = List.of("X-Raft-Index", "X-Raft-Term");

    private static final Pattern SORTED = Pattern.compile("[?&]sorted=(1|t|T|true|TRUE|True)(&|$)");

    private ReplyComparison() {}

    /**
     * Compare one reply.
     *
     * @param ageSeconds by how much more than one second the ttls may differ, since the two runs
     *     take their time.
     * @return one sentence for each difference; empty when there is none.
     */
    static List<String> differences(
            final Exchange expected, final HttpReply actual, final long ageSeconds) {
        final List<String> differences = new ArrayList<>();
        if (expected.status() != actual.status()) {
            differences.add(
                    "status: expected " + expected.status() + " but was " + actual.status());
        }
        for (final String name : COMPARED_HEADERS) {
            final String expectedValue = expected.replyHeaders().get(name);
            final String actualValue = actual.header(name);
            if (expectedValue == null ? actualValue != null : !expectedValue.equals(actualValue)) {
                differences.add(name + ": expected " + expectedValue + " but was " + actualValue);
            }
        }
        for (final String name : PRESENT_HEADERS) {
            final boolean isExpected = expected.replyHeaders().containsKey(name);
            final String actualValue = actual.header(name);
            if (isExpected
                    ? actualValue == null || !actualValue.matches("\\d+")
                    : actualValue != null) {
                differences.add(
                        name
                                + ": expected "
                                + (isExpected ? "a number" : "none")
                                + " but was "
                                + actualValue);
            }
        }
        if (!isSameBody(expected, actual, ageSeconds)) {
            differences.add(
                    "body: expected "
                            + expected.replyBody()
                            + "\n           but was "
                            + actual.text());
        }
        return differences;
    }

    private static boolean isSameBody(
            final Exchange expected, final HttpReply actual, final long ageSeconds) {
        final String expectedBody = expected.replyBody();
        final String actualBody = actual.text();
        if (expectedBody.equals(actualBody)) {
            return true;
        }
        if (isUnsortedListing(expected)) {
            return isSameListing(expectedBody, actualBody, ageSeconds);
        }
        return Masks.mask(expectedBody).equals(Masks.mask(actualBody))
                && areSameTtls(Masks.ttls(expectedBody), Masks.ttls(actualBody), ageSeconds);
    }

    private static boolean isUnsortedListing(final Exchange expected) {
        return expected.status() == 200
                && expected.replyBody().contains("\"nodes\":[")
                && !SORTED.matcher(expected.path()).find();
    }

    private static boolean isSameListing(
            final String expectedBody, final String actualBody, final long ageSeconds) {
        if (!actualBody.startsWith("{") || !actualBody.endsWith("}\n")) {
            return false;
        }
        final String expectedText = sorted(expectedBody);
        final String actualText = sorted(actualBody);
        return Masks.mask(expectedText).equals(Masks.mask(actualText))
                && areSameTtls(Masks.ttls(expectedText), Masks.ttls(actualText), ageSeconds);
    }

    private static String sorted(final String body) {
        return JsonText.of(JsonTree.withSortedNodes(JsonTree.parse(body)));
    }

    private static boolean areSameTtls(
            final List<Long> expected, final List<Long> actual, final long ageSeconds) {
        if (expected.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (Math.abs(expected.get(i) - actual.get(i)) > 1 + ageSeconds) {
                return false;
            }
        }
        return true;
    }
}
