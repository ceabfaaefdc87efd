package io.larch.engine.auth;

import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthView.Role;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** What becomes of roles, as in etcd 2.3's auth store. No state. */
final class RoleRules {
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private RoleRules() {}

    /** Makes one or, when something is granted or revoked, changes it. */
    static Outcome put(final AuthView before, final PutRole command) {
        final String name = command.name();
        if (name.equals(AuthView.ROOT)) {
            return isRoot(before);
        }
        final Role old = before.role(name);
        if (!command.grant().isEmpty() || !command.revoke().isEmpty()) {
            return update(before, command, old);
        }
        if (old != null) {
            return Outcome.refused(before, CONFLICT, "Role " + name + " already exists.");
        }
        final Patterns permissions = command.permissions();
        final Role role = new Role(name, permissions.read(), permissions.write());
        return Outcome.role(before.with(role), role, true);
    }

    private static Outcome update(final AuthView before, final PutRole command, final Role old) {
        final String name = command.name();
        if (old == null) {
            return Outcome.refused(before, NOT_FOUND, "Role " + name + " does not exist.");
        }
        final TreeSet<String> read = sorted(old.read());
        final TreeSet<String> write = sorted(old.write());
        String twice = grant(read, command.grant().read());
        if (twice != null) {
            return duplicate(before, "read", twice);
        }
        twice = grant(write, command.grant().write());
        if (twice != null) {
            return duplicate(before, "write", twice);
        }
        revoke(read, command.revoke().read());
        revoke(write, command.revoke().write());
        final Role role = new Role(name, List.copyOf(read), List.copyOf(write));
        if (Objects.equals(role.read(), old.read()) && Objects.equals(role.write(), old.write())) {
            return Outcome.refused(
                    before, BAD_REQUEST, "Role not updated. Use grant/revoke to update the role.");
        }
        return Outcome.role(before.with(role), role, false);
    }

    private static TreeSet<String> sorted(final List<String> patterns) {
        final TreeSet<String> sorted = new TreeSet<>(AuthView.BY_BYTES);
        if (patterns != null) {
            sorted.addAll(patterns);
        }
        return sorted;
    }

    /** The first that is there already; null when all were added. */
    private static String grant(final TreeSet<String> patterns, final List<String> granted) {
        for (final String pattern : granted == null ? List.<String>of() : granted) {
            if (!patterns.add(pattern)) {
                return pattern;
            }
        }
        return null;
    }

    private static void revoke(final TreeSet<String> patterns, final List<String> revoked) {
        if (revoked != null) {
            revoked.forEach(patterns::remove);
        }
    }

    private static Outcome duplicate(
            final AuthView before, final String what, final String pattern) {
        return Outcome.refused(
                before, CONFLICT, "Granting duplicate " + what + " permission " + pattern);
    }

    static Outcome delete(final AuthView before, final String name) {
        if (name.equals(AuthView.ROOT)) {
            return isRoot(before);
        }
        if (before.role(name) == null) {
            return Outcome.refused(before, NOT_FOUND, "Role " + name + " doesn't exist.");
        }
        return Outcome.done(before.withoutRole(name));
    }

    private static Outcome isRoot(final AuthView before) {
        return Outcome.refused(before, FORBIDDEN, "Cannot modify role root: is root role.");
    }

    /** Clients have to say who they are from now on; what others may do is the guest's role. */
    static Outcome enable(final AuthView before) {
        if (before.isEnabled()) {
            return Outcome.refused(before, CONFLICT, "already enabled");
        }
        if (before.user(AuthView.ROOT) == null) {
            return Outcome.refused(before, CONFLICT, "No root user available, please create one");
        }
        final AuthView withGuest =
                before.guest() != null
                        ? before
                        : before.with(new Role(AuthView.GUEST, List.of("/*"), List.of("/*")));
        return Outcome.done(withGuest.enabled(true));
    }

    static Outcome disable(final AuthView before) {
        if (!before.isEnabled()) {
            return Outcome.refused(before, CONFLICT, "already disabled");
        }
        return Outcome.done(before.enabled(false));
    }
}
