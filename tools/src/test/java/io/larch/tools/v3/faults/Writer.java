package io.larch.tools.v3.faults;

import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes through one member, each time by a transaction that puts a new key, if it is not there,
 * and the writer's counter. So what is done twice would show: by a comparison that fails, or by the
 * counter's version.
 */
abstract class Writer extends Client {
    private static final long PACE_MS = 5;

    final ClusterMember member;
    private final String counter;
    private final List<Step> steps = new ArrayList<>();
    private volatile long acknowledged;

    Writer(final ClusterMember member, final String kind, final Journal journal) {
        super(journal, PACE_MS);
        this.member = member;
        counter = Load.PREFIX + name(member, kind);
    }

    /**
     * Puts both keys in one revision, if the first is not there.
     *
     * @return the revision; negative when the first was there.
     */
    abstract long write(String key, String counterKey) throws IOException;

    @Override
    final void ask() throws IOException {
        final String key = "%s/%06d".formatted(counter, steps.size());
        long revision = 0;
        try {
            revision = write(key, counter);
            journal.expect(revision > 0, key + " was there before it was written");
        } finally {
            steps.add(new Step(key, Math.max(0, revision)));
        }
        acknowledged++;
    }

    /** The key that each of its steps puts. */
    final String counter() {
        return counter;
    }

    /** How many of its steps were acknowledged; may be asked by any thread. */
    final long acknowledged() {
        return acknowledged;
    }

    /** All it did; only when its thread has ended. */
    final List<Step> steps() {
        return steps;
    }

    @Override
    public final String toString() {
        return "writer " + counter;
    }
}
