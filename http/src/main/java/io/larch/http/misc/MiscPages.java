package io.larch.http.misc;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoException;
import io.larch.http.go.JsonFields;
import io.larch.http.route.Exchange;
import io.larch.http.route.ListenerKind;
import io.larch.http.route.Page;
import io.larch.http.stats.ContactsText;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Version, health, log level and variables. */
public final class MiscPages {
    private static final byte[] ALLOW_PUT = Headers.allow("PUT");
    private static final List<String> LOG_LEVELS =
            List.of("CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACE");

    private static final QueryViews.Health NO_ANSWER =
            new QueryViews.Health(false, "no answer in time");

    private static final String NOT_DECIDED = "not_decided";

    private final String serverVersion;
    private final List<String> commandLine;
    private final Predicate<String> logLevelSetter;

    /**
     * @param serverVersion of etcd, which clients look at.
     * @param commandLine the arguments of the process.
     * @param logLevelSetter false: there is no such level.
     */
    public MiscPages(
            final String serverVersion,
            final List<String> commandLine,
            final Predicate<String> logLevelSetter) {
        this.serverVersion = serverVersion;
        this.commandLine = commandLine;
        this.logLevelSetter = logLevelSetter;
    }

    public List<Page> pages() {
        return List.of(
                Page.at("/version", this::version).behind(ListenerKind.CLIENT, ListenerKind.PEER),
                Page.at("/health", this::health),
                Page.at("/livez", this::live),
                Page.at("/readyz", this::ready),
                Page.at("/debug/vars", this::debugVars),
                Page.at("/config/local/log", this::logLevel).reading(HttpMethod.PUT));
    }

    private void version(final Exchange exchange) {
        if (!exchange.isGet()) {
            return;
        }
        exchange.ask(
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> version(exchange, cluster.version()),
                () -> version(exchange, NOT_DECIDED));
    }

    private void version(final Exchange exchange, final String clusterVersion) {
        final JsonWriter json = exchange.body();
        json.out().put("{\"etcdserver\":");
        json.string(serverVersion).out().put(",\"etcdcluster\":");
        json.string(announced(clusterVersion)).out().put('}');
        exchange.reply(200, Headers.JSON, false);
    }

    /** Of a cluster that has decided on its version clients are told the announced one. */
    private String announced(final String clusterVersion) {
        return NOT_DECIDED.equals(clusterVersion)
                ? clusterVersion
                : serverVersion.substring(0, serverVersion.lastIndexOf('.')) + ".0";
    }

    /** As in 2.3.8: whether a majority is there; but told as soon as it has answered. */
    private void health(final Exchange exchange) {
        if (!exchange.isGet()) {
            return;
        }
        if (isVerbose(exchange.request())) {
            verboseHealth(exchange);
            return;
        }
        exchange.ask(
                Query.Kind.HEALTH,
                (QueryViews.Health health) -> health(exchange, health.healthy()),
                () -> health(exchange, false));
    }

    private static boolean isVerbose(final HttpRequest request) {
        return request.queryFields().stream()
                .anyMatch(field -> field.equals("verbose") || field.startsWith("verbose="));
    }

    /** Larch's own: why not, and how this member stands with the others. */
    private static void verboseHealth(final Exchange exchange) {
        exchange.ask(
                Query.Kind.HEALTH,
                (QueryViews.Health health) -> verboseHealth(exchange, health),
                () -> verboseHealth(exchange, NO_ANSWER));
    }

    private static void verboseHealth(final Exchange exchange, final QueryViews.Health health) {
        exchange.ask(
                Query.Kind.CONTACTS,
                (QueryViews.Contacts contacts) -> verboseHealth(exchange, health, contacts),
                () -> health(exchange, false));
    }

    private static void verboseHealth(
            final Exchange exchange,
            final QueryViews.Health health,
            final QueryViews.Contacts contacts) {
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
            exchange.text(200, Headers.TEXT, "{\"health\": \"true\"}");
        } else {
            exchange.text(503, Headers.ERROR_TEXT, "{\"health\": \"false\"}\n");
        }
    }

    /** Whether this process answers at all. */
    private void live(final Exchange exchange) {
        if (exchange.isGet()) {
            exchange.text(200, Headers.TEXT, "ok\n");
        }
    }

    /** Whether this member can serve a linearizable request now. */
    private void ready(final Exchange exchange) {
        if (!exchange.isGet()) {
            return;
        }
        exchange.ask(
                Query.Kind.READY,
                (QueryViews.Health health) -> ready(exchange, health),
                () -> ready(exchange, NO_ANSWER));
    }

    private static void ready(final Exchange exchange, final QueryViews.Health health) {
        if (health.healthy()) {
            exchange.text(200, Headers.TEXT, "ok\n");
        } else {
            exchange.text(503, Headers.ERROR_TEXT, health.reason() + '\n');
        }
    }

    private void debugVars(final Exchange exchange) {
        if (!exchange.isGet()) {
            return;
        }
        exchange.ask(
                Query.Kind.RAFT,
                (QueryViews.Raft raft) -> debugVars(exchange, raft),
                () -> debugVars(exchange, null));
    }

    private void debugVars(final Exchange exchange, final QueryViews.Raft raft) {
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

    private static void raftStatus(final JsonWriter json, final QueryViews.Raft raft) {
        final ByteWriter out = json.out();
        out.put("{\"id\":\"").putHex(raft.id()).put("\",\"term\":").putUnsigned(raft.term());
        out.put(",\"vote\":\"").putHex(raft.vote()).put("\",\"commit\":");
        out.putUnsigned(raft.commitIndex()).put(",\"lead\":\"").putHex(raft.leaderId());
        out.put("\",\"raftState\":");
        json.string(raft.role()).out().put(",\"progress\":{");
        final Map<Long, QueryViews.Progress> progress = new TreeMap<>(Long::compareUnsigned);
        progress.putAll(raft.progress());
        String separator = "\"";
        for (final Map.Entry<Long, QueryViews.Progress> entry : progress.entrySet()) {
            out.put(separator).putHex(entry.getKey()).put("\":{\"match\":");
            out.putUnsigned(entry.getValue().match()).put(",\"next\":");
            out.putUnsigned(entry.getValue().next()).put(",\"state\":");
            json.string(entry.getValue().state()).out().put('}');
            separator = ",\"";
        }
        out.put("}}");
    }

    private void logLevel(final Exchange exchange) {
        if (exchange.request().method() != HttpMethod.PUT) {
            exchange.methodNotAllowed(ALLOW_PUT);
            return;
        }
        final Object given;
        try {
            given =
                    JsonFields.read(
                            exchange.request().body(),
                            exchange.request().bodyLength(),
                            JsonFields.Shape.LEVEL);
        } catch (final GoException e) {
            exchange.message(400, "Invalid json body", false);
            return;
        }
        final String name = given instanceof String text ? text : "";
        final String level = levelOf(name.toUpperCase(Locale.ROOT));
        if (level == null || !logLevelSetter.test(level)) {
            exchange.message(400, "Invalid log level " + name, false);
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
}
