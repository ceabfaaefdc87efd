package io.larch.http.legacy;

import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoException;
import io.larch.http.go.HexId;
import io.larch.http.go.JsonFields;
import io.larch.http.members.ChangeRefusal;
import io.larch.http.route.Exchange;
import io.larch.http.route.ListenerKind;
import io.larch.http.route.Page;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The pages of etcd 0.4 that 2.x dropped: /v2/leader and /v2/admin. Every member answers them
 * itself, where 0.4 sent clients on to the leader. With users and roles only the role root may
 * change something here, behind the peers' listeners too.
 */
public final class AdminPages {
    /** Where the configuration lies in the tree; hidden, and replicated as every key. */
    static final String CONFIG_KEY = "/_larch/admin/config";

    private static final String MACHINES = "/v2/admin/machines";
    private static final byte[] ALLOW_READS = Headers.allow("GET,HEAD");
    private static final byte[] ALLOW_CONFIG = Headers.allow("GET,PUT");
    private static final byte[] ALLOW_MACHINE = Headers.allow("GET,DELETE");
    private static final byte[] BYTES = Headers.lines("Content-Type: application/octet-stream");

    /** 0.4's commit index is eight bytes, used or not. */
    private static final int UVARINT_BYTES = 8;

    public List<Page> pages() {
        return List.of(
                forBoth(Page.at("/v2/leader", this::leader)),
                forBoth(Page.at("/v2/admin/config", this::config)).reading(HttpMethod.PUT),
                forBoth(Page.tree(MACHINES, this::machines)));
    }

    private static Page forBoth(final Page page) {
        return page.behind(ListenerKind.CLIENT, ListenerKind.PEER);
    }

    private void leader(final Exchange exchange) {
        final HttpMethod method = exchange.request().method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            exchange.methodNotAllowed(ALLOW_READS);
            return;
        }
        exchange.ask(
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> leader(exchange, cluster),
                () -> internalError(exchange));
    }

    private static void leader(final Exchange exchange, final QueryViews.Cluster cluster) {
        final Optional<QueryViews.Member> leader =
                cluster.members().stream().filter(m -> m.id() == cluster.leaderId()).findFirst();
        final ByteWriter out = exchange.body().out();
        if (leader.isPresent()) {
            out.put(first(leader.get().peerUrls()));
            exchange.reply(200, Headers.TEXT, false);
        } else {
            out.put("{\"errorCode\":301,\"message\":\"During Leader Election\",\"index\":0}\n");
            exchange.reply(500, Headers.JSON, false);
        }
    }

    private void config(final Exchange exchange) {
        switch (exchange.request().method()) {
            case GET -> readConfig(exchange, config -> replyConfig(exchange, config));
            case PUT -> exchange.asRoot(() -> updateConfig(exchange));
            default -> exchange.methodNotAllowed(ALLOW_CONFIG);
        }
    }

    private static void updateConfig(final Exchange exchange) {
        final Map<String, Double> numbers;
        try {
            numbers =
                    JsonFields.readNumbers(
                            exchange.request().body(), exchange.request().bodyLength());
        } catch (final GoException e) {
            exchange.body().out().put(e.getMessage()).put('\n');
            exchange.reply(500, Headers.ERROR_TEXT, false);
            return;
        }
        readConfig(
                exchange,
                config -> {
                    final AdminConfig updated = config.with(numbers);
                    exchange.writeKey(
                            CONFIG_KEY,
                            updated.toString(),
                            () -> replyConfig(exchange, updated),
                            () -> internalError(exchange));
                });
    }

    private static void readConfig(final Exchange exchange, final Consumer<AdminConfig> onConfig) {
        exchange.readKey(
                CONFIG_KEY, value -> onConfig.accept(parse(value)), () -> internalError(exchange));
    }

    /** Anybody may write keys, so what does not parse counts as absent. */
    private static AdminConfig parse(final String value) {
        if (value == null) {
            return AdminConfig.DEFAULT;
        }
        final byte[] text = value.getBytes(StandardCharsets.UTF_8);
        try {
            return AdminConfig.DEFAULT.with(JsonFields.readNumbers(text, text.length));
        } catch (final GoException e) {
            return AdminConfig.DEFAULT;
        }
    }

    private static void replyConfig(final Exchange exchange, final AdminConfig config) {
        config.print(exchange.body().out());
        exchange.reply(200, Headers.JSON, false);
    }

    private void machines(final Exchange exchange) {
        final String tail = exchange.request().path().substring(MACHINES.length());
        final HttpMethod method = exchange.request().method();
        if (tail.equals("/") || tail.lastIndexOf('/') > 0) {
            exchange.text(404, Headers.ERROR_TEXT, "404 page not found\\n");
        } else if (tail.isEmpty()) {
            if (method == HttpMethod.GET) {
                askMachines(exchange, cluster -> list(exchange, cluster));
            } else {
                exchange.methodNotAllowed(Exchange.ALLOW_GET);
            }
        } else if (method == HttpMethod.GET) {
            askMachines(exchange, cluster -> single(exchange, cluster, tail.substring(1)));
        } else if (method == HttpMethod.DELETE) {
            exchange.asRoot(
                    () ->
                            askMachines(
                                    exchange,
                                    cluster -> remove(exchange, cluster, tail.substring(1))));
        } else {
            exchange.methodNotAllowed(ALLOW_MACHINE);
        }
    }

    private static void askMachines(
            final Exchange exchange, final Consumer<QueryViews.Cluster> onAnswer) {
        exchange.ask(Query.Kind.CLUSTER, onAnswer, () -> internalError(exchange));
    }

    private static void list(final Exchange exchange, final QueryViews.Cluster cluster) {
        final List<QueryViews.Member> byName =
                cluster.members().stream()
                        .sorted(Comparator.comparing(QueryViews.Member::name))
                        .toList();
        final JsonWriter json = exchange.body();
        json.out().put('[');
        for (int i = 0; i < byName.size(); i++) {
            if (i > 0) {
                json.out().put(',');
            }
            print(json, byName.get(i), cluster.leaderId());
        }
        json.out().put("]\n");
        exchange.reply(200, Headers.JSON, false);
    }

    private static void single(
            final Exchange exchange, final QueryViews.Cluster cluster, final String name) {
        final QueryViews.Member member = find(cluster, name);
        final JsonWriter json = exchange.body();
        if (member == null) {
            json.out().put("null");
        } else {
            print(json, member, cluster.leaderId());
        }
        json.out().put('\n');
        exchange.reply(200, Headers.JSON, false);
    }

    private static void print(
            final JsonWriter json, final QueryViews.Member member, final long leaderId) {
        json.out().put("{\"name\":");
        json.string(member.name()).out().put(",\"state\":\"");
        json.out().put(member.id() == leaderId ? "leader" : "follower").put("\",\"clientURL\":");
        json.string(first(member.clientUrls())).out().put(",\"peerURL\":");
        json.string(first(member.peerUrls())).out().put('}');
    }

    private static void remove(
            final Exchange exchange, final QueryViews.Cluster cluster, final String name) {
        final QueryViews.Member member = find(cluster, name);
        if (member == null) {
            exchange.message(404, "No such member: " + name, false);
            return;
        }
        exchange.change(
                new MemberChange(MemberChange.Op.REMOVE, member.id(), List.of()),
                changed -> {
                    switch (changed.outcome()) {
                        case DONE -> askCommitIndex(exchange);
                        case ID_NOT_FOUND, ID_REMOVED ->
                                exchange.message(404, "No such member: " + name, false);
                        default -> refuse(exchange, ChangeRefusal.of(changed.outcome()));
                    }
                },
                () -> refuse(exchange, ChangeRefusal.NO_ANSWER));
    }

    private static void refuse(final Exchange exchange, final ChangeRefusal refusal) {
        exchange.message(refusal.status(), refusal.message(), false);
    }

    private static void askCommitIndex(final Exchange exchange) {
        exchange.ask(
                Query.Kind.RAFT,
                (QueryViews.Raft raft) -> {
                    exchange.body().out().put(uvarint(raft.commitIndex()));
                    exchange.reply(200, BYTES, false);
                },
                () -> internalError(exchange));
    }

    private static byte[] uvarint(final long value) {
        final byte[] bytes = new byte[UVARINT_BYTES];
        long rest = value;
        int at = 0;
        while (rest > 0x7F && at < UVARINT_BYTES - 1) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at] = (byte) (rest & 0x7F);
        return bytes;
    }

    /** By name, or by id: a member that has not started has no name. */
    private static QueryViews.Member find(final QueryViews.Cluster cluster, final String name) {
        final Long id = HexId.parse(name);
        return cluster.members().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .or(
                        () ->
                                cluster.members().stream()
                                        .filter(m -> id != null && m.id() == id)
                                        .findFirst())
                .orElse(null);
    }

    private static String first(final List<String> urls) {
        return urls.isEmpty() ? "" : urls.get(0);
    }

    private static void internalError(final Exchange exchange) {
        exchange.message(500, "Internal Server Error", false);
    }
}
