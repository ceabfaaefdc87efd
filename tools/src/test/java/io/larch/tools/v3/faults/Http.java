package io.larch.tools.v3.faults;

import io.larch.tools.system.ClusterMember;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** What clients of the JSON gateway have in common. */
final class Http {
    private Http() {}

    static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /**
     * @param path what follows {@code /v3/}.
     * @param limit how long to wait for the head of the answer.
     */
    static HttpRequest request(
            final ClusterMember member,
            final String path,
            final String body,
            final Duration limit) {
        return HttpRequest.newBuilder(member.url().resolve("/v3/" + path))
                .timeout(limit)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    static String encoded(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String decoded(final Object text) {
        return new String(Base64.getDecoder().decode((String) text), StandardCharsets.UTF_8);
    }
}
