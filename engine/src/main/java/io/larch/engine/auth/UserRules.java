package io.larch.engine.auth;

import io.larch.engine.codec.AuthCommand.PutUser;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthView.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** What becomes of users, as in etcd 2.3's auth store. No state. */
final class UserRules {
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private UserRules() {}

    /** Makes or changes one: which, follows from what the command holds. */
    static Outcome put(final AuthView before, final PutUser command) {
        final User old = before.user(command.name());
        final boolean isChange = !command.grant().isEmpty() || !command.revoke().isEmpty();
        final boolean isCreation = command.roles() != null && !command.roles().isEmpty();
        if (!isChange && isCreation) {
            return create(before, command, old, false);
        }
        if (!isChange && old == null) {
            return create(before, command, null, true);
        }
        return update(before, command, old);
    }

    private static Outcome create(
            final AuthView before,
            final PutUser command,
            final User old,
            final boolean isToldCreated) {
        final String name = command.name();
        if (command.hash().isEmpty()) {
            return Outcome.refused(
                    before, BAD_REQUEST, "Cannot create user " + name + " with an empty password");
        }
        if (old != null) {
            return Outcome.refused(before, CONFLICT, "User " + name + " already exists.");
        }
        final User user = new User(name, command.hash(), withRoot(name, command.roles()));
        return Outcome.user(before.with(user), user, isToldCreated);
    }

    private static Outcome update(final AuthView before, final PutUser command, final User old) {
        final String name = command.name();
        if (old == null) {
            return Outcome.refused(before, NOT_FOUND, "User " + name + " does not exist.");
        }
        final List<String> had = withRoot(name, old.roles());
        final TreeSet<String> roles = new TreeSet<>(AuthView.BY_BYTES);
        if (had != null) {
            roles.addAll(had);
        }
        for (final String role : command.grant()) {
            if (!roles.add(role)) {
                return Outcome.refused(
                        before, CONFLICT, "Granting duplicate role " + role + " for user " + name);
            }
        }
        for (final String role : command.revoke()) {
            if (!roles.remove(role)) {
                return Outcome.refused(
                        before, CONFLICT, "Revoking ungranted role " + role + " for user " + name);
            }
        }
        final List<String> has = List.copyOf(roles);
        if (command.hash().isEmpty() && Objects.equals(has, had)) {
            return Outcome.refused(
                    before,
                    BAD_REQUEST,
                    "User not updated. Use grant/revoke/password to update the user.");
        }
        final User user =
                new User(name, command.hash().isEmpty() ? old.passwordHash() : command.hash(), has);
        return Outcome.user(before.with(user), user, false);
    }

    static Outcome delete(final AuthView before, final String name) {
        if (before.isEnabled() && name.equals(AuthView.ROOT)) {
            return Outcome.refused(
                    before, FORBIDDEN, "Cannot delete root user while auth is enabled.");
        }
        if (before.user(name) == null) {
            return Outcome.refused(before, NOT_FOUND, "User " + name + " does not exist");
        }
        return Outcome.done(before.withoutUser(name));
    }

    /** The user root always has the role of that name. */
    private static List<String> withRoot(final String name, final List<String> roles) {
        if (!name.equals(AuthView.ROOT) || roles != null && roles.contains(AuthView.ROOT)) {
            return roles;
        }
        final List<String> more = new ArrayList<>(roles == null ? List.of() : roles);
        more.add(AuthView.ROOT);
        return List.copyOf(more);
    }
}
