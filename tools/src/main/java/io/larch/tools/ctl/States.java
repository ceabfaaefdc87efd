package io.larch.tools.ctl;

import io.larch.tools.backup.BackupException;
import io.larch.tools.backup.SnapshotDownload;
import io.larch.tools.backup.SnapshotSummary;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The states of running members. Endpoints are tried in their order, as they were given: whoever
 * saves a snapshot has a certain member in mind. Blocks.
 */
final class States {
    /** Between two pieces; the member itself gives up on a client after half of it. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    private final List<String> endpoints;
    private final Cluster.Settings settings;
    private final BiConsumer<Long, Long> progress;

    /**
     * @param progress told of bytes so far, and in all.
     */
    States(
            final List<String> endpoints,
            final Cluster.Settings settings,
            final BiConsumer<Long, Long> progress) {
        this.endpoints = endpoints;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Saves the state of the first member that answers.
     *
     * @throws UnavailableException when none of them does.
     */
    SnapshotSummary save(final Path file, final boolean isForced) throws IOException {
        final SnapshotDownload download = new SnapshotDownload(client(), file, isForced, progress);
        final Map<String, String> headers =
                settings.authorization().isEmpty()
                        ? Map.of()
                        : Map.of("Authorization", settings.authorization());
        final List<String> reasons = new ArrayList<>();
        for (final String endpoint : endpoints) {
            settings.debug()
                    .accept("cURL Command: curl -X GET " + endpoint + SnapshotDownload.PATH);
            try {
                return download.from(endpoint, headers);
            } catch (final BackupException e) {
                throw e;
            } catch (final IOException e) {
                reasons.add(Cluster.reason(endpoint, e));
            }
        }
        throw new UnavailableException(reasons, true);
    }

    private SimpleHttpClient client() {
        final Duration limit = settings.timeout();
        final boolean isLimited = !limit.isZero() && limit.compareTo(LONGEST_CONNECT) < 0;
        return new SimpleHttpClient(isLimited ? limit : LONGEST_CONNECT, SILENCE, settings.tls());
    }
}
