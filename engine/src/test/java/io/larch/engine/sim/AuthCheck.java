package io.larch.engine.sim;

import io.larch.engine.codec.AuthReply;
import io.larch.engine.port.AuthView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of users and roles: all members that have made so many changes have made the same
 * ones, whether they came from the log or in a snapshot; what was acknowledged is never lost, and
 * nothing happens twice.
 */
final class AuthCheck {
    /** One request makes a change, or two: the first to enable makes the guest's role, too. */
    private static final int CHANGES_PER_REQUEST = 2;

    private final Map<Long, Integer> digests = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long asked;
    private long newestAcknowledged;

    void asking() {
        asked++;
    }

    /** What a request that is made now must find at least. */
    long floor() {
        return newestAcknowledged;
    }

    void answered(final int place, final long floor, final long version, final AuthReply reply) {
        if (reply.kind() == AuthReply.Kind.REFUSED) {
            if (version < floor) {
                throw stale(place, version, floor);
            }
            return;
        }
        if (version <= floor) {
            throw stale(place, version, floor);
        }
        if (!acknowledged.add(version)) {
            throw new Violation(
                    "changes of users",
                    "member " + place + " says of two that each was the " + version + "th");
        }
        newestAcknowledged = Math.max(newestAcknowledged, version);
    }

    private static Violation stale(final int place, final long version, final long floor) {
        return new Violation(
                "changes of users",
                "member " + place + " answers with " + version + " behind " + floor);
    }

    /** What a member has applied. */
    void see(final int place, final AuthView view) {
        final int digest = digest(view);
        final Integer other = digests.putIfAbsent(view.version(), digest);
        if (other != null && other != digest) {
            throw new Violation(
                    "equal users",
                    "member " + place + " has others than one before, behind " + view.version());
        }
        if (view.version() > asked * CHANGES_PER_REQUEST) {
            throw new Violation(
                    "changes of users",
                    "member " + place + " has made " + view.version() + " for " + asked);
        }
    }

    /** What a member has in the end. */
    void check(final int place, final AuthView view, final AuthView leaders) {
        see(place, view);
        if (view.version() != leaders.version() || view.version() < newestAcknowledged) {
            throw new Violation(
                    "equal users",
                    "member "
                            + place
                            + " has made "
                            + view.version()
                            + " changes, the leader "
                            + leaders.version()
                            + ", and "
                            + newestAcknowledged
                            + " was acknowledged");
        }
    }

    private static int digest(final AuthView view) {
        int digest = Boolean.hashCode(view.isEnabled());
        for (final AuthView.User user : view.users()) {
            digest = (digest * 31 + user.name().hashCode()) * 31 + user.passwordHash().hashCode();
            digest = digest * 31 + (user.roles() == null ? -1 : user.roles().hashCode());
        }
        for (final AuthView.Role role : view.roles()) {
            digest = digest * 31 + role.name().hashCode();
            digest = digest * 31 + (role.read() == null ? -1 : role.read().hashCode());
            digest = digest * 31 + (role.write() == null ? -1 : role.write().hashCode());
        }
        return digest;
    }
}
