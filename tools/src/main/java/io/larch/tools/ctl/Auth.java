package io.larch.tools.ctl;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Users and roles of a cluster. Each method blocks, and throws what the cluster refuses. */
final class Auth {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final String PATH = "/v2/auth/";
    private static final String NO_PERMISSIONS = "{\"kv\":{\"read\":null,\"write\":null}}";

    private final Cluster cluster;
    private final Deadline deadline;

    Auth(final Cluster cluster, final Deadline deadline) {
        this.cluster = cluster;
        this.deadline = deadline;
    }

    /** A user, with the names of its roles. */
    record User(String name, List<String> roles) {}

    /** A role, with the patterns of what may be read and written. */
    record Role(String name, List<String> read, List<String> write) {
        private static Role of(final Object json) throws IOException {
            final Map<String, Object> fields = Json.object(json);
            final Map<String, Object> permissions = Json.object(fields.get("permissions"));
            final Map<String, Object> keys = Json.object(permissions.get("kv"));
            return new Role(
                    Json.text(fields.get("role")),
                    Json.texts(keys.get("read")),
                    Json.texts(keys.get("write")));
        }
    }

    /** To give or to take. */
    enum Change {
        GRANT,
        REVOKE;

        String word() {
            return this == GRANT ? "grant" : "revoke";
        }
    }

    void enable() throws IOException {
        ask(new Call("PUT", PATH + "enable", "", null, false));
    }

    void disable() throws IOException {
        ask(new Call("DELETE", PATH + "enable", "", null, false));
    }

    List<String> users() throws IOException {
        final List<String> names = new ArrayList<>();
        for (final Object user : Json.list(ask(list("users")).get("users"))) {
            names.add(
                    user instanceof String name ? name : Json.text(Json.object(user).get("user")));
        }
        return names;
    }

    User user(final String name) throws IOException {
        final Map<String, Object> fields = ask(Call.get(path("users", name)));
        final List<String> roles = new ArrayList<>();
        for (final Object role : Json.list(fields.get("roles"))) {
            roles.add(role instanceof String text ? text : Role.of(role).name());
        }
        return new User(Json.text(fields.get("user")), roles);
    }

    /** Makes a user; one that there is already has another password then. */
    void addUser(final String name, final String password) throws IOException {
        ask(Call.json("PUT", path("users", name), credentials(name, password)));
    }

    /**
     * Gives a user another password. As etcdctl has it, one that there was not yet is made by that,
     * and yet it is a failure, without a reason.
     */
    void changePassword(final String name, final String password) throws IOException {
        put("users", name, credentials(name, password));
    }

    private static String credentials(final String name, final String password) {
        final String field = password.isEmpty() ? "" : ",\"password\":" + GoText.json(password);
        return "{\"user\":" + GoText.json(name) + field + ",\"roles\":null}";
    }

    void change(final Change change, final String name, final List<String> roles)
            throws IOException {
        put(
                "users",
                name,
                "{\"user\":"
                        + GoText.json(name)
                        + ",\"roles\":null,\""
                        + change.word()
                        + "\":"
                        + texts(roles)
                        + "}");
    }

    void removeUser(final String name) throws IOException {
        ask(new Call("DELETE", path("users", name), "", null, false));
    }

    List<String> roles() throws IOException {
        final HttpReply reply = cluster.ask(list("roles"), deadline);
        if (reply.status() != OK) {
            throw new IOException("unexpected status code " + reply.status());
        }
        final List<String> names = new ArrayList<>();
        final Map<String, Object> fields = Json.object(Json.parse(reply.body()));
        for (final Object role : Json.list(fields.get("roles"))) {
            names.add(role instanceof String name ? name : Role.of(role).name());
        }
        return names;
    }

    Role role(final String name) throws IOException {
        return Role.of(ask(Call.get(path("roles", name))));
    }

    void addRole(final String name) throws IOException {
        ask(
                Call.json(
                        "PUT",
                        path("roles", name),
                        "{\"role\":"
                                + GoText.json(name)
                                + ",\"permissions\":"
                                + NO_PERMISSIONS
                                + "}"));
    }

    /** Gives or takes a pattern for reading, for writing, or for both. */
    Role change(
            final Change change,
            final String name,
            final String pattern,
            final boolean isRead,
            final boolean isWrite)
            throws IOException {
        final String texts = texts(List.of(pattern));
        return Role.of(
                put(
                        "roles",
                        name,
                        "{\"role\":%s,\"permissions\":%s,\"%s\":{\"kv\":{\"read\":%s,\"write\":%s}}}"
                                .formatted(
                                        GoText.json(name),
                                        NO_PERMISSIONS,
                                        change.word(),
                                        isRead ? texts : null,
                                        isWrite ? texts : null)));
    }

    void removeRole(final String name) throws IOException {
        ask(new Call("DELETE", path("roles", name), "", null, false));
    }

    private static String texts(final List<String> texts) {
        return "[" + String.join(",", texts.stream().map(GoText::json).toList()) + "]";
    }

    private static Call list(final String kind) {
        return Call.json("GET", PATH + kind, null);
    }

    private static String path(final String kind, final String name) {
        return GoText.escapedPath(GoText.canonicalPath(PATH + kind + "/" + name));
    }

    /** Changes what there is: what is new is refused by then. */
    private Map<String, Object> put(final String kind, final String name, final String body)
            throws IOException {
        final HttpReply reply = cluster.ask(Call.json("PUT", path(kind, name), body), deadline);
        if (reply.status() != OK) {
            throw refusal(reply);
        }
        return Json.object(Json.parse(reply.body()));
    }

    private Map<String, Object> ask(final Call call) throws IOException {
        final HttpReply reply = cluster.ask(call, deadline);
        if (reply.status() != OK && reply.status() != CREATED) {
            throw refusal(reply);
        }
        return reply.body().isBlank() ? Map.of() : Json.object(Json.parse(reply.body()));
    }

    private static IOException refusal(final HttpReply reply) throws IOException {
        final Map<String, Object> fields = Json.object(Json.parse(reply.body()));
        return new IOException(Json.text(fields.getOrDefault("message", "")));
    }
}
