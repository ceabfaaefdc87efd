package io.larch.tools.conformance;

import java.util.List;

/**
 * Where a server is meant to answer otherwise than the recorded etcd 2.3.8. Each case says exactly
 * what is expected in its place; all else is a bug.
 */
enum ExpectedDifferences {
    /**
     * Larch. The deviations that its specification allows are out of a recording's reach: a listing
     * that is not asked to be sorted is compared without its order, the transfer encoding is not
     * compared, and the others (streams with a past waitIndex, slow consumers, the wider history,
     * overflowing ttls, counters, elections) need time or many requests. Hence nothing is left to
     * list.
     */
    LARCH(List.of()),

    /** etcd 3.4 with {@code --enable-v2}. */
    ETCD_3_4(
            List.of(
                    new Difference(
                            "/version",
                            "2.3.8\",\"etcdcluster\":\"2.3.0",
                            "3.4.23\",\"etcdcluster\":\"3.4.0"),
                    new Difference("/health", "\"health\": \"true\"", "\"health\":\"true\""),
                    new Difference(
                            "/v2/members",
                            "be http or https:",
                            "be http, https, unix, or unixs:")));

    private final List<Difference> differences;

    ExpectedDifferences(final List<Difference> differences) {
        this.differences = differences;
    }

    /** What this server must answer where etcd 2.3.8 answered as recorded. */
    Exchange adapt(final Exchange recorded) {
        Exchange expected = recorded;
        for (final Difference difference : differences) {
            expected = difference.adapt(expected);
        }
        return expected;
    }

    /** Choose by the reply to {@code GET /version}. */
    static ExpectedDifferences ofVersion(final String versionBody) {
        return versionBody.startsWith("{\"etcdserver\":\"3.4") ? ETCD_3_4 : LARCH;
    }

    private record Difference(String path, String recordedText, String expectedText) {
        Exchange adapt(final Exchange recorded) {
            if (!recorded.path().equals(path)) {
                return recorded;
            }
            return new Exchange(
                    recorded.method(),
                    recorded.path(),
                    recorded.body(),
                    recorded.headers(),
                    recorded.status(),
                    recorded.replyHeaders(),
                    recorded.replyBody().replace(recordedText, expectedText));
        }
    }
}
