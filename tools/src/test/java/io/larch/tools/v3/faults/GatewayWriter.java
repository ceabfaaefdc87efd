package io.larch.tools.v3.faults;

import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/** Writes over the JSON gateway. */
final class GatewayWriter extends Writer {
    private static final Duration LIMIT = Duration.ofSeconds(4);

    /** What clients may be told while members die, stand still and vote. */
    private static final Set<Integer> FAILURES = Set.of(503, 504);

    private final HttpClient client = Http.client();

    GatewayWriter(final ClusterMember member, final Journal journal) {
        super(member, "gateway", journal);
    }

    @Override
    long write(final String key, final String counterKey) throws IOException {
        final String name = Http.encoded(key);
        final String body =
                """
                {"compare":[{"target":"CREATE","key":"%s","create_revision":"0"}],
                "success":[{"request_put":{"key":"%s","value":"%s"}},
                {"request_put":{"key":"%s","value":"%s"}}]}
                """
                        .formatted(name, name, name, Http.encoded(counterKey), name);
        try {
            final HttpResponse<String> response =
                    client.send(
                            Http.request(member, "kv/txn", body, LIMIT),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                journal.expect(
                        FAILURES.contains(response.statusCode()), this + ": " + response.body());
                throw new IOException(response.body());
            }
            final Object answer = JsonTree.parse(response.body());
            return Boolean.TRUE.equals(JsonTree.at(answer, "succeeded"))
                    ? Long.parseLong((String) JsonTree.at(answer, "header", "revision"))
                    : -1;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    void disconnect() {
        // Its requests end by themselves.
    }
}
