package io.larch.http.auth;

import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import java.util.List;

/**
 * The pages below /v2/auth of a cluster whose authentication was never touched: it is off, has no
 * users, and the one role that is built in. Changing that is refused: better no than a lock that
 * does not lock.
 */
public final class AuthPages {
    private static final String PREFIX = "/v2/auth/";
    private static final String ROOT_ROLE =
            "{\"role\":\"root\",\"permissions\":{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}";
    private static final byte[] ALLOW_ALL = Headers.allow("GET,PUT,DELETE");

    public List<Page> pages() {
        return List.of(
                Page.at(PREFIX + "enable", this::handle),
                Page.tree(PREFIX + "users", this::handle),
                Page.tree(PREFIX + "roles", this::handle));
    }

    private void handle(final Exchange exchange) {
        final String page = exchange.request().path().substring(PREFIX.length());
        final int slash = page.indexOf('/');
        final String name = slash < 0 ? "" : page.substring(slash + 1);
        final boolean isSingle = page.equals("enable") || !name.isEmpty();
        final HttpMethod method = exchange.request().method();
        final boolean isChange = method == HttpMethod.PUT || method == HttpMethod.DELETE;
        if (method != HttpMethod.GET && !(isSingle && isChange)) {
            exchange.methodNotAllowed(isSingle ? ALLOW_ALL : Exchange.ALLOW_GET);
        } else if (name.indexOf('/') >= 0) {
            exchange.message(400, "Invalid path", true);
        } else if (isChange) {
            // Go's clients drop the text of a status from 500 on.
            exchange.message(403, "auth: changes are not supported by this server", true);
        } else if (page.equals("enable")) {
            print(exchange, "{\"enabled\":false}");
        } else if (page.startsWith("users")) {
            user(exchange, name);
        } else {
            role(exchange, name);
        }
    }

    private static void user(final Exchange exchange, final String name) {
        if (name.isEmpty()) {
            print(exchange, "{\"users\":null}");
        } else {
            exchange.message(404, "auth: User " + name + " does not exist.", true);
        }
    }

    private static void role(final Exchange exchange, final String name) {
        if (name.isEmpty()) {
            print(exchange, "{\"roles\":[" + ROOT_ROLE + "]}");
        } else if (name.equals("root")) {
            print(exchange, ROOT_ROLE);
        } else {
            exchange.message(404, "auth: Role " + name + " does not exist.", true);
        }
    }

    private static void print(final Exchange exchange, final String json) {
        exchange.body().out().put(json).put('\n');
        exchange.reply(200, Headers.JSON, true);
    }
}
