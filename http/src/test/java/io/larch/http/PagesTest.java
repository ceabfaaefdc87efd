package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages around the keys. */
class PagesTest {
    private final Client client =
            new Client(
                    new HttpContext()
                            .commandLine(List.of("larch", "--name=c1"))
                            .metrics(() -> "etcd_store_watchers_more 7\n")
                            .logLevelSetter(level -> !level.equals("TRACE")));

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldShowItself() {
        assertEquals(
                "{\"name\":\"c1\",\"id\":\"99bca5ffd3b6b513\",\"state\":\"StateLeader\","
                        + "\"startTime\":\"2026-11-21T01:25:25.282720219Z\","
                        + "\"leaderInfo\":{\"leader\":\"99bca5ffd3b6b513\",\"uptime\":\"3.809610588s\","
                        + "\"startTime\":\"2026-11-21T01:25:25.485329124Z\"},"
                        + "\"recvAppendRequestCnt\":0,\"sendAppendRequestCnt\":54,"
                        + "\"sendPkgRate\":14.25,\"sendBandwidthRate\":1163.5}",
                body("/v2/stats/self"));
    }

    @ParameterizedTest
    @CsvSource({
        "/health,'{\"health\": \"false\"}\n'",
        "/readyz,'no answer in time\n'",
    })
    void shouldAnswerProbesWithinASecondThoughTheEngineHangs(final String page, final String body) {
        client.engine.isAnswering = false;
        assertEquals("", client.get(page));

        client.advanceMs(1_000);

        final String reply = client.received();
        assertEquals(503, Client.statusOf(reply));
        assertEquals(body.replace("\\n", "\n"), Client.bodyOf(reply));
    }

    private String body(final String target) {
        return Client.bodyOf(client.get(target));
    }

    @Test
    void shouldShowFollowersOnlyOfALeader() {
        client.engine.leader =
                new QueryViews.Leader(
                        1,
                        Map.of(0xABL, new QueryViews.Follower(0.5, 0.25, 0, 0.00007, 30, 1, 26)));
        assertEquals(
                "{\"leader\":\"1\",\"followers\":{\"ab\":{\"latency\":{\"current\":0.5,\"average\":0.25,"
                        + "\"standardDeviation\":0,\"minimum\":0.00007,\"maximum\":30},"
                        + "\"counts\":{\"fail\":1,\"success\":26}}}}",
                body("/v2/stats/leader"));
        client.engine.leader = null;
        final String reply = client.get("/v2/stats/leader");
        assertEquals(403, Client.statusOf(reply));
        assertEquals("{\"message\":\"not current leader\"}", Client.bodyOf(reply));
    }

    private static QueryViews.Contacts contacts() {
        return new QueryViews.Contacts(
                1,
                1_790_000_010_000_000_000L,
                List.of(
                        new PeerContact(
                                0xABL,
                                List.of("http://10.0.0.2:2380"),
                                "10.0.0.2:2380",
                                false,
                                false,
                                10_000_000_000L,
                                "nothing listens there"),
                        new PeerContact(
                                0x9L,
                                List.of("http://10.0.0.3:2380"),
                                "10.0.0.3:2380",
                                true,
                                true,
                                1_500_000_000L,
                                "")));
    }

    private static final String SILENT_PEER =
            "{\"id\":\"ab\",\"peerURLs\":[\"http://10.0.0.2:2380\"],\"address\":\"10.0.0.2:2380\","
                    + "\"answers\":false,\"since\":\"2026-09-21T14:13:20Z\",\"seconds\":10,"
                    + "\"hasAnswered\":false,\"finding\":\"nothing listens there\"}";

    /** etcd's clients do not look at fields that they do not know. */
    @Test
    void shouldNameThePeersThatDoNotAnswer() {
        client.engine.leader = new QueryViews.Leader(1, Map.of());
        client.engine.contacts = contacts();
        assertEquals(
                "{\"leader\":\"1\",\"followers\":{},\"silent\":[" + SILENT_PEER + "]}",
                body("/v2/stats/leader"));
        assertEquals(
                "{\"health\": \"true\",\"reason\":\"\",\"peers\":["
                        + "{\"id\":\"9\",\"peerURLs\":[\"http://10.0.0.3:2380\"],"
                        + "\"address\":\"10.0.0.3:2380\",\"answers\":true,"
                        + "\"since\":\"2026-09-21T14:13:28.5Z\",\"seconds\":1.5},"
                        + SILENT_PEER
                        + "]}\n",
                body("/health?verbose"));
        client.engine.health = new QueryViews.Health(false, "no leader");
        final String reply = client.get("/health?verbose=true");
        assertEquals(503, Client.statusOf(reply));
        assertTrue(
                Client.bodyOf(reply).startsWith("{\"health\": \"false\",\"reason\":\"no leader\""));
        final String metrics = body("/metrics");
        assertTrue(metrics.contains("etcd_network_active_peers{Local=\"1\",Remote=\"ab\"} 0"));
        assertTrue(metrics.contains("etcd_network_active_peers{Local=\"1\",Remote=\"9\"} 1"));
        assertTrue(
                metrics.contains(
                        "larch_peer_silent_seconds{address=\"10.0.0.2:2380\",remoteID=\"ab\"} 10"));
    }

    @Test
    void shouldShowDistributionsOfFollowersAndStagesInMicroseconds() {
        final QueryViews.Percentiles all =
                new QueryViews.Percentiles(
                        3, 4_500_000, 1_000, 1_500_000, 2_000, 3_000, 4_000, 5_500, 6_001_023);
        final QueryViews.Percentiles none = new QueryViews.Percentiles(0, 0, 0, 0, 0, 0, 0, 0, 0);
        final QueryViews.Latency latency = new QueryViews.Latency(all, none);
        client.engine.followerLatencies =
                new QueryViews.FollowerLatencies(1, 2_500_000_000L, Map.of(0xABL, latency));
        final String figures =
                "{\"total\":{\"count\":3,\"minMicros\":1,\"meanMicros\":1500,\"p50Micros\":2,"
                        + "\"p90Micros\":3,\"p99Micros\":4,\"p999Micros\":5.5,\"maxMicros\":6001.023},"
                        + "\"interval\":{\"count\":0,\"minMicros\":0,\"meanMicros\":0,\"p50Micros\":0,"
                        + "\"p90Micros\":0,\"p99Micros\":0,\"p999Micros\":0,\"maxMicros\":0}}";
        assertEquals(
                "{\"leader\":\"1\",\"intervalSeconds\":2.5,\"followers\":{\"ab\":" + figures + "}}",
                body("/v2/stats/leader/latency"));

        client.engine.stageLatencies =
                new QueryViews.StageLatencies(1_000_000L, Map.of("fsync", latency));
        assertEquals(
                "{\"intervalSeconds\":0.001,\"stages\":{\"fsync\":" + figures + "}}",
                body("/v2/stats/latency"));
    }

    @Test
    void shouldRestartTheIntervalOnlyWhenAsked() {
        client.engine.stageLatencies = new QueryViews.StageLatencies(1, Map.of());
        client.get("/v2/stats/latency?preset=true");
        client.get("/v2/stats/latency?a=b&reset=true");
        client.request("POST", "/v2/stats/latency", "", "");
        client.get("/v2/stats/leader/latency?reset=true");

        assertEquals(
                List.of(
                        Query.Kind.STAGE_LATENCY,
                        Query.Kind.STAGE_LATENCY_AND_RESET,
                        Query.Kind.STAGE_LATENCY_AND_RESET,
                        Query.Kind.FOLLOWER_LATENCY_AND_RESET),
                client.engine.queries.stream().map(Query::kind).toList());
        final String reply = client.request("DELETE", "/v2/stats/latency", "", "");
        assertEquals("GET,POST", Client.headerOf(reply, "Allow"));
    }

    @Test
    void shouldRefuseDistributionsOfFollowersWhereNobodyFollows() {
        final String reply = client.get("/v2/stats/leader/latency");
        assertEquals(403, Client.statusOf(reply));
        assertEquals("{\"message\":\"not current leader\"}", Client.bodyOf(reply));
    }

    @Test
    void shouldShowAllCountersOfTheStore() {
        final String counts = body("/v2/stats/store");
        assertTrue(counts.startsWith("{\"getsSuccess\":5,\"getsFail\":12,\"setsSuccess\":4,"));
        assertTrue(counts.endsWith(",\"expireCount\":0,\"watchers\":7}"), counts);
    }

    @Test
    void shouldTellItsHealth() {
        assertEquals("ok\n", body("/livez"));
        assertEquals("ok\n", body("/readyz"));
        client.engine.health = new QueryViews.Health(false, "no leader");
        final String health = client.get("/health");
        assertEquals(503, Client.statusOf(health));
        assertEquals("{\"health\": \"false\"}\n", Client.bodyOf(health));
        assertEquals("no leader\n", body("/readyz"));
        client.engine.isFull = true;
        assertEquals(503, Client.statusOf(client.get("/readyz")));
    }

    @Test
    void shouldGiveUpOnAnEngineThatDoesNotAnswer() {
        client.engine.isAnswering = false;
        assertEquals("", client.get("/v2/members"));
        client.advanceMs(7_300);
        assertEquals(500, Client.statusOf(client.received()));
        client.engine.answer(client.engine.queries.get(0));
        assertEquals("", client.received());
        client.engine.isAnswering = true;
        assertEquals(200, Client.statusOf(client.get("/v2/members")));
    }

    @Test
    void shouldShowVariables() {
        final String variables = body("/debug/vars");
        assertTrue(
                variables.startsWith(
                        "{\n\"cmdline\": [\"larch\",\"--name=c1\"],\n\"file_descriptor_limit\": "));
        assertTrue(variables.contains("\"raftState\":\"StateLeader\",\"progress\":{\"99bca5ff"));
        assertTrue(variables.endsWith("\"state\":\"ProgressStateProbe\"}}}\n}\n"), variables);
    }

    @Test
    void shouldShowMetricsByEtcdsNames() {
        client.get("/v2/keys/none");
        client.get("/v2/keys/none?quorum=true");
        client.form("PUT", "/v2/keys/a", "value=1");
        client.form("PUT", "/v2/keys/a", "value=1&ttl=x");
        client.engine.metrics = metrics();

        final String reply = client.request("POST", "/metrics", "", "");

        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8", Client.headerOf(reply, "Content-Type"));
        final List<String> lines = Client.bodyOf(reply).lines().toList();
        for (final String line :
                List.of(
                        "etcd_server_has_leader 1.0",
                        "etcd_server_is_leader 1.0",
                        "etcd_server_is_learner 1.0",
                        "etcd_server_learner_promote_successes 4.0",
                        "etcd_server_leader_changes_seen_total 3.0",
                        "etcd_server_proposals_committed_total 40.0",
                        "etcd_server_proposals_applied_total 39.0",
                        "etcd_server_proposals_pending 2.0",
                        "etcd_server_proposals_failed_total 5.0",
                        "etcd_server_pending_proposal_total 2.0",
                        "etcd_server_proposal_failed_total 5.0",
                        "etcd_store_reads_total{action=\"get\"} 17.0",
                        "etcd_store_reads_failed_total{action=\"get\"} 12.0",
                        "etcd_store_writes_total{action=\"set\"} 4.0",
                        "etcd_store_expires_total 6.0",
                        "etcd_store_watchers 7.0",
                        "etcd_store_watch_requests_total 0.0",
                        "etcd_wal_fsync_durations_seconds_bucket{le=\"0.001\"} 10",
                        "etcd_wal_fsync_durations_seconds_bucket{le=\"0.002\"} 11",
                        "etcd_wal_fsync_durations_seconds_bucket{le=\"+Inf\"} 12",
                        "etcd_wal_fsync_durations_seconds_count 12",
                        "etcd_wal_fsync_durations_seconds_sum 9.5",
                        "etcd_disk_wal_fsync_duration_seconds_count 12",
                        "larch_write_stage_seconds{stage=\"fsync\",quantile=\"0.99\"} 0.004",
                        "larch_write_stage_seconds_count{stage=\"fsync\"} 3",
                        "larch_follower_latency_seconds{remoteID=\"ab\",quantile=\"0.5\"} 0.002",
                        "larch_follower_appends_failed_total{remoteID=\"ab\"} 1.0",
                        "larch_clock_difference_seconds{remoteID=\"ab\"} -1.5",
                        "larch_archive_files_total 5.0",
                        "larch_archive_waiting_files 2.0",
                        "larch_archive_failures_total 3.0",
                        "larch_archive_lost_files_total 1.0",
                        "larch_long_reads_open 3.0",
                        "larch_long_reads_held_bytes 4096.0",
                        "larch_long_reads_ended_total{reason=\"slow\"} 2.0",
                        "larch_long_reads_ended_total{reason=\"snapshot\"} 1.0",
                        "etcd_http_received_total{method=\"GET\"} 1.0",
                        "etcd_http_received_total{method=\"QGET\"} 1.0",
                        "etcd_http_received_total{method=\"PUT\"} 1.0",
                        "etcd_http_failed_total{code=\"404\",method=\"GET\"} 1.0",
                        "etcd_http_successful_duration_second_bucket{method=\"PUT\",le=\"5.0E-4\"} 1",
                        "etcd_store_watchers_more 7")) {
            assertTrue(lines.contains(line), () -> line + " is not in " + lines);
        }
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line ->
                                        line.startsWith(
                                                "etcd_server_file_descriptors_used_total ")));
    }

    @Test
    void shouldShowMetricsOfTheEdgeWhenTheEngineDoesNotAnswer() {
        client.engine.isFull = true;
        final String metrics = body("/metrics");
        assertTrue(metrics.contains("process_open_fds"), metrics);
        // etcdctl's check of data scale looks for it.
        assertTrue(metrics.contains("\nprocess_resident_memory_bytes "), metrics);
        assertTrue(!metrics.contains("etcd_server_has_leader"), metrics);
    }

    private static QueryViews.Metrics metrics() {
        final QueryViews.Percentiles p =
                new QueryViews.Percentiles(
                        3, 4e6, 1, 2, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000);
        final QueryViews.Buckets buckets =
                new QueryViews.Buckets(
                        List.of(10L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L),
                        9.5e9);
        return new QueryViews.Metrics(
                true,
                true,
                true,
                3,
                2,
                40,
                39,
                41,
                12,
                8,
                900,
                2,
                5,
                20,
                21,
                new QueryViews.StoreCounts(5, 12, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 6, 7),
                buckets,
                buckets,
                Map.of(0xABL, new QueryViews.Follower(1, 1, 1, 1, 1, 1, 2)),
                Map.of(0xABL, p),
                Map.of("fsync", p),
                Map.of(0xABL, -1_500L),
                new QueryViews.LongReads(3, 4_096, 2, 1),
                new QueryViews.Learners(true, 4),
                new QueryViews.Archive(5, 2, 3, 1));
    }

    @Test
    void shouldSetTheLogLevel() {
        assertEquals(204, setLevel("{\"Level\":\"debug\"}"));
        assertEquals(204, setLevel("{\"LEVEL\":\"W\"}"));
        assertEquals(400, setLevel("{\"Level\":\"trace\"}"));
        assertEquals(400, setLevel("{\"Level\":\"loud\"}"));
        assertEquals(400, setLevel("debug"));
    }

    private int setLevel(final String json) {
        return Client.statusOf(client.request("PUT", "/config/local/log", "", json));
    }
}
