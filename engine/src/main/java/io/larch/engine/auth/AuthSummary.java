package io.larch.engine.auth;

import io.larch.engine.application.StateSource;
import io.larch.engine.port.AuthView;

/**
 * What is in the section of users and roles of a snapshot.
 *
 * @param isEnabled whether clients are asked who they are.
 */
public record AuthSummary(int users, int roles, boolean isEnabled) {
    /** Of a cluster that never had any. */
    public static final AuthSummary NONE = new AuthSummary(0, 0, false);

    /**
     * Reads a section to its end.
     *
     * @throws IllegalStateException if it is not whole.
     */
    public static AuthSummary read(final StateSource records) {
        final AuthView view = AuthSection.read(records);
        return new AuthSummary(view.users().size(), view.roles().size(), view.isEnabled());
    }
}
