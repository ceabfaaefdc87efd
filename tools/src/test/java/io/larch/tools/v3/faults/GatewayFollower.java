package io.larch.tools.v3.faults;

import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Watches over the JSON gateway. */
final class GatewayFollower extends Follower {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HttpClient client = Http.client();
    private volatile InputStream stream = InputStream.nullInputStream();

    GatewayFollower(
            final List<ClusterMember> members,
            final int first,
            final long firstRevision,
            final Journal journal) {
        super("gateway", members, first, firstRevision, journal);
    }

    @Override
    void ask() throws IOException {
        final String body =
                """
                {"create_request":{"key":"%s","range_end":"%s","start_revision":"%d"}}
                """
                        .formatted(
                                Http.encoded(Load.PREFIX), Http.encoded(Load.END), nextRevision());
        try {
            final HttpResponse<InputStream> response =
                    client.send(
                            Http.request(nextMember(), "watch", body, LIMIT),
                            HttpResponse.BodyHandlers.ofInputStream());
            stream = response.body();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                onLine(line);
            }
        }
        throw new IOException("the stream has ended");
    }

    private void onLine(final String line) throws IOException {
        if (line.isEmpty()) {
            return;
        }
        final Object result = JsonTree.at(JsonTree.parse(line), "result");
        if (result == null) {
            throw new IOException(line);
        }
        journal.expect(JsonTree.at(result, "canceled") == null, "canceled: " + line);
        if (JsonTree.at(result, "events") instanceof List<?> events) {
            onMessage(events.stream().map(GatewayFollower::told).toList());
        }
    }

    private static Told told(final Object event) {
        return new Told(
                Long.parseLong((String) JsonTree.at(event, "kv", "mod_revision")),
                Http.decoded(JsonTree.at(event, "kv", "key")),
                Long.parseLong((String) JsonTree.at(event, "kv", "version")));
    }

    @Override
    void disconnect() {
        try {
            stream.close();
        } catch (final IOException e) {
            journal.anomaly("does not close: " + e);
        }
    }
}
