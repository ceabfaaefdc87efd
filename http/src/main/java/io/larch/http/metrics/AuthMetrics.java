package io.larch.http.metrics;

import io.larch.http.metrics.EdgeCounters.Attempt;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of requests that say who they are. Threadsafe. */
final class AuthMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private AuthMetrics() {}

    static void addTo(
            final List<MetricSnapshot> all,
            final List<EdgeCounters> counters,
            final PasswordFigures passwords) {
        final Map<String, Long> attempts = new LinkedHashMap<>();
        for (final Attempt fate : Attempt.VALUES) {
            attempts.put(
                    fate.label(), counters.stream().mapToLong(each -> each.attempts(fate)).sum());
        }
        all.add(
                Points.counters(
                        "larch_auth_attempts_total",
                        "Requests whose name and password had to be compared, by result; refused"
                                + " are those for which too many waited.",
                        "result",
                        attempts));
        all.add(
                Points.counter(
                        "larch_auth_cache_hits_total",
                        "Checks of requests whose name and password were known to fit.",
                        counters.stream().mapToLong(EdgeCounters::knownPairs).sum()));
        all.add(
                Points.gauge(
                        "larch_auth_queue_length",
                        "Passwords that wait to be compared or hashed.",
                        passwords.waiting()));
        all.add(
                Points.counter(
                        "larch_auth_hashes_total",
                        "Passwords compared or hashed.",
                        passwords.done()));
        all.add(
                Points.counter(
                        "larch_auth_hashing_seconds_total",
                        "Time that comparing and hashing passwords has taken.",
                        passwords.busyNanos() / NANOS_PER_SECOND));
    }
}
