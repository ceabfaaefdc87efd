package io.larch.engine.auth;

import io.larch.engine.codec.AuthReply;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthView.Role;
import io.larch.engine.port.AuthView.User;

/**
 * What a command leads to.
 *
 * @param after the state behind it; the one before it if it is refused.
 */
record Outcome(AuthView after, AuthReply reply) {
    private static final int OK = 200;
    private static final int CREATED = 201;

    /** Nothing changes; the message gets etcd's prefix. */
    static Outcome refused(final AuthView before, final int status, final String message) {
        return new Outcome(
                before,
                new AuthReply(status, AuthReply.Kind.REFUSED, "auth: " + message, null, null));
    }

    static Outcome done(final AuthView after) {
        return new Outcome(after, new AuthReply(OK, AuthReply.Kind.DONE, null, null, null));
    }

    static Outcome user(final AuthView after, final User user, final boolean isCreated) {
        return new Outcome(
                after,
                new AuthReply(
                        isCreated ? CREATED : OK,
                        AuthReply.Kind.USER,
                        user.name(),
                        user.roles(),
                        null));
    }

    static Outcome role(final AuthView after, final Role role, final boolean isCreated) {
        return new Outcome(
                after,
                new AuthReply(
                        isCreated ? CREATED : OK,
                        AuthReply.Kind.ROLE,
                        role.name(),
                        role.read(),
                        role.write()));
    }
}
