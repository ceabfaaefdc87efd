package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import java.util.List;

/**
 * The member a client asks: always the same one, or the next one after each failure. Threadsafe.
 */
final class Target {
    private final List<ClusterMember> members;
    private int current;

    Target(final ClusterMember member) {
        this(List.of(member));
    }

    Target(final List<ClusterMember> members) {
        this.members = List.copyOf(members);
    }

    synchronized ClusterMember member() {
        return members.get(current % members.size());
    }

    /** The member does not answer. */
    synchronized void moveOn() {
        current++;
    }

    /** Whether it asks this member and no other. */
    boolean isOnly(final ClusterMember member) {
        return members.size() == 1 && members.get(0) == member;
    }
}
