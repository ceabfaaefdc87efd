package io.larch.http.metrics;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.StoreCounts;
import io.larch.http.metrics.EdgeCounters.Connections;
import io.larch.http.metrics.EdgeCounters.Method;
import io.larch.http.output.OutputBudget;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.wire.Headers;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * /metrics, in Prometheus' text format 0.0.4: etcd's names where Larch has the figure, of 2.3 and
 * of 3.4 where that renamed it, and its own below {@code larch_}.
 */
public final class MetricsPage {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MS_PER_SECOND = 1e3;
    private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

    private final List<EdgeCounters> counters;
    private final OutputBudget output;
    private final PasswordFigures passwords;
    private final Supplier<String> more;

    /**
     * @param counters of all event loops.
     * @param more lines to put behind; null for none.
     */
    public MetricsPage(
            final List<EdgeCounters> counters,
            final OutputBudget output,
            final PasswordFigures passwords,
            final Supplier<String> more) {
        this.counters = counters;
        this.output = output;
        this.passwords = passwords;
        this.more = more;
    }

    public List<Page> pages() {
        return List.of(Page.at("/metrics", this::handle));
    }

    private void handle(final Exchange exchange) {
        exchange.ask(
                Query.Kind.METRICS,
                (QueryViews.Metrics metrics) -> askForContacts(exchange, metrics),
                () -> print(exchange, null, null));
    }

    private void askForContacts(final Exchange exchange, final QueryViews.Metrics metrics) {
        exchange.ask(
                Query.Kind.CONTACTS,
                (QueryViews.Contacts contacts) -> print(exchange, metrics, contacts),
                () -> print(exchange, metrics, null));
    }

    /** An engine that does not answer has no figures; those of the edge and the process stay. */
    private void print(
            final Exchange exchange,
            final QueryViews.Metrics metrics,
            final QueryViews.Contacts contacts) {
        final List<MetricSnapshot> all = new ArrayList<>();
        if (metrics != null) {
            server(all, metrics);
            store(all, metrics.store());
            latencies(all, metrics);
            longReads(all, metrics.longReads());
            archive(all, metrics.archive());
        }
        if (contacts != null) {
            PeerMetrics.addTo(all, contacts);
        }
        http(all);
        connections(all);
        AuthMetrics.addTo(all, counters, passwords);
        all.add(
                Points.gauge(
                        "larch_http_output_bytes",
                        "Memory of answers that clients have not taken yet.",
                        output.usedBytes()));
        all.add(
                Points.counter(
                        "larch_http_slow_readers_cut",
                        "Connections closed since their clients did not read their answers.",
                        output.cutClients()));
        all.add(
                Points.counter(
                        "larch_http_answers_lost_total",
                        "Answers that there was no memory for.",
                        output.lostAnswers()));
        ProcessMetrics.addTo(all);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(16_384);
        try {
            WRITER.write(bytes, new MetricSnapshots(all));
        } catch (final IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        final String lines = more == null ? "" : more.get();
        exchange.body().out().put(bytes.toByteArray()).put(lines);
        exchange.reply(200, Headers.METRICS, false);
    }

    private static void server(final List<MetricSnapshot> all, final QueryViews.Metrics m) {
        all.add(
                Points.gauge(
                        "etcd_server_has_leader",
                        "1 if a leader is known.",
                        m.hasLeader() ? 1 : 0));
        all.add(
                Points.gauge(
                        "etcd_server_is_leader", "1 if this member leads.", m.isLeader() ? 1 : 0));
        all.add(
                Points.gauge(
                        "etcd_server_is_learner",
                        "1 if this member stays a learner until it is promoted.",
                        m.learners().isLearner() ? 1 : 0));
        // A gauge, for the name: that of a counter would end otherwise.
        all.add(
                Points.gauge(
                        "etcd_server_learner_promote_successes",
                        "Learners promoted while this member led.",
                        m.learners().promoted()));
        all.add(
                Points.counter(
                        "etcd_server_leader_changes_seen_total",
                        "Changes of the leader seen.",
                        m.leaderChanges()));
        all.add(
                Points.counter(
                        "etcd_server_proposals_committed_total",
                        "Index of the last entry committed.",
                        m.commitIndex()));
        all.add(
                Points.counter(
                        "etcd_server_proposals_applied_total",
                        "Index of the last entry applied.",
                        m.appliedIndex()));
        for (final String name :
                List.of("etcd_server_proposals_pending", "etcd_server_pending_proposal_total")) {
            all.add(Points.gauge(name, "Writes under way.", m.proposalsPending()));
        }
        for (final String name :
                List.of(
                        "etcd_server_proposals_failed_total",
                        "etcd_server_proposal_failed_total")) {
            all.add(Points.counter(name, "Writes that Raft did not take.", m.proposalsFailed()));
        }
        all.add(
                Points.gauge(
                        "etcd_wal_last_index_saved", "Index of the last entry.", m.lastIndex()));
        all.add(Points.gauge("larch_healthy", "1 if /health is true.", m.isHealthy() ? 1 : 0));
        all.add(Points.gauge("larch_raft_term", "The term.", m.term()));
        all.add(Points.gauge("larch_store_index", "X-Etcd-Index.", m.storeIndex()));
        all.add(Points.gauge("larch_store_nodes", "Nodes of the tree.", m.nodes()));
        all.add(Points.gauge("larch_store_bytes", "Bytes of the tree.", m.storeBytes()));
        all.add(
                Points.counter(
                        "larch_append_messages_sent_total", "Appends sent.", m.sendAppendCount()));
        all.add(
                Points.counter(
                        "larch_append_messages_received_total",
                        "Appends received.",
                        m.recvAppendCount()));
    }

    /** Of a member that puts its log and its snapshots aside. */
    private static void archive(final List<MetricSnapshot> all, final QueryViews.Archive a) {
        if (a == null) {
            return;
        }
        all.add(
                Points.counter(
                        "larch_archive_files_total",
                        "Segments and snapshots in the archive, since the start.",
                        a.kept()));
        all.add(
                Points.gauge(
                        "larch_archive_waiting_files",
                        "Segments and snapshots that wait for the archive.",
                        a.waiting()));
        all.add(
                Points.counter(
                        "larch_archive_failures_total",
                        "Tries to put one into the archive that failed.",
                        a.failures()));
        all.add(
                Points.counter(
                        "larch_archive_lost_files_total",
                        "Segments and snapshots that are missing in the archive.",
                        a.lost()));
    }

    private static void store(final List<MetricSnapshot> all, final StoreCounts s) {
        all.add(
                Points.counters(
                        "etcd_store_reads_total",
                        "Reads, by action.",
                        "action",
                        Map.of("get", s.getsSuccess() + s.getsFail())));
        all.add(
                Points.counters(
                        "etcd_store_reads_failed_total",
                        "Reads that failed, by action.",
                        "action",
                        Map.of("get", s.getsFail())));
        final Map<String, Long> writes = new LinkedHashMap<>();
        final Map<String, Long> failed = new LinkedHashMap<>();
        write(writes, failed, "set", s.setsSuccess(), s.setsFail());
        write(writes, failed, "create", s.createSuccess(), s.createFail());
        write(writes, failed, "update", s.updateSuccess(), s.updateFail());
        write(writes, failed, "delete", s.deleteSuccess(), s.deleteFail());
        write(writes, failed, "compareAndSwap", s.compareAndSwapSuccess(), s.compareAndSwapFail());
        write(
                writes,
                failed,
                "compareAndDelete",
                s.compareAndDeleteSuccess(),
                s.compareAndDeleteFail());
        all.add(Points.counters("etcd_store_writes_total", "Writes, by action.", "action", writes));
        all.add(
                Points.counters(
                        "etcd_store_writes_failed_total",
                        "Writes that failed, by action.",
                        "action",
                        failed));
        all.add(Points.counter("etcd_store_expires_total", "Keys expired.", s.expireCount()));
        all.add(Points.gauge("etcd_store_watchers", "Watchers now.", s.watchers()));
    }

    private static void write(
            final Map<String, Long> writes,
            final Map<String, Long> failed,
            final String action,
            final long successes,
            final long fails) {
        writes.put(action, successes + fails);
        failed.put(action, fails);
    }

    private static void longReads(final List<MetricSnapshot> all, final QueryViews.LongReads r) {
        all.add(
                Points.gauge(
                        "larch_long_reads_open",
                        "Reads answered in parts, begun or waiting.",
                        r.open()));
        all.add(
                Points.gauge(
                        "larch_long_reads_held_bytes",
                        "Memory of nodes as they were when a read began.",
                        r.heldBytes()));
        final Map<String, Long> ended = new LinkedHashMap<>();
        ended.put("slow", r.slow());
        ended.put("snapshot", r.replaced());
        all.add(
                Points.counters(
                        "larch_long_reads_ended_total",
                        "Reads ended before their time: taken too slowly, or a snapshot took the"
                                + " place of what they read.",
                        "reason",
                        ended));
    }

    private static void latencies(final List<MetricSnapshot> all, final QueryViews.Metrics m) {
        for (final String name :
                List.of(
                        "etcd_wal_fsync_durations_seconds",
                        "etcd_disk_wal_fsync_duration_seconds")) {
            all.add(histogram(name, "Syncs of the write-ahead log.", m.walSyncs()));
        }
        all.add(
                histogram(
                        "etcd_server_proposal_durations_seconds",
                        "From a write's arrival until it is committed.",
                        m.proposals()));
        final SummarySnapshot.Builder stages =
                SummarySnapshot.builder()
                        .name("larch_write_stage_seconds")
                        .help("Where writes spend their time.");
        m.stages().forEach((stage, p) -> stages.dataPoint(summary(Labels.of("stage", stage), p)));
        all.add(stages.build());
        final SummarySnapshot.Builder followers =
                SummarySnapshot.builder()
                        .name("larch_follower_latency_seconds")
                        .help("Append sent to durable acknowledgement; on the leader.");
        m.followerLatencies()
                .forEach(
                        (id, p) ->
                                followers.dataPoint(
                                        summary(Labels.of("remoteID", Long.toHexString(id)), p)));
        all.add(followers.build());
        final Map<String, Double> clocks = new LinkedHashMap<>();
        m.clockDifferencesMs()
                .forEach((id, ms) -> clocks.put(Long.toHexString(id), ms / MS_PER_SECOND));
        all.add(
                Points.gauges(
                        "larch_clock_difference_seconds",
                        "By how much a member's wall clock is ahead of the leader's; on the leader.",
                        "remoteID",
                        clocks));
        final Map<String, Long> failed = new LinkedHashMap<>();
        m.followers().forEach((id, f) -> failed.put(Long.toHexString(id), f.fail()));
        all.add(
                Points.counters(
                        "larch_follower_appends_failed_total",
                        "Appends refused or given up; on the leader.",
                        "remoteID",
                        failed));
    }

    private static SummaryDataPointSnapshot summary(
            final Labels labels, final QueryViews.Percentiles p) {
        return SummaryDataPointSnapshot.builder()
                .labels(labels)
                .count(p.count())
                .sum(p.sum() / NANOS_PER_SECOND)
                .quantiles(
                        Quantiles.of(
                                new Quantile(0.5, p.p50() / NANOS_PER_SECOND),
                                new Quantile(0.9, p.p90() / NANOS_PER_SECOND),
                                new Quantile(0.99, p.p99() / NANOS_PER_SECOND),
                                new Quantile(0.999, p.p999() / NANOS_PER_SECOND),
                                new Quantile(1, p.max() / NANOS_PER_SECOND)))
                .build();
    }

    private static HistogramSnapshot histogram(
            final String name, final String help, final QueryViews.Buckets buckets) {
        final ClassicHistogramBuckets.Builder builder = ClassicHistogramBuckets.builder();
        for (int i = 0; i < buckets.counts().size(); i++) {
            final double bound =
                    i < QueryViews.Buckets.BOUNDS_NANOS.size()
                            ? QueryViews.Buckets.BOUNDS_NANOS.get(i) / NANOS_PER_SECOND
                            : Double.POSITIVE_INFINITY;
            builder.bucket(bound, buckets.counts().get(i));
        }
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(builder.build())
                                .sum(buckets.sum() / NANOS_PER_SECOND)
                                .build())
                .build();
    }

    private void http(final List<MetricSnapshot> all) {
        final Map<String, Long> received = new LinkedHashMap<>();
        for (final Method method : Method.VALUES) {
            final long count = counters.stream().mapToLong(c -> c.receivedOf(method)).sum();
            if (count > 0) {
                received.put(method.name(), count);
            }
        }
        all.add(
                Points.counters(
                        "etcd_http_received_total",
                        "Requests to /v2/keys, without watches, by method.",
                        "method",
                        received));
        all.add(failed());
        for (final String name :
                List.of(
                        "etcd_http_successful_duration_second",
                        "etcd_http_successful_duration_seconds")) {
            all.add(durations(name));
        }
        all.add(
                Points.counter(
                        "etcd_store_watch_requests_total",
                        "Watches asked for.",
                        counters.stream().mapToLong(EdgeCounters::watches).sum()));
    }

    private void connections(final List<MetricSnapshot> all) {
        HandshakeMetrics.addTo(all, counters);
        http2(all);
        all.add(
                Points.gauge(
                        "larch_http_connections",
                        "Connections of clients and peers now.",
                        connections(Connections.OPENED) - connections(Connections.CLOSED)));
        all.add(
                Points.counter(
                        "larch_http_connections_refused_total",
                        "Connections closed at once, since the files left are the member's.",
                        connections(Connections.REFUSED)));
        all.add(
                Points.counter(
                        "larch_http_accepts_failed_total",
                        "Connections that the system did not hand over.",
                        connections(Connections.FAILED)));
        all.add(
                Points.counter(
                        "larch_http_faults_total",
                        "Connections ended by a fault of this server.",
                        counters.stream().mapToLong(EdgeCounters::faults).sum()));
    }

    private void http2(final List<MetricSnapshot> all) {
        all.add(
                Points.counter(
                        "larch_http2_connections_total",
                        "Connections that speak HTTP/2.",
                        http2(EdgeCounters.Http2.SESSIONS)));
        all.add(
                Points.counter(
                        "larch_http2_requests_total",
                        "Requests over HTTP/2.",
                        http2(EdgeCounters.Http2.STREAMS)));
        all.add(
                Points.counter(
                        "larch_http2_connections_refused_total",
                        "Connections of HTTP/2 ended since their clients broke the protocol or a limit.",
                        http2(EdgeCounters.Http2.REFUSED)));
    }

    private long http2(final EdgeCounters.Http2 news) {
        return counters.stream().mapToLong(c -> c.http2(news)).sum();
    }

    private long connections(final Connections fate) {
        return counters.stream().mapToLong(c -> c.connections(fate)).sum();
    }

    private MetricSnapshot failed() {
        final Map<Labels, Long> failed = new LinkedHashMap<>();
        for (final Method method : Method.VALUES) {
            for (final int code : EdgeCounters.statuses()) {
                final long count =
                        counters.stream().mapToLong(c -> c.failedWith(method, code)).sum();
                if (count > 0) {
                    failed.put(
                            Labels.of("method", method.name(), "code", Integer.toString(code)),
                            count);
                }
            }
        }
        return Points.counters(
                "etcd_http_failed_total",
                "Requests to /v2/keys answered with an error, by method and status.",
                failed);
    }

    private MetricSnapshot durations(final String name) {
        final HistogramSnapshot.Builder histogram =
                HistogramSnapshot.builder()
                        .name(name)
                        .help("Requests to /v2/keys that succeeded, from their last byte read.");
        for (final Method method : Method.VALUES) {
            final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            long total = 0;
            for (int i = 0; i <= EdgeCounters.BOUNDS; i++) {
                final int bound = i;
                final long count =
                        counters.stream().mapToLong(c -> c.durations(method, bound)).sum();
                buckets.bucket(EdgeCounters.boundSeconds(bound), count);
                total += count;
            }
            if (total > 0) {
                final long nanos = counters.stream().mapToLong(c -> c.durationNanos(method)).sum();
                histogram.dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .labels(Labels.of("method", method.name()))
                                .classicHistogramBuckets(buckets.build())
                                .sum(nanos / NANOS_PER_SECOND)
                                .build());
            }
        }
        return histogram.build();
    }
}
