package io.larch.http.members;

import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoException;
import io.larch.http.go.HexId;
import io.larch.http.go.JsonFields;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** /v2/members and /v2/machines. Checks in etcd's order. */
public final class MemberPages {
    private static final String PREFIX = "/v2/members";
    private static final String JSON_TYPE = "application/json";
    private static final String SERVER_ERROR = "Internal Server Error";
    private static final String NO_SUCH_MEMBER = "No such member: ";
    private static final String PEER_URL_EXISTS = "etcdserver: peerURL exists";
    private static final byte[] ALLOW = Headers.allow("GET,POST,DELETE,PUT");
    private static final byte[] ALLOW_READS = Headers.allow("GET,HEAD");

    private final boolean hasPeerTls;

    /**
     * @param hasPeerTls whether this member could reach others at https URLs.
     */
    public MemberPages(final boolean hasPeerTls) {
        this.hasPeerTls = hasPeerTls;
    }

    public List<Page> pages() {
        return List.of(
                Page.tree(PREFIX, this::members).reading(HttpMethod.POST, HttpMethod.PUT),
                Page.at("/v2/machines", this::machines));
    }

    private void machines(final Exchange exchange) {
        final HttpMethod method = exchange.request().method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            exchange.methodNotAllowed(ALLOW_READS);
            return;
        }
        askCluster(
                exchange,
                cluster -> {
                    final String urls =
                            cluster.members().stream()
                                    .flatMap(member -> member.clientUrls().stream())
                                    .sorted()
                                    .collect(Collectors.joining(", "));
                    exchange.body().out().put(urls);
                    exchange.reply(200, Headers.TEXT, false);
                });
    }

    private void members(final Exchange exchange) {
        final String path = exchange.request().path().substring(PREFIX.length());
        final String tail = path.startsWith("/") ? path.substring(1) : path;
        switch (exchange.request().method()) {
            case GET -> get(exchange, tail);
            case POST -> exchange.asRoot(() -> add(exchange));
            case PUT -> exchange.asRoot(() -> update(exchange, tail));
            case DELETE -> exchange.asRoot(() -> remove(exchange, tail));
            default -> exchange.methodNotAllowed(ALLOW);
        }
    }

    private static void get(final Exchange exchange, final String tail) {
        switch (tail) {
            case "" -> askCluster(exchange, cluster -> list(exchange, cluster));
            case "leader" -> askCluster(exchange, cluster -> leader(exchange, cluster));
            default -> exchange.message(404, "Not found", true);
        }
    }

    private static void list(final Exchange exchange, final QueryViews.Cluster cluster) {
        final JsonWriter json = exchange.body();
        json.out().put("{\"members\":[");
        String separator = "";
        for (final QueryViews.Member member : byId(cluster)) {
            json.out().put(separator);
            print(json, member);
            separator = ",";
        }
        json.out().put("]}\n");
        exchange.reply(200, Headers.JSON, true);
    }

    private static void leader(final Exchange exchange, final QueryViews.Cluster cluster) {
        final QueryViews.Member leader = find(cluster, cluster.leaderId());
        if (cluster.leaderId() == 0 || leader == null) {
            exchange.message(503, "During election", true);
            return;
        }
        final JsonWriter json = exchange.body();
        print(json, leader);
        json.out().put('\n');
        exchange.reply(200, Headers.JSON, true);
    }

    private void add(final Exchange exchange) {
        final List<String> urls = readUrls(exchange);
        if (urls == null) {
            return;
        }
        change(
                exchange,
                new MemberChange(MemberChange.Op.ADD, 0, urls),
                changed -> {
                    switch (changed.outcome()) {
                        case DONE -> added(exchange, changed.member());
                        case ID_EXISTS -> exchange.message(409, "etcdserver: ID exists", true);
                        case PEER_URL_EXISTS -> exchange.message(409, PEER_URL_EXISTS, true);
                        default -> refuse(exchange, ChangeRefusal.of(changed.outcome()));
                    }
                });
    }

    private static void added(final Exchange exchange, final QueryViews.Member member) {
        if (member == null) {
            // Removed in the moment between: there is nothing to show.
            exchange.message(500, SERVER_ERROR, true);
            return;
        }
        final JsonWriter json = exchange.body();
        print(json, member);
        json.out().put('\n');
        exchange.reply(201, Headers.JSON, true);
    }

    private void update(final Exchange exchange, final String tail) {
        final Long id = memberId(exchange, tail);
        final List<String> urls = id == null ? null : readUrls(exchange);
        if (urls == null) {
            return;
        }
        change(
                exchange,
                new MemberChange(MemberChange.Op.UPDATE, id, urls),
                changed -> {
                    switch (changed.outcome()) {
                        case DONE -> done(exchange);
                        case ID_NOT_FOUND -> exchange.message(404, NO_SUCH_MEMBER + hex(id), true);
                        case PEER_URL_EXISTS -> exchange.message(409, PEER_URL_EXISTS, true);
                        // That of a removed member too, as in etcd.
                        default -> refuse(exchange, ChangeRefusal.of(changed.outcome()));
                    }
                });
    }

    private static void remove(final Exchange exchange, final String tail) {
        final Long id = memberId(exchange, tail);
        if (id == null) {
            return;
        }
        change(
                exchange,
                new MemberChange(MemberChange.Op.REMOVE, id, List.of()),
                changed -> {
                    switch (changed.outcome()) {
                        case DONE -> done(exchange);
                        case ID_REMOVED ->
                                exchange.message(
                                        410, "Member permanently removed: " + hex(id), true);
                        case ID_NOT_FOUND -> exchange.message(404, NO_SUCH_MEMBER + hex(id), true);
                        default -> refuse(exchange, ChangeRefusal.of(changed.outcome()));
                    }
                });
    }

    private static void change(
            final Exchange exchange,
            final MemberChange change,
            final Consumer<QueryViews.MemberChanged> onAnswer) {
        exchange.change(change, onAnswer, () -> refuse(exchange, ChangeRefusal.NO_ANSWER));
    }

    private static void refuse(final Exchange exchange, final ChangeRefusal refusal) {
        exchange.message(refusal.status(), refusal.message(), true);
    }

    private static void done(final Exchange exchange) {
        exchange.body();
        exchange.reply(204, Headers.NONE, true);
    }

    private static String hex(final long id) {
        return Long.toHexString(id);
    }

    /** The id in the path; null if the request is answered because there is none. */
    private static Long memberId(final Exchange exchange, final String tail) {
        if (tail.isEmpty()) {
            exchange.text(405, Headers.ERROR_TEXT, "Method Not Allowed\n", true);
            return null;
        }
        final Long id = HexId.parse(tail);
        if (id == null) {
            exchange.message(404, NO_SUCH_MEMBER + tail, true);
        }
        return id;
    }

    /** The peer URLs of the body, sorted; null if the request is answered because of them. */
    private List<String> readUrls(final Exchange exchange) {
        final String contentType = exchange.request().contentType();
        if (!contentType.equals(JSON_TYPE)) {
            exchange.message(
                    415, "Bad Content-Type " + contentType + ", accept " + JSON_TYPE, true);
            return null;
        }
        if (exchange.request().bodyError() != null) {
            exchange.message(400, exchange.request().bodyError(), true);
            return null;
        }
        try {
            return PeerUrlRules.check(
                    JsonFields.read(
                            exchange.request().body(),
                            exchange.request().bodyLength(),
                            JsonFields.Shape.PEER_URLS),
                    hasPeerTls);
        } catch (final GoException e) {
            exchange.message(400, e.getMessage(), true);
            return null;
        }
    }

    private static QueryViews.Member find(final QueryViews.Cluster cluster, final long id) {
        return cluster.members().stream()
                .filter(member -> member.id() == id)
                .findFirst()
                .orElse(null);
    }

    private static List<QueryViews.Member> byId(final QueryViews.Cluster cluster) {
        return cluster.members().stream()
                .sorted(Comparator.comparing(QueryViews.Member::id, Long::compareUnsigned))
                .toList();
    }

    private static void print(final JsonWriter json, final QueryViews.Member member) {
        final ByteWriter out = json.out();
        out.put("{\"id\":\"").putHex(member.id()).put("\",\"name\":");
        json.string(member.name()).out().put(",\"peerURLs\":");
        json.strings(member.peerUrls()).out().put(",\"clientURLs\":");
        json.strings(member.clientUrls()).out().put('}');
    }

    private static void askCluster(
            final Exchange exchange, final Consumer<QueryViews.Cluster> onAnswer) {
        exchange.ask(Query.Kind.CLUSTER, onAnswer, () -> exchange.message(500, SERVER_ERROR, true));
    }
}
