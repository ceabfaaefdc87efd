package io.larch.http.auth;

import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import io.larch.engine.codec.AuthReply;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.Reply;
import io.larch.engine.port.RequestPort;
import io.larch.http.route.CommandEncoder;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The pages below /v2/auth. What they show is the newest view of this member; what they change goes
 * to the application. Checks in etcd's order; all but the reading of /v2/auth/enable is for the
 * role root as soon as clients have to say who they are.
 */
public final class AuthPages {
    private static final String PREFIX = "/v2/auth/";
    private static final String ENABLE = PREFIX + "enable";
    private static final String USERS = PREFIX + "users";
    private static final String ROLES = PREFIX + "roles";
    private static final String INVALID_JSON = "Invalid JSON in request body.";
    private static final String ROLLING =
            "Not capable of accessing auth feature during rolling upgrades.";
    private static final String SERVER_ERROR = "Internal Server Error";
    private static final byte[] ALLOW_ALL = Headers.allow("GET,PUT,DELETE");

    private final AuthViews views;

    /**
     * @param views of this member.
     */
    public AuthPages(final AuthViews views) {
        this.views = views;
    }

    public List<Page> pages() {
        return List.of(
                Page.at(ENABLE, this::enable),
                Page.tree(USERS, exchange -> names(exchange, USERS, this::users, this::user))
                        .reading(HttpMethod.PUT),
                Page.tree(ROLES, exchange -> names(exchange, ROLES, this::roles, this::role))
                        .reading(HttpMethod.PUT));
    }

    // --- which page it is ---

    private static void names(
            final Exchange exchange,
            final String page,
            final Consumer<Exchange> all,
            final BiConsumer<Exchange, String> one) {
        final String tail = exchange.request().path().substring(page.length());
        final String name = tail.isEmpty() ? "" : tail.substring(1);
        if (name.isEmpty()) {
            if (exchange.isGet()) {
                exchange.asRoot(() -> all.accept(exchange));
            }
        } else if (name.indexOf('/') >= 0) {
            exchange.message(400, "Invalid path", false);
        } else if (isServed(exchange)) {
            exchange.asRoot(() -> one.accept(exchange, name));
        }
    }

    private static boolean isServed(final Exchange exchange) {
        return switch (exchange.request().method()) {
            case GET, PUT, DELETE -> true;
            default -> {
                exchange.methodNotAllowed(ALLOW_ALL);
                yield false;
            }
        };
    }

    // --- on and off ---

    private void enable(final Exchange exchange) {
        if (!isServed(exchange)) {
            return;
        }
        switch (exchange.request().method()) {
            case PUT -> exchange.asRoot(() -> change(exchange, AuthCommand.ENABLE));
            case DELETE -> exchange.asRoot(() -> change(exchange, AuthCommand.DISABLE));
            default -> {
                final JsonWriter json = exchange.body();
                final boolean isEnabled = views.newest().isEnabled();
                json.out().put(isEnabled ? "{\"enabled\":true}" : "{\"enabled\":false}");
                print(exchange, json, 200);
            }
        }
    }

    private static void change(final Exchange exchange, final byte type) {
        command(exchange, (target, id, nowNanos) -> AuthCommand.encode(target, type, id, nowNanos));
    }

    private static void delete(final Exchange exchange, final byte type, final String name) {
        command(
                exchange,
                (target, id, nowNanos) ->
                        AuthCommand.encodeDelete(target, type, id, nowNanos, name));
    }

    // --- users ---

    private void users(final Exchange exchange) {
        final JsonWriter json = exchange.body();
        AuthPrinter.users(json, views.newest());
        print(exchange, json, 200);
    }

    private void user(final Exchange exchange, final String name) {
        switch (exchange.request().method()) {
            case GET -> readUser(exchange, name);
            case PUT -> putUser(exchange, name);
            default -> delete(exchange, AuthCommand.DELETE_USER, name);
        }
    }

    private void readUser(final Exchange exchange, final String name) {
        final AuthView view = views.newest();
        final AuthView.User user = view.user(name);
        if (user == null) {
            exchange.message(404, "auth: User " + name + " does not exist.", true);
            return;
        }
        for (final String role : user.roles() == null ? List.<String>of() : user.roles()) {
            if (view.role(role) == null) {
                exchange.message(404, "auth: Role " + role + " does not exist.", true);
                return;
            }
        }
        final JsonWriter json = exchange.body();
        AuthPrinter.user(json, user, view);
        print(exchange, json, 200);
    }

    private static void putUser(final Exchange exchange, final String name) {
        final AuthBody.User user =
                exchange.request().bodyError() != null
                        ? null
                        : AuthBody.user(exchange.request().body(), exchange.request().bodyLength());
        if (user == null) {
            exchange.message(400, INVALID_JSON, true);
        } else if (!user.name().equals(name)) {
            exchange.message(400, "User JSON name does not match the name in the URL", true);
        } else if (user.isChange() && user.roles() != null && !user.roles().isEmpty()) {
            exchange.message(400, "User JSON contains both roles and grant/revoke", true);
        } else if (AuthNames.isTooLong(name)
                || AuthNames.isAnyTooLong(user.roles())
                || AuthNames.isAnyTooLong(user.grant())) {
            exchange.message(400, AuthNames.TOO_LONG, true);
        } else if (user.password().isEmpty()) {
            putUser(exchange, user, "");
        } else {
            exchange.hash(
                    user.password().getBytes(StandardCharsets.UTF_8),
                    hash -> {
                        if (hash == null) {
                            exchange.message(503, "etcdserver: too many requests", true);
                        } else {
                            putUser(exchange, user, hash);
                        }
                    });
        }
    }

    private static void putUser(
            final Exchange exchange, final AuthBody.User user, final String hash) {
        command(
                exchange,
                (target, id, nowNanos) ->
                        AuthCommand.encodePutUser(
                                target,
                                id,
                                nowNanos,
                                user.name(),
                                hash,
                                user.roles(),
                                user.grant(),
                                user.revoke()));
    }

    // --- roles ---

    private void roles(final Exchange exchange) {
        final JsonWriter json = exchange.body();
        AuthPrinter.roles(json, views.newest());
        print(exchange, json, 200);
    }

    private void role(final Exchange exchange, final String name) {
        switch (exchange.request().method()) {
            case GET -> readRole(exchange, name);
            case PUT -> putRole(exchange, name);
            default -> delete(exchange, AuthCommand.DELETE_ROLE, name);
        }
    }

    private void readRole(final Exchange exchange, final String name) {
        final AuthView.Role role = views.newest().role(name);
        if (role == null) {
            exchange.message(404, "auth: Role " + name + " does not exist.", true);
            return;
        }
        final JsonWriter json = exchange.body();
        AuthPrinter.role(json, role.name(), role.read(), role.write());
        print(exchange, json, 200);
    }

    private static void putRole(final Exchange exchange, final String name) {
        final PutRole role =
                exchange.request().bodyError() != null
                        ? null
                        : AuthBody.role(exchange.request().body(), exchange.request().bodyLength());
        if (role == null) {
            exchange.message(400, INVALID_JSON, true);
        } else if (!role.name().equals(name)) {
            exchange.message(400, "Role JSON name does not match the name in the URL", true);
        } else if (!role.permissions().isEmpty()
                && !(role.grant().isEmpty() && role.revoke().isEmpty())) {
            exchange.message(400, "Role JSON contains both permissions and grant/revoke", true);
        } else if (AuthNames.isTooLong(name)) {
            exchange.message(400, AuthNames.TOO_LONG, true);
        } else if (!arePatterns(role.permissions()) || !arePatterns(role.grant())) {
            exchange.message(400, AuthNames.NO_PATTERN, true);
        } else {
            command(
                    exchange,
                    (target, id, nowNanos) ->
                            AuthCommand.encodePutRole(target, id, nowNanos, role));
        }
    }

    private static boolean arePatterns(final Patterns patterns) {
        return AuthNames.arePatterns(patterns.read()) && AuthNames.arePatterns(patterns.write());
    }

    // --- the application's answers ---

    private static void command(final Exchange exchange, final CommandEncoder encoder) {
        exchange.command(
                encoder,
                reply -> answer(exchange, reply),
                () -> exchange.message(500, SERVER_ERROR, true));
    }

    private static void answer(final Exchange exchange, final Reply reply) {
        if (reply.kind() == Reply.Kind.ERROR) {
            fail(exchange, reply);
            return;
        }
        final AuthReply answer = AuthReply.decode(reply.bytes(), reply.offset(), reply.length());
        final JsonWriter json = exchange.body();
        switch (answer.kind()) {
            case REFUSED -> exchange.message(answer.status(), answer.text(), true);
            case DONE -> exchange.reply(answer.status(), Headers.JSON, true);
            case USER -> {
                AuthPrinter.user(json, answer.text(), answer.first());
                print(exchange, json, answer.status());
            }
            case ROLE -> {
                AuthPrinter.role(json, answer.text(), answer.first(), answer.second());
                print(exchange, json, answer.status());
            }
        }
    }

    /** Go's clients drop the text of a status from 500 on, so what is full is a 403. */
    private static void fail(final Exchange exchange, final Reply error) {
        final String cause =
                error.bytes().getStringWithoutLengthUtf8(error.offset(), error.length());
        if (error.error() == ErrorCode.STORE_FULL) {
            exchange.message(403, "auth: " + AuthNames.NO_ROOM, true);
        } else if (cause.equals(RequestPort.NOT_EVERYWHERE)) {
            exchange.message(500, ROLLING, true);
        } else {
            exchange.message(500, SERVER_ERROR, true);
        }
    }

    private static void print(final Exchange exchange, final JsonWriter json, final int status) {
        json.out().put('\n');
        exchange.reply(status, Headers.JSON, true);
    }
}
