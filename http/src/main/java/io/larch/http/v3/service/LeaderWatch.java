package io.larch.http.v3.service;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ends the calls of clients that asked for a leader when there has been none for three election
 * time-outs; one that comes while there is none is ended at once.
 *
 * <p>One event loop's. Looks only while there are such calls.
 */
final class LeaderWatch {
    private static final String METADATA = "hasleader";
    private static final int TIMEOUTS = 3;
    private static final long NEVER = Long.MIN_VALUE;

    private final ServiceLoop loop;
    private final Set<RpcCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());
    private long timer = CallTimers.NONE;
    private long lostNanos = NEVER;
    private boolean isAsking;

    LeaderWatch(final ServiceLoop loop) {
        this.loop = loop;
    }

    /** Whether a client asks for that. */
    static boolean isWanted(final RpcCall call) {
        final CharSequence wanted = call.metadata(METADATA);
        return wanted != null && "true".contentEquals(wanted);
    }

    void add(final RpcCall call) {
        calls.add(call);
        ask(
                leaderId -> {
                    if (leaderId == 0 && calls.remove(call)) {
                        Refusal.NO_LEADER.end(call);
                    }
                });
        lookLater();
    }

    void remove(final RpcCall call) {
        calls.remove(call);
    }

    private void lookLater() {
        if (timer == CallTimers.NONE && !calls.isEmpty()) {
            final long now = loop.engine().nanoTime();
            timer =
                    loop.timers()
                            .set(now + loop.settings().electionTimeoutNanos(), now, this::onTime);
        }
    }

    private void onTime() {
        timer = CallTimers.NONE;
        if (!isAsking) {
            isAsking = true;
            if (!ask(this::onLeader)) {
                isAsking = false;
            }
        }
        lookLater();
    }

    private void onLeader(final long leaderId) {
        isAsking = false;
        final long now = loop.engine().nanoTime();
        if (leaderId != 0) {
            lostNanos = NEVER;
        } else if (lostNanos == NEVER) {
            lostNanos = now;
        } else if (now - lostNanos >= TIMEOUTS * loop.settings().electionTimeoutNanos()) {
            final List<RpcCall> ended = List.copyOf(calls);
            calls.clear();
            ended.forEach(Refusal.NO_LEADER::end);
            loop.engine().flushUnlessReading();
        }
    }

    private boolean ask(final Consumer<Long> then) {
        return Queries.ask(
                loop.engine(),
                null,
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> then.accept(cluster.leaderId()));
    }
}
