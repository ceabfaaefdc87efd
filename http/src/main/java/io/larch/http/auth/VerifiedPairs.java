package io.larch.http.auth;

import io.larch.engine.port.AuthView;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Which pairs of name and password were found right. What is kept of one is the digest of its
 * header and the hash of the password that it fits, so it counts as long as the user is there with
 * the same hash, and no longer: a user made anew has another one. A fixed number of them; a new one
 * may take the place of an old one.
 *
 * <p>For all threads. To find one allocates nothing as long as users and roles do not change.
 */
final class VerifiedPairs {
    private static final int SETS = 512;
    private static final int WAYS = 4;

    private final AtomicReferenceArray<Pair> pairs = new AtomicReferenceArray<>(SETS * WAYS);
    private final AtomicInteger nextVictim = new AtomicInteger();

    /**
     * A pair that is right, with the user's roles as of a version. Immutable.
     *
     * @param roles that there are.
     */
    record Pair(
            HeaderDigest.Value digest, AuthView.User user, AuthView.Role[] roles, long version) {
        /** Of a header whose password was found to fit the hash that the user has in this view. */
        static Pair of(
                final HeaderDigest.Value digest, final AuthView.User user, final AuthView view) {
            return new Pair(digest, user, view.rolesOf(user), view.version());
        }

        /** The same in another view; null if it is not right there. */
        private Pair in(final AuthView view) {
            final AuthView.User now = view.user(user.name());
            return now == null || !now.passwordHash().equals(user.passwordHash())
                    ? null
                    : of(digest, now, view);
        }
    }

    /** The pair of a header as it is in this view; null if it is not known to be right there. */
    Pair find(final HeaderDigest digest, final AuthView view) {
        final int set = set(digest.first());
        for (int i = set; i < set + WAYS; i++) {
            final Pair pair = pairs.get(i);
            if (pair != null && pair.digest().is(digest)) {
                return pair.version() == view.version() ? pair : renew(i, pair, view);
            }
        }
        return null;
    }

    /** Whether a pair is known to be right in this view. */
    boolean has(final HeaderDigest.Value digest, final AuthView view) {
        final int set = set(digest.first());
        for (int i = set; i < set + WAYS; i++) {
            final Pair pair = pairs.get(i);
            if (pair != null && pair.digest().equals(digest)) {
                return pair.in(view) != null;
            }
        }
        return false;
    }

    private Pair renew(final int place, final Pair pair, final AuthView view) {
        final Pair renewed = pair.in(view);
        pairs.compareAndSet(place, pair, renewed);
        return renewed;
    }

    void add(final Pair pair) {
        final int set = set(pair.digest().first());
        int place = set + (nextVictim.getAndIncrement() & WAYS - 1);
        for (int i = set; i < set + WAYS; i++) {
            final Pair other = pairs.get(i);
            if (other == null || other.digest().equals(pair.digest())) {
                place = i;
                break;
            }
        }
        pairs.set(place, pair);
    }

    private static int set(final long digest) {
        return ((int) digest & SETS - 1) * WAYS;
    }
}
