package io.larch.engine.auth;

import io.larch.engine.application.Growth;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import io.larch.engine.codec.AuthCommand.PutUser;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.port.AuthView;

/**
 * How many users and roles there may be, and how large each. Asked before a command is proposed,
 * never when it is applied, so a later build may have other limits. Only what makes more of it is
 * refused.
 */
final class AuthLimits {
    /** Users and roles together. */
    static final int MAX_ENTRIES = 10_000;

    /** Of one with all its roles or patterns, as {@link AuthView} counts bytes. */
    static final int MAX_ENTRY_BYTES = 256 << 10;

    /** Of all. */
    static final int MAX_BYTES = 16 << 20;

    private AuthLimits() {}

    /**
     * Whether there is room.
     *
     * @param growth is set to what the command adds.
     */
    static boolean hasRoom(
            final CommandEnvelope command,
            final AuthView view,
            final Growth underWay,
            final Growth growth) {
        switch (command.type()) {
            case AuthCommand.PUT_USER -> measure(AuthCommand.putUser(command), view, growth);
            case AuthCommand.PUT_ROLE -> measure(AuthCommand.putRole(command), view, growth);
            default -> growth.set(0, 0);
        }
        if (growth.bytes() == 0) {
            return true;
        }
        final long entries = view.userCount() + view.roleCount() + underWay.entries();
        return entries + growth.entries() <= MAX_ENTRIES
                && view.size() + underWay.bytes() + growth.bytes() <= MAX_BYTES
                && sizeOf(command, view) + growth.bytes() <= MAX_ENTRY_BYTES;
    }

    private static void measure(final PutUser command, final AuthView view, final Growth growth) {
        final long more = AuthView.sizeOf(command.roles()) + AuthView.sizeOf(command.grant());
        if (view.user(command.name()) != null) {
            growth.set(0, more);
        } else {
            growth.set(1, AuthView.sizeOf(command.name()) + AuthView.sizeOf(command.hash()) + more);
        }
    }

    private static void measure(final PutRole command, final AuthView view, final Growth growth) {
        final long more = sizeOf(command.permissions()) + sizeOf(command.grant());
        if (view.role(command.name()) != null) {
            growth.set(0, more);
        } else {
            growth.set(1, AuthView.sizeOf(command.name()) + more);
        }
    }

    private static long sizeOf(final Patterns patterns) {
        return AuthView.sizeOf(patterns.read()) + AuthView.sizeOf(patterns.write());
    }

    /** What the one takes that a command is about, as it is before. */
    private static long sizeOf(final CommandEnvelope command, final AuthView view) {
        final String name = AuthCommand.name(command);
        final AuthView.Named old =
                command.type() == AuthCommand.PUT_USER ? view.user(name) : view.role(name);
        return old == null ? 0 : old.size();
    }
}
