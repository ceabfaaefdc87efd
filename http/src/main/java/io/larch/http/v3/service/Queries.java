package io.larch.http.v3.service;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.engine.EngineAccess;
import io.larch.http.output.Outlet;
import java.util.function.Consumer;

/** Questions to the engine off the hot path. */
final class Queries {
    private Queries() {}

    /**
     * Asks one. What goes wrong with the answer ends the asker, not the engine.
     *
     * @param asker null for nobody.
     * @return false when the engine is full.
     */
    static <R> boolean ask(
            final EngineAccess engine,
            final Outlet asker,
            final Query.Kind kind,
            final Consumer<R> then) {
        return ask(engine, asker, kind, null, 0, then);
    }

    /** Has another member lead; otherwise as the other. */
    static boolean moveLeader(
            final EngineAccess engine,
            final Outlet asker,
            final long target,
            final Consumer<QueryViews.LeaderMove> then) {
        return ask(engine, asker, Query.Kind.MOVE_LEADER, null, target, then);
    }

    /** Asks for a change of the membership; otherwise as the other. */
    static <R> boolean ask(
            final EngineAccess engine,
            final Outlet asker,
            final Query.Kind kind,
            final Query.MemberChange change,
            final Consumer<R> then) {
        return ask(engine, asker, kind, change, 0, then);
    }

    private static <R> boolean ask(
            final EngineAccess engine,
            final Outlet asker,
            final Query.Kind kind,
            final Query.MemberChange change,
            final long target,
            final Consumer<R> then) {
        return engine.ask(
                new Query<R>() {
                    @Override
                    public Kind kind() {
                        return kind;
                    }

                    @Override
                    public MemberChange change() {
                        return change;
                    }

                    @Override
                    public long target() {
                        return target;
                    }

                    @Override
                    public void answer(final R result) {
                        try {
                            then.accept(result);
                        } catch (final RuntimeException | Error e) {
                            engine.fault(asker, e);
                        }
                        engine.flushUnlessReading();
                    }
                });
    }
}
