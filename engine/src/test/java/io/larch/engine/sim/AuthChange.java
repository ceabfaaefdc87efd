package io.larch.engine.sim;

import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import io.larch.engine.port.AuthView;
import java.util.List;
import org.agrona.MutableDirectBuffer;

/** The changes of users and roles that simulated clients ask for. */
enum AuthChange {
    CREATE_USER,
    GRANT_ROLE,
    REVOKE_ROLE,
    DELETE_USER,
    CREATE_ROLE,
    GRANT_KEYS,
    REVOKE_KEYS,
    DELETE_ROLE,
    ENABLE,
    DISABLE;

    private static final long TIMESTAMP = 1;

    /** Writes it, of one of a few names, and with a number that nobody else has. */
    int encode(final MutableDirectBuffer target, final long id, final int name, final long number) {
        final String user = name == 0 ? AuthView.ROOT : "u" + name;
        final String role = name == 0 ? AuthView.GUEST : "r" + name;
        final Patterns keys = new Patterns(List.of("/k/" + number % 4 + "*"), null);
        return switch (this) {
            case CREATE_USER -> putUser(target, id, user, "hash" + number, List.of(), List.of());
            case GRANT_ROLE -> putUser(target, id, user, "", List.of(roleOf(number)), List.of());
            case REVOKE_ROLE -> putUser(target, id, user, "", List.of(), List.of(roleOf(number)));
            case CREATE_ROLE -> putRole(target, id, role, Patterns.NONE, Patterns.NONE);
            case GRANT_KEYS -> putRole(target, id, role, keys, Patterns.NONE);
            case REVOKE_KEYS -> putRole(target, id, role, Patterns.NONE, keys);
            case DELETE_USER ->
                    AuthCommand.encodeDelete(target, AuthCommand.DELETE_USER, id, TIMESTAMP, user);
            case DELETE_ROLE ->
                    AuthCommand.encodeDelete(target, AuthCommand.DELETE_ROLE, id, TIMESTAMP, role);
            case ENABLE -> AuthCommand.encode(target, AuthCommand.ENABLE, id, TIMESTAMP);
            case DISABLE -> AuthCommand.encode(target, AuthCommand.DISABLE, id, TIMESTAMP);
        };
    }

    private static String roleOf(final long number) {
        return "r" + number % 3;
    }

    private static int putUser(
            final MutableDirectBuffer target,
            final long id,
            final String name,
            final String hash,
            final List<String> grant,
            final List<String> revoke) {
        return AuthCommand.encodePutUser(target, id, TIMESTAMP, name, hash, null, grant, revoke);
    }

    private static int putRole(
            final MutableDirectBuffer target,
            final long id,
            final String name,
            final Patterns grant,
            final Patterns revoke) {
        return AuthCommand.encodePutRole(
                target, id, TIMESTAMP, new PutRole(name, Patterns.NONE, grant, revoke));
    }
}
