package io.larch.http.v3.service;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.v3.rpc.CallTimers;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells the watches of {@link HealthCall} whether this member has a leader, which is looked at once
 * a second for all of them.
 *
 * <p>One event loop's. Looks only while there are such calls.
 */
final class HealthWatch {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ServiceLoop loop;
    private final Set<HealthCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());
    private long timer = CallTimers.NONE;
    private boolean isAsking;

    HealthWatch(final ServiceLoop loop) {
        this.loop = loop;
    }

    /** It is told soon, then of each look. */
    void add(final HealthCall call) {
        calls.add(call);
        look();
        lookLater();
    }

    void remove(final HealthCall call) {
        calls.remove(call);
        if (calls.isEmpty()) {
            loop.timers().clear(timer);
            timer = CallTimers.NONE;
        }
    }

    private void lookLater() {
        if (timer == CallTimers.NONE && !calls.isEmpty()) {
            final long now = loop.engine().nanoTime();
            timer = loop.timers().set(now + PAUSE_NANOS, now, this::onTime);
        }
    }

    private void onTime() {
        timer = CallTimers.NONE;
        look();
        lookLater();
        loop.engine().flushUnlessReading();
    }

    private void look() {
        if (isAsking) {
            return;
        }
        isAsking = true;
        final boolean isTaken =
                Queries.ask(
                        loop.engine(),
                        null,
                        Query.Kind.CLUSTER,
                        (QueryViews.Cluster cluster) ->
                                tell(
                                        cluster.leaderId() == 0
                                                ? HealthCall.NOT_SERVING
                                                : HealthCall.SERVING));
        if (!isTaken) {
            tell(HealthCall.NOT_SERVING);
        }
    }

    private void tell(final int status) {
        isAsking = false;
        for (final HealthCall call : List.copyOf(calls)) {
            try {
                call.tell(status);
            } catch (final RuntimeException | Error e) {
                loop.engine().fault(call.outlet(), e);
            }
        }
    }
}
