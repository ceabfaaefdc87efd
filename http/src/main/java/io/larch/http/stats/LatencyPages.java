package io.larch.http.stats;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoText;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Distributions, which etcd does not have: of each follower below /v2/stats/leader, and of the
 * stages of a write. All times are microseconds, as the names of the fields say. POST, or {@code
 * ?reset=true}, begins a new interval with the answer.
 */
public final class LatencyPages {
    private static final byte[] ALLOW = Headers.allow("GET,POST");
    private static final String RESET = "reset=true";
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    public List<Page> pages() {
        return List.of(
                Page.at("/v2/stats/leader/latency", this::followers),
                Page.at("/v2/stats/latency", this::stages));
    }

    private void followers(final Exchange exchange) {
        if (!isAllowed(exchange)) {
            return;
        }
        exchange.ask(
                isReset(exchange.request())
                        ? Query.Kind.FOLLOWER_LATENCY_AND_RESET
                        : Query.Kind.FOLLOWER_LATENCY,
                (QueryViews.FollowerLatencies latencies) -> followers(exchange, latencies),
                () -> exchange.message(500, "Internal Server Error", false));
    }

    private static void followers(
            final Exchange exchange, final QueryViews.FollowerLatencies latencies) {
        if (latencies == null) {
            exchange.message(403, "not current leader", false);
            return;
        }
        final JsonWriter json = exchange.body();
        final ByteWriter out = json.out();
        out.put("{\"leader\":\"").putHex(latencies.leaderId()).put("\",");
        interval(out, latencies.intervalNanos());
        out.put(",\"followers\":{");
        final Map<String, QueryViews.Latency> byHex = new TreeMap<>();
        latencies.followers().forEach((id, latency) -> byHex.put(Long.toHexString(id), latency));
        print(json, byHex);
        out.put("}}");
        exchange.reply(200, Headers.JSON, false);
    }

    private void stages(final Exchange exchange) {
        if (!isAllowed(exchange)) {
            return;
        }
        exchange.ask(
                isReset(exchange.request())
                        ? Query.Kind.STAGE_LATENCY_AND_RESET
                        : Query.Kind.STAGE_LATENCY,
                (QueryViews.StageLatencies latencies) -> stages(exchange, latencies),
                () -> exchange.message(500, "Internal Server Error", false));
    }

    private static void stages(final Exchange exchange, final QueryViews.StageLatencies latencies) {
        final JsonWriter json = exchange.body();
        json.out().put('{');
        interval(json.out(), latencies.intervalNanos());
        json.out().put(",\"stages\":{");
        print(json, latencies.stages());
        json.out().put("}}");
        exchange.reply(200, Headers.JSON, false);
    }

    private static void interval(final ByteWriter out, final long nanos) {
        out.put("\"intervalSeconds\":").put(GoText.number(nanos / NANOS_PER_SECOND));
    }

    private static void print(
            final JsonWriter json, final Map<String, QueryViews.Latency> latencies) {
        final ByteWriter out = json.out();
        String separator = "";
        for (final Map.Entry<String, QueryViews.Latency> entry : latencies.entrySet()) {
            out.put(separator);
            json.string(entry.getKey());
            out.put(":{\"total\":");
            print(out, entry.getValue().total());
            out.put(",\"interval\":");
            print(out, entry.getValue().interval());
            out.put('}');
            separator = ",";
        }
    }

    private static void print(final ByteWriter out, final QueryViews.Percentiles p) {
        out.put("{\"count\":").putUnsigned(p.count());
        micros(out, "min", p.min());
        micros(out, "mean", p.mean());
        micros(out, "p50", p.p50());
        micros(out, "p90", p.p90());
        micros(out, "p99", p.p99());
        micros(out, "p999", p.p999());
        micros(out, "max", p.max());
        out.put('}');
    }

    private static void micros(final ByteWriter out, final String name, final long nanos) {
        out.put(",\"").put(name).put("Micros\":").put(GoText.number(nanos / NANOS_PER_MICRO));
    }

    private static boolean isAllowed(final Exchange exchange) {
        final HttpMethod method = exchange.request().method();
        final boolean isAllowed = method == HttpMethod.GET || method == HttpMethod.POST;
        if (!isAllowed) {
            exchange.methodNotAllowed(ALLOW);
        }
        return isAllowed;
    }

    private static boolean isReset(final HttpRequest request) {
        return request.method() == HttpMethod.POST || request.queryFields().contains(RESET);
    }
}
