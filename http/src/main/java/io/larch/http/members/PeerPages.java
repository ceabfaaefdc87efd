package io.larch.http.members;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.HexId;
import io.larch.http.route.Exchange;
import io.larch.http.route.ListenerKind;
import io.larch.http.route.Page;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What etcd's peer port shows to tools and joining members. Raft itself does not come this way: an
 * etcd that tries gets the answers that make it say why it cannot.
 */
public final class PeerPages {
    private static final String RAFT = "/raft";
    private static final String PROBING = "/raft/probing";
    private static final String SNAPSHOT = "/raft/snapshot";
    private static final String STREAM = "/raft/stream/";

    /** Of etcd, whose peer protocol these pages stand for. */
    private static final String SERVER_VERSION = "2.3.8";

    private static final String INCOMPATIBLE = "incompatible version";
    private static final byte[] ALLOW_POST = Headers.allow("POST");

    private final String clusterId;
    private final LongSupplier epochNanos;

    public PeerPages(final long clusterId, final LongSupplier epochNanos) {
        this.clusterId = Long.toHexString(clusterId);
        this.epochNanos = epochNanos;
    }

    public List<Page> pages() {
        return List.of(
                Page.at("/members", this::members).behind(ListenerKind.PEER),
                Page.tree(RAFT, this::raft).behind(ListenerKind.PEER));
    }

    /** All members in one array, their ids as decimal numbers. */
    private void members(final Exchange exchange) {
        if (!exchange.isGet()) {
            return;
        }
        exchange.ask(
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> members(exchange, cluster),
                () -> exchange.text(500, Headers.ERROR_TEXT, "Internal Server Error\n", true));
    }

    private static void members(final Exchange exchange, final QueryViews.Cluster cluster) {
        final JsonWriter json = exchange.body();
        String separator = "[";
        for (final QueryViews.Member member : cluster.members()) {
            final ByteWriter out = json.out();
            out.put(separator).put("{\"id\":").putUnsigned(member.id()).put(",\"peerURLs\":");
            json.strings(member.peerUrls());
            if (!member.name().isEmpty()) {
                out.put(",\"name\":");
                json.string(member.name());
            }
            if (!member.clientUrls().isEmpty()) {
                out.put(",\"clientURLs\":");
                json.strings(member.clientUrls());
            }
            out.put('}');
            separator = ",";
        }
        json.out().put(cluster.members().isEmpty() ? "[]\n" : "]\n");
        exchange.reply(200, Headers.JSON, true);
    }

    /** Everything at and below /raft. */
    private void raft(final Exchange exchange) {
        final String path = exchange.request().path();
        if (path.equals(PROBING)) {
            probing(exchange);
        } else if (path.startsWith(STREAM)) {
            stream(exchange, path.substring(STREAM.length()));
        } else if (path.equals(RAFT) || path.equals(SNAPSHOT)) {
            pipeline(exchange);
        } else {
            exchange.text(404, Headers.ERROR_TEXT, "404 page not found\n");
        }
    }

    private void probing(final Exchange exchange) {
        final ByteWriter out = exchange.body().out().put("{\"OK\":true,\"Now\":\"");
        UtcTime.putRfc3339(out, epochNanos.getAsLong());
        out.put("\"}\n");
        exchange.reply(200, Headers.TEXT, false);
    }

    private void pipeline(final Exchange exchange) {
        if (exchange.request().method() != HttpMethod.POST) {
            exchange.methodNotAllowed(ALLOW_POST);
            return;
        }
        final String problem = incompatibility(exchange);
        if (problem == null) {
            exchange.text(400, Headers.ERROR_TEXT, "error unmarshaling raft message\n", true);
        } else {
            exchange.text(412, Headers.ERROR_TEXT, problem + '\n', true);
        }
    }

    private void stream(final Exchange exchange, final String typeAndSender) {
        if (!exchange.isGet()) {
            return;
        }
        final byte[] headers =
                Headers.lines(
                        "Content-Type: text/plain; charset=utf-8",
                        "X-Content-Type-Options: nosniff",
                        "X-Server-Version: " + SERVER_VERSION);
        final String problem = incompatibility(exchange);
        if (problem != null) {
            exchange.text(412, headers, problem + '\n', true);
            return;
        }
        final Long sender = HexId.parse(typeAndSender.substring(typeAndSender.indexOf('/') + 1));
        exchange.ask(
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> {
                    final boolean isMember =
                            sender != null
                                    && cluster.members().stream().anyMatch(m -> m.id() == sender);
                    if (isMember) {
                        exchange.text(412, headers, INCOMPATIBLE + '\n', true);
                    } else {
                        exchange.text(404, headers, "error sender not found\n", true);
                    }
                },
                () -> exchange.text(500, headers, "Internal Server Error\n", true));
    }

    /** Why the sender cannot be talked to; null when its headers are in order. */
    private String incompatibility(final Exchange exchange) {
        if (!exchange.request().header("x-server-version").startsWith("2.")) {
            return INCOMPATIBLE;
        }
        return exchange.request().header("x-etcd-cluster-id").equals(clusterId)
                ? null
                : "cluster ID mismatch";
    }
}
