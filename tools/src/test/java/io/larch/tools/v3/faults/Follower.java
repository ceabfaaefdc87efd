package io.larch.tools.v3.faults;

import io.larch.tools.system.ClusterMember;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches all that writers do. When its stream breaks it goes on at the next member, behind the
 * last revision it was told.
 */
abstract class Follower extends Client {
    private static final long NO_PACE_MS = 0;

    private final String kind;
    private final List<ClusterMember> members;
    private final List<Told> told = new ArrayList<>();
    private int turn;
    private long nextRevision;

    /** The last revision of which all was told. */
    private volatile long lastRevision;

    Follower(
            final String kind,
            final List<ClusterMember> members,
            final int first,
            final long firstRevision,
            final Journal journal) {
        super(journal, NO_PACE_MS);
        this.kind = kind + first;
        this.members = members;
        turn = first;
        nextRevision = firstRevision;
    }

    /** Where to watch next. */
    final ClusterMember nextMember() {
        return members.get(turn++ % members.size());
    }

    final long nextRevision() {
        return nextRevision;
    }

    /** Notes the events of one message, which are those of whole revisions. */
    final void onMessage(final List<Told> events) {
        for (final Told event : events) {
            journal.expect(
                    event.revision() >= nextRevision,
                    this + " waits for " + nextRevision + " and was told " + event);
            told.add(event);
        }
        if (!events.isEmpty()) {
            lastRevision = events.get(events.size() - 1).revision();
            nextRevision = lastRevision + 1;
        }
    }

    /** May be asked by any thread. */
    final long lastRevision() {
        return lastRevision;
    }

    /** All it was told, in order; only when its thread has ended. */
    final List<Told> told() {
        return told;
    }

    @Override
    public final String toString() {
        return "follower " + kind;
    }
}
