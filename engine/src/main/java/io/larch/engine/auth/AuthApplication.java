package io.larch.engine.auth;

import io.larch.engine.application.Application;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSource;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import org.agrona.DirectBuffer;

/**
 * The users and roles of the v2 API, and whether clients have to say who they are. The state is one
 * immutable {@link AuthView}; what is applied makes the next one and publishes it. A refusal by its
 * rules is a result with an {@link io.larch.engine.codec.AuthReply}, as success is.
 */
public final class AuthApplication implements Application {
    /** What a member must have to understand it. */
    public static final int FEATURE_LEVEL = 2;

    private final AuthSection section = new AuthSection(this::view);
    private final AuthViews views;
    private AuthView view = AuthView.EMPTY;

    /**
     * @param views where edges look.
     */
    public AuthApplication(final AuthViews views) {
        this.views = views;
    }

    /** A factory: neither watches nor the time are of interest here. */
    public static ApplicationFactory publishingTo(final AuthViews views) {
        return (sink, time) -> new AuthApplication(views);
    }

    /** The state as it is applied. */
    public AuthView view() {
        return view;
    }

    @Override
    public int domain() {
        return AuthCommand.DOMAIN;
    }

    @Override
    public CommandKind kind(final byte type) {
        return AuthCommand.isKnown(type) ? CommandKind.WRITE : CommandKind.UNKNOWN;
    }

    @Override
    public int featureLevel(final byte type) {
        return FEATURE_LEVEL;
    }

    @Override
    public boolean isWellFormed(final DirectBuffer buffer, final int offset, final int length) {
        return AuthCommand.isWellFormed(buffer, offset, length);
    }

    @Override
    public int admit(final CommandEnvelope command, final Growth underWay, final Growth growth) {
        return AuthLimits.hasRoom(command, view, underWay, growth)
                ? 0
                : ErrorCode.STORE_FULL.code();
    }

    @Override
    public void apply(final CommandEnvelope command, final Result result) {
        final Outcome outcome = outcome(command);
        if (outcome.after() != view) {
            become(outcome.after());
        }
        result.reset(view.version());
        result.event(outcome.reply().encode(result.eventBuffer()), view.version());
    }

    private Outcome outcome(final CommandEnvelope command) {
        return switch (command.type()) {
            case AuthCommand.PUT_USER -> UserRules.put(view, AuthCommand.putUser(command));
            case AuthCommand.DELETE_USER -> UserRules.delete(view, AuthCommand.name(command));
            case AuthCommand.PUT_ROLE -> RoleRules.put(view, AuthCommand.putRole(command));
            case AuthCommand.DELETE_ROLE -> RoleRules.delete(view, AuthCommand.name(command));
            case AuthCommand.ENABLE -> RoleRules.enable(view);
            case AuthCommand.DISABLE -> RoleRules.disable(view);
            default -> throw new IllegalStateException("unknown type " + command.type());
        };
    }

    private void become(final AuthView next) {
        view = next;
        views.publish(next);
    }

    @Override
    public void expire(final long nowNanos, final int most) {
        // Users do not expire.
    }

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public void clusterChanged() {
        // Counts its own changes only.
    }

    @Override
    public void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        throw new IllegalStateException("edges read the view");
    }

    @Override
    public SlicedRead open(final CommandEnvelope query, final Result result) {
        throw new IllegalStateException("edges read the view");
    }

    @Override
    public long heldBytes() {
        return 0;
    }

    @Override
    public void watch(final CommandEnvelope watch, final Result result) {
        throw new IllegalStateException("there is nothing to watch");
    }

    @Override
    public void cancelWatch(final long correlationId) {
        // There are none.
    }

    @Override
    public void endAllWatches() {
        // There are none.
    }

    @Override
    public long index() {
        return view.version();
    }

    @Override
    public long entries() {
        return view.userCount() + view.roleCount();
    }

    @Override
    public long bytes() {
        return view.size();
    }

    /** Nobody has to be warned: what is full takes no more users, and nothing else. */
    @Override
    public boolean isNearlyFull() {
        return false;
    }

    @Override
    public SnapshotSection snapshot() {
        return section;
    }

    @Override
    public Application newEmpty() {
        return new AuthApplication(new AuthViews());
    }

    @Override
    public void restore(final StateSource records, final int version) {
        become(AuthSection.read(records));
    }

    @Override
    public void take(final Application other) {
        become(((AuthApplication) other).view);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
