package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What /metrics says of requests that say who they are. */
class AuthMetricsTest extends AuthFixture {
    private static final String OK = "attempts_total{result=\"ok\"}";
    private static final String FAILED = "attempts_total{result=\"failed\"}";
    private static final String REFUSED = "attempts_total{result=\"refused\"}";
    private static final String HITS = "cache_hits_total";
    private static final String HASHES = "hashes_total";
    private static final String WAITING = "queue_length";

    @BeforeEach
    void begin() {
        assertEquals(0, metric(OK) + metric(FAILED) + metric(REFUSED) + metric(HITS));
        enable("[\"/*\"]", "[]");
        as("u1:p1");
    }

    private double metric(final String name) {
        final String text = Client.bodyOf(client.get("/metrics"));
        for (final String line : text.split("\n")) {
            if (line.startsWith("larch_auth_" + name + " ")) {
                return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
            }
        }
        throw new AssertionError("no " + name + " in " + text);
    }

    private void get(final int status) {
        assertEquals(status, status("GET", "/v2/keys/a"));
    }

    @Test
    void shouldTellComparisonsFromWhatIsKnown() {
        final double ok = metric(OK);
        final double hits = metric(HITS);
        final double hashes = metric(HASHES);
        get(404);
        assertEquals(ok + 1, metric(OK));
        get(404);
        get(404);
        assertEquals(ok + 1, metric(OK), "compared once");
        assertTrue(metric(HITS) >= hits + 2);
        assertEquals(hashes + 1, metric(HASHES));
        assertEquals(0, metric(FAILED));
    }

    @Test
    void shouldCountThoseThatFail() {
        as("u1:bad");
        get(401);
        as("nobody:p1");
        client.advanceMs(60_000);
        get(401);
        pair = "Basic x";
        get(401);
        assertEquals(3, metric(FAILED));
    }

    /** Whoever says nothing tries nothing. */
    @Test
    void shouldNotCountTheGuest() {
        final double ok = metric(OK);
        final double hits = metric(HITS);
        as(null);
        get(401);
        assertEquals(0, metric(FAILED));
        assertEquals(ok, metric(OK));
        assertEquals(hits, metric(HITS));
    }

    @Test
    void shouldShowHowManyWaitAndCountThoseForWhomThereIsNoRoom() {
        client.isPasswordWorkerBusy = true;
        for (int i = 0; i < 3; i++) {
            as("u1:bad" + i);
            inquire(text("GET", "/v2/keys/a", ""), answer -> {});
        }
        assertEquals(3, metric(WAITING));
        for (int i = 3; i < 66; i++) {
            as("u1:bad" + i);
            inquire(text("GET", "/v2/keys/a", ""), answer -> {});
        }
        client.channel.runPendingTasks();
        assertEquals(64, metric(WAITING));
        assertEquals(2, metric(REFUSED));
    }
}
