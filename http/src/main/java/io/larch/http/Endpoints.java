package io.larch.http;

import io.larch.http.auth.AuthPages;
import io.larch.http.go.CleanPath;
import io.larch.http.legacy.AdminPages;
import io.larch.http.members.MemberPages;
import io.larch.http.members.PeerPages;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.misc.MiscPages;
import io.larch.http.output.OutputBudget;
import io.larch.http.route.Exchange;
import io.larch.http.stats.LatencyPages;
import io.larch.http.stats.StatsPages;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.Percent;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers everything that is no well-formed request to /v2/keys. One per event loop. */
final class Endpoints {
    private static final byte[] KEYS_METHODS = Headers.allow("HEAD,GET,PUT,POST,DELETE");

    private final AuthPages auth = new AuthPages();
    private final MemberPages members = new MemberPages();
    private final AdminPages admin = new AdminPages();
    private final StatsPages stats = new StatsPages();
    private final LatencyPages latencies = new LatencyPages();
    private final MiscPages misc;
    private final PeerPages peers;

    /**
     * @param counters of all event loops.
     */
    Endpoints(
            final HttpContext context,
            final List<EdgeCounters> counters,
            final OutputBudget outputBudget) {
        this.misc =
                new MiscPages(
                        context.serverVersion(),
                        context.commandLine(),
                        context.logLevelSetter(),
                        counters,
                        outputBudget,
                        context.metrics());
        this.peers =
                new PeerPages(context.clusterId(), context.serverVersion(), context.epochNanos());
    }

    static boolean isKeysMethod(final HttpMethod method) {
        return switch (method) {
            case GET, HEAD, PUT, POST, DELETE -> true;
            default -> false;
        };
    }

    void handle(final Route route, final Exchange exchange) {
        switch (route) {
            case OPTIONS -> {
                exchange.body();
                exchange.reply(200, Headers.NONE, false);
            }
            case REDIRECT -> redirect(exchange);
            case NOT_FOUND -> misc.notFound(exchange);
            case KEYS -> exchange.methodNotAllowed(KEYS_METHODS);
            case AUTH -> auth.handle(exchange);
            case MEMBERS -> members.members(exchange);
            case MACHINES -> members.machines(exchange);
            case STATS_SELF -> stats.self(exchange);
            case STATS_LEADER -> stats.leader(exchange);
            case LEADER_LATENCY -> latencies.followers(exchange);
            case STAGE_LATENCY -> latencies.stages(exchange);
            case STATS_STORE -> stats.store(exchange);
            case LEADER -> admin.leader(exchange);
            case ADMIN_CONFIG -> admin.config(exchange);
            case ADMIN_MACHINES -> admin.machines(exchange);
            case VERSION -> misc.version(exchange);
            case HEALTH -> misc.health(exchange);
            case LIVEZ -> misc.live(exchange);
            case READYZ -> misc.ready(exchange);
            case METRICS -> misc.metrics(exchange);
            case DEBUG_VARS -> misc.debugVars(exchange);
            case LOG_LEVEL -> misc.logLevel(exchange);
            case PEER_MEMBERS -> peers.members(exchange);
            case RAFT -> peers.raft(exchange);
        }
    }

    /** To the cleaned path, as Go's mux and http.Redirect do it. */
    private static void redirect(final Exchange exchange) {
        final HttpRequest request = exchange.request();
        final byte[] clean = CleanPath.clean(request.head(), request.pathFrom(), request.pathTo());
        final ByteWriter location = new ByteWriter();
        Percent.encodePath(location, clean, 0, clean.length);
        if (request.queryTo() > request.queryFrom()) {
            location.put('?');
            for (int i = request.queryFrom(); i < request.queryTo(); i++) {
                final byte b = request.head()[i];
                if (b >= 0) {
                    location.put(b);
                } else {
                    location.put('%').putHex(b & 0xFF);
                }
            }
        }
        final String target =
                new String(location.bytes(), 0, location.length(), StandardCharsets.US_ASCII);
        final ByteWriter body = exchange.body().out();
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            exchange.reply(301, Headers.lines("Location: " + target), false);
            return;
        }
        body.put("<a href=\"" + escapeHtml(target) + "\">Moved Permanently</a>.\n\n");
        exchange.reply(
                301,
                Headers.lines("Content-Type: text/html; charset=utf-8", "Location: " + target),
                false);
    }

    private static String escapeHtml(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }
}
