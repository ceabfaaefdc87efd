package io.larch.http.misc;

import io.larch.engine.AdminQuery;
import io.larch.engine.AdminViews;
import io.larch.http.stats.ContactsText;
import io.larch.http.wire.ByteWriter;
import io.larch.http.wire.Exchange;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.JsonFields;
import io.larch.http.wire.JsonWriter;
import io.larch.http.wire.OutputBudget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Version, health, log level, variables and metrics; and the plain refusals. */
public final class MiscPages {
    private static final byte[] ALLOW_GET = Headers.allow("GET");
    private static final byte[] ALLOW_PUT = Headers.allow("PUT");
    private static final List<String> LOG_LEVELS =
            List.of("CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACE");

    private static final AdminViews.Health NO_ANSWER =
            new AdminViews.Health(false, "no answer in time");

    private final String serverVersion;
    private final List<String> commandLine;
    private final Predicate<String> logLevelSetter;
    private final MetricsPage metrics;

    /**
     * @param counters of all event loops, for metrics.
     * @param moreMetrics lines to put behind the metrics; null for none.
     */
    public MiscPages(
            final String serverVersion,
            final List<String> commandLine,
            final Predicate<String> logLevelSetter,
            final List<EdgeCounters> counters,
            final OutputBudget outputBudget,
            final Supplier<String> moreMetrics) {
        this.serverVersion = serverVersion;
        this.commandLine = commandLine;
        this.logLevelSetter = logLevelSetter;
        this.metrics = new MetricsPage(counters, outputBudget, moreMetrics);
    }

    public void notFound(final Exchange exchange) {
        text(exchange, 404, Headers.ERROR_TEXT, "404 page not found\n");
    }

    /**
     * @param allow of {@link Headers#allow}.
     */
    public void methodNotAllowed(final Exchange exchange, final byte[] allow) {
        text(exchange, 405, allow, "Method Not Allowed\n");
    }

    public void version(final Exchange exchange) {
        if (!isGet(exchange)) {
            return;
        }
        exchange.ask(
                AdminQuery.Kind.CLUSTER,
                (AdminViews.Cluster cluster) -> version(exchange, cluster.version()),
                () -> version(exchange, "not_decided"));
    }

    private void version(final Exchange exchange, final String clusterVersion) {
        final JsonWriter json = exchange.body();
        json.out().put("{\"etcdserver\":");
        json.string(serverVersion).out().put(",\"etcdcluster\":");
        json.string(clusterVersion).out().put('}');
        exchange.reply(200, Headers.JSON, false);
    }

    /** As in 2.3.8: whether a majority is there; but told as soon as it has answered. */
    public void health(final Exchange exchange) {
        if (!isGet(exchange)) {
            return;
        }
        if (isVerbose(exchange.request())) {
            verboseHealth(exchange);
            return;
        }
        exchange.ask(
                AdminQuery.Kind.HEALTH,
                (AdminViews.Health health) -> health(exchange, health.healthy()),
                () -> health(exchange, false));
    }

    private static boolean isVerbose(final HttpRequest request) {
        if (request.queryFrom() < 0) {
            return false;
        }
        final String query =
                new String(
                        request.head(),
                        request.queryFrom(),
                        request.queryTo() - request.queryFrom(),
                        StandardCharsets.ISO_8859_1);
        return Arrays.stream(query.split("&"))
                .anyMatch(field -> field.equals("verbose") || field.startsWith("verbose="));
    }

    /** Larch's own: why not, and how this member stands with the others. */
    private static void verboseHealth(final Exchange exchange) {
        exchange.ask(
                AdminQuery.Kind.HEALTH,
                (AdminViews.Health health) -> verboseHealth(exchange, health),
                () -> verboseHealth(exchange, NO_ANSWER));
    }

    private static void verboseHealth(final Exchange exchange, final AdminViews.Health health) {
        exchange.ask(
                AdminQuery.Kind.CONTACTS,
                (AdminViews.Contacts contacts) -> verboseHealth(exchange, health, contacts),
                () -> health(exchange, false));
    }

    private static void verboseHealth(
            final Exchange exchange,
            final AdminViews.Health health,
            final AdminViews.Contacts contacts) {
        final JsonWriter json = exchange.body();
        json.out().put("{\"health\": \"").put(health.healthy() ? "true" : "false");
        json.out().put("\",\"reason\":");
        json.string(health.reason());
        json.out().put(",\"peers\":");
        ContactsText.put(json, contacts);
        json.out().put("}\n");
        exchange.reply(health.healthy() ? 200 : 503, Headers.JSON, false);
    }

    private static void health(final Exchange exchange, final boolean isHealthy) {
        if (isHealthy) {
            text(exchange, 200, Headers.TEXT, "{\"health\": \"true\"}");
        } else {
            text(exchange, 503, Headers.ERROR_TEXT, "{\"health\": \"false\"}\n");
        }
    }

    /** Whether this process answers at all. */
    public void live(final Exchange exchange) {
        if (isGet(exchange)) {
            text(exchange, 200, Headers.TEXT, "ok\n");
        }
    }

    /** Whether this member can serve a linearizable request now. */
    public void ready(final Exchange exchange) {
        if (!isGet(exchange)) {
            return;
        }
        exchange.ask(
                AdminQuery.Kind.READY,
                (AdminViews.Health health) -> ready(exchange, health),
                () -> ready(exchange, NO_ANSWER));
    }

    private static void ready(final Exchange exchange, final AdminViews.Health health) {
        if (health.healthy()) {
            text(exchange, 200, Headers.TEXT, "ok\n");
        } else {
            text(exchange, 503, Headers.ERROR_TEXT, health.reason() + '\n');
        }
    }

    public void metrics(final Exchange exchange) {
        metrics.handle(exchange);
    }

    public void debugVars(final Exchange exchange) {
        if (!isGet(exchange)) {
            return;
        }
        exchange.ask(
                AdminQuery.Kind.RAFT,
                (AdminViews.Raft raft) -> debugVars(exchange, raft),
                () -> debugVars(exchange, null));
    }

    private void debugVars(final Exchange exchange, final AdminViews.Raft raft) {
        final JsonWriter json = exchange.body();
        json.out().put("{\n\"cmdline\": ");
        json.strings(commandLine).out().put(",\n\"file_descriptor_limit\": ");
        json.out().putSigned(FileDescriptors.limit()).put(",\n\"raft.status\": ");
        if (raft == null) {
            json.out().put("null");
        } else {
            raftStatus(json, raft);
        }
        json.out().put("\n}\n");
        exchange.reply(200, Headers.JSON_UTF8, false);
    }

    private static void raftStatus(final JsonWriter json, final AdminViews.Raft raft) {
        final ByteWriter out = json.out();
        out.put("{\"id\":\"").putHex(raft.id()).put("\",\"term\":").putUnsigned(raft.term());
        out.put(",\"vote\":\"").putHex(raft.vote()).put("\",\"commit\":");
        out.putUnsigned(raft.commitIndex()).put(",\"lead\":\"").putHex(raft.leaderId());
        out.put("\",\"raftState\":");
        json.string(raft.role()).out().put(",\"progress\":{");
        final Map<Long, AdminViews.Progress> progress = new TreeMap<>(Long::compareUnsigned);
        progress.putAll(raft.progress());
        String separator = "\"";
        for (final Map.Entry<Long, AdminViews.Progress> entry : progress.entrySet()) {
            out.put(separator).putHex(entry.getKey()).put("\":{\"match\":");
            out.putUnsigned(entry.getValue().match()).put(",\"next\":");
            out.putUnsigned(entry.getValue().next()).put(",\"state\":");
            json.string(entry.getValue().state()).out().put('}');
            separator = ",\"";
        }
        out.put("}}");
    }

    public void logLevel(final Exchange exchange) {
        if (exchange.request().method() != HttpMethod.PUT) {
            methodNotAllowed(exchange, ALLOW_PUT);
            return;
        }
        final Object given;
        try {
            given = JsonFields.read(exchange.request(), JsonFields.Shape.LEVEL);
        } catch (final JsonFields.BadJsonException e) {
            message(exchange, 400, "Invalid json body");
            return;
        }
        final String name = given instanceof String text ? text : "";
        final String level = levelOf(name.toUpperCase(Locale.ROOT));
        if (level == null || !logLevelSetter.test(level)) {
            message(exchange, 400, "Invalid log level " + name);
        } else {
            exchange.body();
            exchange.reply(204, Headers.NONE, false);
        }
    }

    /** The level of this name or first letter, null if there is none. */
    private static String levelOf(final String upperCase) {
        for (final String level : LOG_LEVELS) {
            if (level.equals(upperCase) || level.substring(0, 1).equals(upperCase)) {
                return level;
            }
        }
        return null;
    }

    private boolean isGet(final Exchange exchange) {
        final boolean isGet = exchange.request().method() == HttpMethod.GET;
        if (!isGet) {
            methodNotAllowed(exchange, ALLOW_GET);
        }
        return isGet;
    }

    private static void message(final Exchange exchange, final int status, final String message) {
        final JsonWriter json = exchange.body();
        json.out().put("{\"message\":");
        json.string(message).out().put('}');
        exchange.reply(status, Headers.JSON, false);
    }

    private static void text(
            final Exchange exchange, final int status, final byte[] headers, final String text) {
        exchange.body().out().put(text);
        exchange.reply(status, headers, false);
    }
}
