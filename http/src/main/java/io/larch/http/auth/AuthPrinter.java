package io.larch.http.auth;

import io.larch.engine.port.AuthView;
import io.larch.http.text.JsonWriter;
import java.util.List;

/** Prints users and roles as etcd 2.3 does. */
final class AuthPrinter {
    private AuthPrinter() {}

    /** A user with the names of its roles, as an answer to a change. */
    static void user(final JsonWriter json, final String name, final List<String> roles) {
        json.out().put("{\"user\":");
        json.string(name).out().put(",\"roles\":");
        list(json, roles);
        json.out().put('}');
    }

    /** A user with its roles as they are; those that are not there are left out. */
    static void user(final JsonWriter json, final AuthView.User user, final AuthView view) {
        json.out().put("{\"user\":");
        json.string(user.name());
        String before = ",\"roles\":[";
        for (final AuthView.Role role : view.rolesOf(user)) {
            json.out().put(before);
            role(json, role.name(), role.read(), role.write());
            before = ",";
        }
        json.out().put(before.equals(",") ? "]}" : "}");
    }

    static void users(final JsonWriter json, final AuthView view) {
        json.out().put("{\"users\":");
        if (view.userCount() == 0) {
            json.out().put("null");
        } else {
            char before = '[';
            for (final AuthView.User user : view.users()) {
                json.out().put(before);
                user(json, user, view);
                before = ',';
            }
            json.out().put(']');
        }
        json.out().put('}');
    }

    static void role(
            final JsonWriter json,
            final String name,
            final List<String> read,
            final List<String> write) {
        json.out().put("{\"role\":");
        json.string(name).out().put(",\"permissions\":{\"kv\":{\"read\":");
        list(json, read);
        json.out().put(",\"write\":");
        list(json, write);
        json.out().put("}}}");
    }

    /** All, with the one that is built in where its name belongs. */
    static void roles(final JsonWriter json, final AuthView view) {
        json.out().put("{\"roles\":");
        char before = '[';
        boolean isRootPrinted = false;
        for (final AuthView.Role role : view.roles()) {
            if (!isRootPrinted && AuthView.BY_BYTES.compare(role.name(), AuthView.ROOT) > 0) {
                before = role(json, before, view.role(AuthView.ROOT));
                isRootPrinted = true;
            }
            before = role(json, before, role);
        }
        if (!isRootPrinted) {
            role(json, before, view.role(AuthView.ROOT));
        }
        json.out().put("]}");
    }

    private static char role(final JsonWriter json, final char before, final AuthView.Role role) {
        json.out().put(before);
        role(json, role.name(), role.read(), role.write());
        return ',';
    }

    private static void list(final JsonWriter json, final List<String> texts) {
        if (texts == null) {
            json.out().put("null");
        } else {
            json.strings(texts);
        }
    }
}
